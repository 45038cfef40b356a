import { serveEngine } from './serve.js';

serveEngine(globalThis);
