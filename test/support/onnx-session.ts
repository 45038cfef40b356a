import * as ort from 'onnxruntime-web';
import { headWidthOf, type ModelConfig } from '../../src/nn/config.js';

ort.env.wasm.numThreads = 1;

/** Logits of one call, row after row, and what the next call takes. */
interface Step {
  readonly logits: Float32Array;
  readonly past: Readonly<Record<string, ort.Tensor>>;
}

export class OnnxSession {
  private constructor(
    readonly session: ort.InferenceSession,
    private readonly config: ModelConfig,
  ) {}

  static async open(bytes: Uint8Array, config: ModelConfig): Promise<OnnxSession> {
    return new OnnxSession(await ort.InferenceSession.create(bytes), config);
  }

  /** @param mask of the whole texts, of earlier calls too: 0 for padding, which is on the left */
  async run(
    tokens: readonly (readonly number[])[],
    mask: readonly (readonly number[])[],
    past = this.noPast(tokens),
  ): Promise<Step> {
    const length = tokens[0]!.length;
    const positions = mask.map((row) => {
      let position = -1;
      return row.map((isToken) => Math.max(0, (position += isToken))).slice(-length);
    });
    const { logits, ...present } = await this.session.run({
      input_ids: integers(tokens),
      attention_mask: integers(mask),
      position_ids: integers(positions),
      ...past,
    });
    const renamed = Object.entries(present).map(([name, value]) => [name.replace('present', 'past_key_values'), value]);
    return { logits: logits!.data as Float32Array, past: Object.fromEntries(renamed) as Step['past'] };
  }

  private noPast({ length }: { readonly length: number }): Step['past'] {
    const { heads, layers } = this.config;
    const empty = () => new ort.Tensor('float32', new Float32Array(0), [length, heads, 0, headWidthOf(this.config)]);
    const names = Array.from({ length: layers }, (_, i) => [`past_key_values.${i}.key`, `past_key_values.${i}.value`]);
    return Object.fromEntries(names.flat().map((name) => [name, empty()]));
  }
}

function integers(rows: readonly (readonly number[])[]): ort.Tensor {
  return new ort.Tensor('int64', BigInt64Array.from(rows.flat(), BigInt), [rows.length, rows[0]!.length]);
}
