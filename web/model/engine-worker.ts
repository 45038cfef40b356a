import { serveEngine } from './serve.js';

serveEngine(globalThis as unknown as Parameters<typeof serveEngine>[0]);
