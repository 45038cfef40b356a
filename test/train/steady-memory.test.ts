import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { chooseBackend } from '../../src/backend/registry.js';
import { DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import type { Padding } from '../../src/nn/packed-batch.js';
import { epochBatches } from '../../src/train/batches.js';
import { Trainer } from '../../src/train/trainer.js';
import { tinyData, tinyPlan } from './tiny.js';

/** What a process may grow by although nobody holds on to memory: code is compiled, memory is given out in pages. */
const SLACK = 2e6;

const WARM_UP = 1000;
const STEPS = 1000;
/**
 * Memory that is lost in every step is lost in every round of steps. What the engine itself takes from the system (for
 * compiling, or for its collector's threads) comes now and then: in some round, but not in every one.
 */
const ROUNDS = 4;
const SEED = 7;

// One thread: the machine's other work should not hold up so many short steps.
const { backend } = chooseBackend({ threads: 1 });

/** A full collection of garbage, also where Node was started without `--expose-gc`. */
const collect = ((): (() => void) => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();

/** Memory of this process, after garbage was collected. */
function memory() {
  collect();
  const { rss, heapTotal, heapUsed, arrayBuffers } = process.memoryUsage();
  return { heapUsed, arrayBuffers, outsideTheHeap: rss - heapTotal };
}

/** By how many bytes a process grew. */
type Growth = Readonly<ReturnType<typeof memory>>;

/** Whether nothing that counts was kept. Typed arrays are the trainer's own: not even a batch of them may stay. */
function isFlat({ arrayBuffers, heapUsed, outsideTheHeap }: Growth): boolean {
  return arrayBuffers < 1e5 && heapUsed < SLACK && outsideTheHeap < SLACK;
}

// The portable backend is slow, and has no memory of its own.
const native = backend.info.name === 'native';
describe.runIf(native).each<Padding>(['all', 'first'])('a long training, --padding %s', (padding) => {
  const plan = tinyPlan({ recipe: 'modern', padding, batch: 4 });
  const settings = { ...plan.training, batching: 'shuffled' } as const;

  it('holds the same memory after 1,000 more steps', () => {
    // Batches of many lengths, and the longest possible first: no later step may need more.
    const count = 4 * (WARM_UP + ROUNDS * STEPS);
    const texts = Array.from({ length: count }, (_, i) => tinyData.train[i % tinyData.train.length]!);
    const [first] = epochBatches(
      texts.map((text) => text.length),
      settings,
      SEED,
      0,
    );
    for (const i of first!) texts[i] = new Uint16Array(149).fill(1);
    const model = new DecoderTransformer(plan.model, { seed: SEED });
    const trainer = new Trainer(model, backend, settings, { train: texts, val: [] }, SEED);
    const events = trainer.run();
    /** Garbage is collected often, so that what is measured is not how much of it may pile up. */
    const steps = (count: number) => {
      for (let i = 1; i <= count; i++) {
        const event = events.next().value;
        if (event?.kind !== 'step') throw new Error('expected all steps in one epoch');
        if (i % 10 === 0) collect();
      }
    };

    steps(WARM_UP);
    const held = trainer.memoryBytes;
    expect(held).toBeGreaterThan(0);
    const growth: Growth[] = [];
    let before = memory();
    do {
      for (let i = 0; i < 10; i++) {
        steps(STEPS / 10);
        expect(trainer.memoryBytes).toBe(held);
      }
      const after = memory();
      growth.push({
        arrayBuffers: Math.abs(after.arrayBuffers - before.arrayBuffers),
        heapUsed: after.heapUsed - before.heapUsed,
        outsideTheHeap: after.outsideTheHeap - before.outsideTheHeap,
      });
      before = after;
    } while (!isFlat(growth.at(-1)!) && growth.length < ROUNDS);
    expect(growth, 'growth in each round of 1,000 steps, bytes').toSatisfy((all: Growth[]) => all.some(isFlat));
  }, 240_000); // all rounds, on a busy machine
});
