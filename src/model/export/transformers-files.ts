import { headWidthOf, hiddenWidthOf, type ModelConfig } from '../../nn/config.js';
import { counted, formatCount } from '../../format.js';
import type { Run } from '../../runs/reader.js';
import { clsToken, PAD_TOKEN } from '../../tokenizer/special-tokens.js';
import { CLS_TEXT, PAD_TEXT } from './tokenizer-json.js';

/**
 * config.json for transformers.js, which takes names and shapes of inputs from it and nothing else: the model is what
 * onnx/model.onnx computes. The architecture closest in these is Llama's.
 */
export function transformersConfig(config: ModelConfig): object {
  return {
    model_type: 'llama',
    architectures: ['LlamaForCausalLM'],
    // Python's transformers would make a Llama of random weights. It stops at an activation that it does not know.
    hidden_act: 'unknown to transformers: load this model with modeling.py',
    vocab_size: config.vocabulary,
    max_position_embeddings: config.contextLength,
    hidden_size: config.dModel,
    intermediate_size: hiddenWidthOf(config),
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    num_key_value_heads: config.heads,
    head_dim: headWidthOf(config),
    tie_word_embeddings: config.tiedEmbeddings,
    ...specialTokens(config),
    'transformers.js_config': { dtype: 'fp32' }, // the only one there is; browsers would look for a quantised file
    letterpress: config,
  };
}

/** generation_config.json: sampling from the model's own distribution until the text ends. */
export function generationConfig(config: ModelConfig): object {
  return { ...specialTokens(config), max_length: config.contextLength, do_sample: true, temperature: 1, top_k: 0 };
}

/** tokenizer_config.json. */
export function tokenizerConfig(config: ModelConfig): object {
  return {
    tokenizer_class: 'PreTrainedTokenizerFast',
    bos_token: CLS_TEXT,
    eos_token: PAD_TEXT,
    pad_token: PAD_TEXT,
    add_bos_token: true,
    padding_side: 'left',
    model_max_length: config.contextLength,
    clean_up_tokenization_spaces: false,
  };
}

function specialTokens(config: ModelConfig): object {
  return { bos_token_id: clsToken(config), eos_token_id: PAD_TOKEN, pad_token_id: PAD_TOKEN };
}

/** README.md, as the Hugging Face Hub shows it. */
export function modelCard({ config, results }: Run, parameters: number): string {
  const measured =
    results === undefined
      ? ''
      : ` On ${counted(results.texts.test, 'test text')}: NLL ${results.testNll.toFixed(3)} nats per text, top-1 ` +
        `reconstruction ${results.testTop1.toFixed(4)} (padding counted).`;
  const { imported, corpus, letterpress } = config;
  const origin =
    imported === undefined
      ? `trained by Letterpress ${letterpress}\non ${counted(corpus.sizes.train, 'text')} (\`${corpus.name}\`)`
      : `with weights from \`${imported.file}\``;
  return `---
library_name: transformers.js
pipeline_tag: text-generation
tags: [letterpress, character-level]
---

# ${config.corpus.name}, ${config.recipe.name}

A character-level transformer of short texts with ${formatCount(parameters)} parameters, ${origin}.${measured}

With transformers.js:

\`\`\`js
import { pipeline } from '@huggingface/transformers';
const generator = await pipeline('text-generation', 'OWNER/NAME');
const [{ generated_text }] = await generator('', { temperature: 0.8 });
\`\`\`

With PyTorch (\`modeling.py\` is beside the weights; Python's transformers cannot load this model):

\`\`\`python
from modeling import load
model = load("model.safetensors")
print(model.generate(count=5, temperature=0.8))
\`\`\`
`;
}
