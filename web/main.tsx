import { render } from 'preact';
import { App } from './app.js';
import { openServer } from './data/server.js';
import { keepScroll } from './scroll.js';
import { start } from './state.js';

// The key in the address has done its work; without it, the address may be shown to others.
if (location.search !== '') history.replaceState(null, '', `${location.pathname}${location.hash}`);

const app = document.getElementById('app')!;
// `letterpress studio --export` says so where there is no server.
const isAlone = app.dataset['source'] === 'tab';
const source = isAlone ? await (await import('./tab/source.js')).openTab() : await openServer();
if (source !== undefined) start(source);
app.replaceChildren(); // that it opens
render(<App />, app);
keepScroll();
