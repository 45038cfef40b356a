import { render } from 'preact';
import { App } from './app.js';
import { openServer } from './data/server.js';
import { start } from './state.js';

// The key in the address has done its work; without it, the address may be shown to others.
if (location.search !== '') history.replaceState(null, '', `${location.pathname}${location.hash}`);

const source = await openServer();
if (source !== undefined) start(source);
render(<App />, document.getElementById('app')!);
