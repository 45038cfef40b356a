// Trains for some steps, and answers with figures. The job: plan (options of planTraining), texts, steps, threads,
// backend, precision.
import { stepFigures, TrainingUnderTest } from '../../dist/profile/measure-training.js';
import { peakMemoryBytes } from '../../dist/profile/memory.js';
import { planTraining } from '../../dist/index.js';
import { backendOf } from './backend.mjs';
import { answer, readJob } from './children.mjs';

const job = await readJob();
const { backend } = backendOf(job);
const plan = planTraining(job.plan, 29);
const texts = job.texts.map((text) => Uint16Array.from(text));
const training = new TrainingUnderTest(plan, texts, job.steps);
const measuring = training.steps(backend, { steps: job.steps, seconds: 0 });
let step = measuring.next();
while (!step.done) step = measuring.next();
answer({ ...stepFigures(step.value), parameters: training.parameters, peakMemoryBytes: peakMemoryBytes() });
