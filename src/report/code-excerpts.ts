/** Lines of the sources that reports show. Made by scripts/generate-docs.mjs, which also checks them. */
export const CODE_EXCERPTS = {
  embedding: {
    file: 'src/backend/portable/embed.ts',
    lines: [
      'for (let r = 0; r < rows; r++) {',
      '  const token = tokens[r]! * width;',
      '  const position = positions[r]! * width;',
      '  for (let c = 0; c < width; c++) {',
      '    const factor = dropoutFactor(dropout, r * width + c);',
      '    out[r * width + c] = (tokenTable[token + c]! + (positionTable?.[position + c] ?? 0)) * factor;',
      '  }',
      '}',
    ],
  },
  sampling: {
    file: 'src/model/generate.ts',
    lines: [
      'const tokens = Int32Array.from(slots, (i) => (position === 0 ? cls : this.texts[i]![position - 1]!));',
      'const logits = this.next(tokens, position, Int32Array.from(slots));',
      'this.position++;',
      '',
      'const characters = slots.map((text, row) => {',
      '  const uniform = this.randoms[text]!.uniformAt(position);',
      '  const token = sampleToken(logits, row * vocabulary, vocabulary, this.strategy, uniform);',
      '  if (token !== PAD_TOKEN) this.texts[text]!.push(token);',
      '  return { text, token };',
      '});',
      'const full = this.position === contextLength - 1;',
      'this.slots = full ? [] : slots.filter((_, row) => characters[row]!.token !== PAD_TOKEN);',
    ],
  },
  temperature: {
    file: 'src/softmax.ts',
    lines: [
      'let max = -Infinity;',
      'for (let v = 0; v < vocabulary; v++) max = Math.max(max, logits[at + v]!);',
      'checkPrediction(max);',
      'for (let v = 0; v < vocabulary; v++) weights[v] = Math.exp((logits[at + v]! - max) / temperature);',
      'return weights;',
    ],
  },
  slicing: {
    file: 'src/nn/packed-batch.ts, src/train/trainer.ts',
    lines: [
      'for (let t = 0; t < count; t++) {',
      '  tokens[start + t] = t === 0 ? cls : (text[t - 1] ?? PAD_TOKEN);',
      '  targets[start + t] = text[t] ?? PAD_TOKEN;',
      '  positions[start + t] = t;',
      '}',
      '',
      'const logits = model.forward(tape, batch); // [rows, vocabulary]',
      'const targets = this.targets.of(batch, texts);',
      'const loss = crossEntropy(tape, logits, batch.targets, targets).mean(count);',
      'loss.backward();',
    ],
  },
} as const;
