// The original notebook in one file, cell by cell, with its class names: docs/notebook.md says what each cell did.
// Run: QUICK=1 node examples/notebook.ts (Node.js 22.18 or newer runs TypeScript); without QUICK it takes hours.
import { mkdirSync, writeFileSync } from 'node:fs';
import * as lp from 'letterpress';

// ---- Cell 1: settings -----------------------------------------------------------------------------------------------
const QUICK = process.env['QUICK'] !== undefined;
const folder = process.env['OUT'] ?? 'notebook';
const { backend } = lp.chooseBackend(); // the notebook's device
const seed = 42;
const num_tokens = 150; // of a text: cls, and 149 characters or padding
const batch_size = 32;
const lr = QUICK ? 1e-2 : 1e-3;
const num_epochs = QUICK ? 2 : 1000;
const max_patience = 10;
const num_training_data = QUICK ? 96 : undefined;

// ---- Cell 2: data (sections 2 and 3) --------------------------------------------------------------------------------
/** Headlines, cleaned: words of letters only, lower case, no stop words, lemmas. */
export class DataProcessor {
  async load() {
    if (QUICK) return lp.gazette({ sizes: { train: 200, val: 16, test: 16 } }).splits; // clean already
    const { splits } = await lp.loadCorpus({ path: 'headline-cause' });
    const clean = (texts: readonly string[]) => texts.map(lp.cleanHeadline);
    return { train: clean(splits.train), val: clean(splits.val), test: clean(splits.test) };
  }
}

// ---- Cell 3: characters to integers (section 4) ---------------------------------------------------------------------
/** pad 0, a–z 1–26, space 27, cls 28. */
export class Tokenizer {
  readonly cls = 28;
  private readonly characters = 'abcdefghijklmnopqrstuvwxyz ';
  private readonly folded: Readonly<Record<string, string>> = { é: 'e', í: 'e', á: 'a', ó: 'o', æ: 'a', ä: 'a' };

  /** cls, the characters, and padding: num_tokens in all. */
  encode(text: string): Int32Array {
    const ids = Array.from(text, (c) => this.characters.indexOf(this.folded[c] ?? c) + 1);
    if (ids.includes(0)) throw new Error(`a character of '${text}' is not in the alphabet`);
    const tokens = new Int32Array(num_tokens);
    tokens.set([this.cls, ...ids].slice(0, num_tokens));
    return tokens;
  }

  /** Up to the first pad, without cls. */
  decode(tokens: readonly number[]): string {
    const ids = [...tokens, 0].slice(0, [...tokens, 0].indexOf(0));
    return ids.map((id) => this.characters[id - 1] ?? '').join('');
  }
}

// ---- Cell 4: the model (section 5) ----------------------------------------------------------------------------------
/** Texts of one length, one after another: tokens and positions are [batch · length = rows], offsets [batch + 1]. */
type Batch = Pick<lp.PackedBatch, 'tokens' | 'positions' | 'offsets'>;

/** Multi-head self-attention with a causal mask, inside `attention`; each head is as wide as the model. */
class MSHA {
  private readonly num_emb: number;
  private readonly num_heads: number;
  private readonly w_kqv: lp.Linear; // w_k, w_q and w_v, stacked: num_emb to 3 · num_heads · num_emb
  private readonly w_c: lp.Linear;

  constructor(parameters: lp.ParameterBuilder, name: string, num_emb: number, num_heads: number) {
    [this.num_emb, this.num_heads] = [num_emb, num_heads];
    const names = ['w_k', 'w_q', 'w_v'].map((each) => `${name}.${each}`);
    this.w_kqv = new lp.Linear(parameters, names, num_emb, num_heads * num_emb);
    this.w_c = new lp.Linear(parameters, `${name}.w_c`, num_heads * num_emb, num_emb);
  }

  forward(tape: lp.Tape, x: lp.Tensor, offsets: Int32Array): lp.Tensor {
    const kqv = this.w_kqv.forward(tape, x); // [rows, 3 · num_heads · num_emb]
    // softmax(q kᵀ / √num_emb) v of each head; the notebook divided q and k by num_emb^¼ each
    const options = { heads: this.num_heads, headWidth: this.num_emb };
    const heads = lp.attention(tape, kqv, offsets, options); // [rows, num_heads · num_emb]
    return this.w_c.forward(tape, heads); // [rows, num_emb]
  }
}

/** Post-norm: LayerNorm(x + MSHA(x)), then LayerNorm(x + MLP(x)). */
class TransformerBlock {
  private readonly msha: MSHA;
  private readonly layer_norm1: lp.LayerNorm;
  private readonly mlp_0: lp.Linear;
  private readonly mlp_2: lp.Linear;
  private readonly layer_norm2: lp.LayerNorm;

  constructor(parameters: lp.ParameterBuilder, name: string, { dModel, heads, mlpRatio }: lp.ModelConfig) {
    this.msha = new MSHA(parameters, `${name}.msha`, dModel, heads);
    this.layer_norm1 = new lp.LayerNorm(parameters, `${name}.layer_norm1`, dModel);
    this.mlp_0 = new lp.Linear(parameters, `${name}.mlp.0`, dModel, mlpRatio * dModel);
    this.mlp_2 = new lp.Linear(parameters, `${name}.mlp.2`, mlpRatio * dModel, dModel);
    this.layer_norm2 = new lp.LayerNorm(parameters, `${name}.layer_norm2`, dModel);
  }

  forward(tape: lp.Tape, x: lp.Tensor, offsets: Int32Array): lp.Tensor {
    const { mlp_0, mlp_2 } = this;
    x = this.layer_norm1.forwardSum(tape, x, this.msha.forward(tape, x, offsets), 0);
    const hidden = lp.mlp(tape, x, mlp_0.weight, mlp_0.bias!, mlp_2.weight, mlp_2.bias!); // linear, GELU, linear
    return this.layer_norm2.forwardSum(tape, x, hidden, 0);
  }
}

export class DecoderTransformer {
  readonly parameters: lp.Parameters;
  private readonly embedding: lp.Embedding; // of characters and of positions, summed; with dropout
  private readonly transformer_blocks: TransformerBlock[] = [];
  private readonly logits: lp.Linear;

  constructor(readonly config: lp.ModelConfig) {
    const parameters = new lp.ParameterBuilder();
    this.embedding = new lp.Embedding(parameters, config);
    for (let i = 0; i < config.layers; i++)
      this.transformer_blocks.push(new TransformerBlock(parameters, `transformer_blocks.${i}`, config));
    this.logits = new lp.Linear(parameters, 'logits.0', config.dModel, config.vocabulary);
    this.parameters = parameters.allocate('float32');
    lp.initializeParameters(this.parameters, 'pytorch', seed);
  }

  /** Logits of the character after each row. */
  forward(tape: lp.Tape, { tokens, positions, offsets }: Batch): lp.Tensor {
    let x = this.embedding.forward(tape, tokens, positions); // [rows, num_emb]
    for (const block of this.transformer_blocks) x = block.forward(tape, x, offsets);
    return this.logits.forward(tape, x); // [rows, 29]
  }
}

// ---- Cell 5: loss and evaluation (section 6) ------------------------------------------------------------------------
/** The first `length` tokens of each text. */
function asBatch(texts: readonly ArrayLike<number>[], length: number): Batch {
  const rows = texts.length * length;
  return {
    tokens: Int32Array.from({ length: rows }, (_, r) => texts[Math.floor(r / length)]![r % length]!),
    positions: Int32Array.from({ length: rows }, (_, r) => r % length),
    offsets: Int32Array.from({ length: texts.length + 1 }, (_, b) => b * length),
  };
}

/** −Σ log p(x[:, 1:] | x[:, :-1]), mean over the texts: each character is predicted from those before it. */
function loss_fun(model: DecoderTransformer, tape: lp.Tape, x: readonly Int32Array[]): lp.Loss {
  const inputs = asBatch(x, num_tokens - 1); // x[:, :-1]
  const shifted = x.map((text) => text.subarray(1)); // x[:, 1:]
  const targets = asBatch(shifted, num_tokens - 1);
  return lp.crossEntropy(tape, model.forward(tape, inputs), targets.tokens).mean(x.length);
}

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);

function* batches<T>(texts: readonly T[]): Generator<T[]> {
  for (let from = 0; from < texts.length; from += batch_size) yield texts.slice(from, from + batch_size);
}

/** NLL per text, and share of the 149 positions whose most probable character is the right one. */
function evaluation(model: DecoderTransformer, texts: readonly Int32Array[]): { nll: number; rec: number } {
  const tape = new lp.Tape(backend);
  let [nll, rec] = [0, 0]; // the notebook began with rec = 1
  for (const x of batches(texts)) {
    tape.begin({ training: false });
    const loss = loss_fun(model, tape, x);
    nll += sum(loss.nll);
    rec += sum(loss.correct) / (num_tokens - 1);
  }
  return { nll: nll / texts.length, rec: rec / texts.length };
}

// ---- Cell 6: sampling (section 8) -----------------------------------------------------------------------------------
/** Characters one by one, each drawn from softmax(logits / temperature) of the whole prefix. */
function sample(model: DecoderTransformer, count: number, temperature = 1): string[] {
  const tokenizer = new Tokenizer();
  const tape = new lp.Tape(backend);
  const random = new lp.Random(seed, 'sampling');
  const texts = Array.from({ length: count }, () => [tokenizer.cls]);
  for (let t = 1; t < (QUICK ? 40 : num_tokens); t++) {
    tape.begin({ training: false });
    const logits = model.forward(tape, asBatch(texts, t)); // [count · t, 29]
    for (const [b, text] of texts.entries()) {
      const row = logits.data.subarray((b * t + t - 1) * 29, (b * t + t) * 29); // x[:, -1]
      const weights = Array.from(row, (z) => Math.exp((z - Math.max(...row)) / temperature));
      let left = random.uniform() * sum(weights); // torch.multinomial
      text.push(weights.findIndex((weight) => (left -= weight) < 0));
    }
  }
  return texts.map((text) => tokenizer.decode(text.slice(1)));
}

// ---- Cell 7: training (section 7) -----------------------------------------------------------------------------------
/** Trains up to num_epochs; keeps the best model by validation NLL, and stops when it has not improved for a while. */
function training(model: DecoderTransformer, name: string, train: readonly Int32Array[], val: readonly Int32Array[]) {
  const tape = new lp.Tape(backend);
  const optimizer = new lp.AdamWOptimizer(backend, model.parameters, lp.PYTORCH_ADAMW);
  const [nlls, recs]: [number[], number[]] = [[], []];
  let best = { nll: Infinity, weights: model.parameters.values.slice() };
  for (let epoch = 0, patience = 0; epoch < num_epochs && patience <= max_patience; epoch++) {
    const order = Array.from(new lp.Random(seed, 'shuffle', epoch).permutation(train.length), (i) => train[i]!);
    for (const x of batches(order)) {
      tape.begin({ training: true, dropout: { key0: seed, key1: 0, step: optimizer.step } });
      const loss = loss_fun(model, tape, x);
      model.parameters.gradients.fill(0); // optimizer.zero_grad()
      loss.backward();
      optimizer.update(lr);
    }
    const { nll, rec } = evaluation(model, val);
    nlls.push(nll);
    recs.push(rec);
    console.log(`${name}, epoch ${epoch}: validation NLL ${nll.toFixed(3)}, top-1 ${rec.toFixed(4)}`);
    patience++;
    if (nll >= best.nll) continue;
    patience = 0;
    best = { nll, weights: model.parameters.values.slice() };
    writeFileSync(`${folder}/${name}-epoch-${epoch}.txt`, sample(model, QUICK ? 4 : 64).join('\n'));
  }
  model.parameters.values.set(best.weights);
  writeFileSync(`${folder}/${name}-nll.npy`, lp.encodeNpy(nlls));
  writeFileSync(`${folder}/${name}-rec.npy`, lp.encodeNpy(recs));
}

// ---- Cell 8: the four models, and the temperatures (section 9) ------------------------------------------------------
mkdirSync(folder, { recursive: true });
const tokenizer = new Tokenizer();
const splits = await new DataProcessor().load();
const encode = (texts: readonly string[]) => texts.map((text) => tokenizer.encode(text));
const [train, val, test] = [encode(splits.train.slice(0, num_training_data)), encode(splits.val), encode(splits.test)];
const sizes: readonly lp.PresetName[] = QUICK ? ['87k'] : ['87k', '557k', '5m', '10m'];
for (const size of sizes) {
  const model = new DecoderTransformer(lp.presetConfig(size));
  console.log(`${size}: ${model.parameters.count} parameters`);
  training(model, size, train, val);
  const { nll, rec } = evaluation(model, test);
  console.log(`${size}: test NLL ${nll.toFixed(3)}, top-1 ${rec.toFixed(4)}`);
  for (const temperature of [0.01, 0.1, 0.5, 0.8, 1])
    console.log(`temperature ${temperature}:`, sample(model, QUICK ? 2 : 64, temperature));
}
