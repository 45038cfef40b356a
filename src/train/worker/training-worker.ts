/** The entry of a worker thread, which `train-in-worker.ts` starts: runs one training and posts its events. */
import { parentPort, workerData } from 'node:worker_threads';
import { chooseBackend } from '../../backend/registry.js';
import { FolderLock } from '../../runs/folder-lock.js';
import { readConfig } from '../../runs/reader.js';
import { describeRun } from '../describe-run.js';
import { begunEvent } from '../train-model.js';
import { TrainingRun } from '../training-run.js';
import { TrainingControl } from './control.js';
import { describeError } from './error-message.js';
import { parseStart, reviveTexts, type TrainingStart, type WorkerMessage } from './messages.js';
import { progressFilter } from './progress-filter.js';

const post = (message: WorkerMessage): void => parentPort?.postMessage(message);

function openRun(start: TrainingStart): TrainingRun {
  const { folder, begin } = start;
  const texts = reviveTexts(start.texts);
  const lock = start.lock && FolderLock.shared(start.lock);
  if (begin === undefined) {
    const its = readConfig(folder).backend.precision;
    const { precision = 'auto' } = start.backend;
    const { backend } = chooseBackend({ ...start.backend, precision: precision === 'auto' ? its : precision });
    return TrainingRun.resume(folder, texts, backend, { lock, changeBackend: start.changeBackend });
  }
  const { backend } = chooseBackend(start.backend);
  const config = describeRun(begin.plan, texts, backend, begin.seed);
  return TrainingRun.create(folder, config, texts, backend, { force: begin.force, lock });
}

async function train(start: TrainingStart): Promise<void> {
  const control = new TrainingControl(start.control);
  const run = openRun(start);
  // Also when resumed: the process may have died before.
  if (start.summary !== undefined && !run.hasSummary) run.writeSummary(start.summary);
  const { folder, config, trainer, encoded } = run;
  post({ type: 'event', event: { ...begunEvent(trainer, encoded), folder, config } });
  const isWorthSending = progressFilter();
  let epochs = 0;
  for await (const event of run.events(control, { reuse: start.reuse })) {
    if (isWorthSending(event)) post({ type: 'event', event });
    if (event.kind === 'epoch') control.waitForReader(++epochs);
  }
}

try {
  await train(parseStart(workerData));
  post({ type: 'ended' });
} catch (error) {
  post({ type: 'failed', error: describeError(error) });
}
