// Trains in a worker thread while this thread continues: it ticks, and stops the training once it is good enough. The
// run directory is what `letterpress train` writes. Run: node examples/train-in-worker.mjs
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultTokenizer, gazette, loadModel, planTraining, trainInWorker } from 'letterpress';

const folder = join(mkdtempSync(join(tmpdir(), 'letterpress-')), 'run');
const corpus = gazette({ sizes: { train: 1000, val: 100, test: 100 } });
const tokenizer = defaultTokenizer();
const texts = { corpus, cleaning: 'none', splits: corpus.splits, tokenizer };
const plan = planTraining({ dModel: 32, heads: 4, layers: 1, batch: 16, epochs: 10 }, tokenizer.vocabularySize);

let ticks = 0;
const timer = setInterval(() => ticks++, 10);
const goodEnough = new AbortController();
for await (const event of trainInWorker({ folder, plan, texts, seed: 1 }, { signal: goodEnough.signal })) {
  if (event.kind === 'epoch') {
    const { epoch, valNll } = event.report;
    console.log(`epoch ${epoch}: NLL ${valNll.toFixed(2)}, and this thread ticked ${ticks} times`);
    if (valNll < 110) goodEnough.abort();
  } else if (event.kind === 'paused') {
    console.log(`stopped; { folder: '${folder}', texts, resume: true } resumes it`);
  }
}
clearInterval(timer);
const model = await loadModel(folder);
console.log(model.sample({ count: 3 }));
