import { LetterpressError } from '../../src/errors.js';
import { openEngine } from './engine.js';
import type { Answer, Engine, Question } from './engine-types.js';

/** What of a worker's globals is used. */
interface Port {
  onmessage: ((event: MessageEvent<Question>) => void) | null;
  postMessage(answer: Answer): void;
}

/** Answers a page's questions to a model: what a worker runs. */
export function serveEngine(port: Port): void {
  let engine: Engine | undefined;
  const running = new Map<number, AbortController>();

  const answer = async (question: Question, signal: AbortSignal): Promise<unknown> => {
    const { id } = question;
    if (question.name === 'open') {
      engine = await openEngine(question);
      return engine.info;
    }
    const { name } = question;
    if (engine === undefined) throw new LetterpressError('INTERNAL', 'expected a model first');
    if (name === 'read') return engine.read(question.text);
    if (name === 'attention') return engine.attention(question.text, question.block);
    if (name === 'sample') return engine.sample(question.wish, signal);
    if (name === 'write') return engine.write(question.wish, (part) => port.postMessage({ id, part }), signal);
    return engine.embedding();
  };

  port.onmessage = ({ data }) => {
    const { id, name } = data;
    if (name === 'cancel') return running.get(id)?.abort();
    const control = new AbortController();
    running.set(id, control);
    void answer(data, control.signal)
      .then((value) => port.postMessage({ id, value }))
      .catch((error: unknown) => {
        const fix = error instanceof LetterpressError ? error.fix : '';
        port.postMessage({ id, message: error instanceof Error ? error.message : String(error), fix });
      })
      .finally(() => running.delete(id));
  };
}
