// Trains for some steps, and answers with figures. The job: plan (options of planTraining), texts, steps, threads,
// backend, precision.
import { planTraining } from '../../dist/index.js';
import { backendOf } from './backend.mjs';
import { answer, readJob } from './children.mjs';
import { finish, peakMemoryBytes, stepFigures, TrainingUnderTest } from './internals.mjs';

const job = await readJob();
const { backend } = backendOf(job);
const plan = planTraining(job.plan, 29);
const texts = job.texts.map((text) => Uint16Array.from(text));
const training = new TrainingUnderTest(plan, texts, { maxSteps: job.steps, backend });
const measured = finish(training.steps(backend, { steps: job.steps, seconds: 0 }));
answer({ ...stepFigures(measured), parameters: training.parameters, peakMemoryBytes: peakMemoryBytes() });
