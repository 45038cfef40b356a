import type { EmbedForward, EmbedGradient } from '../types.js';
import { dropoutFactor } from './dropout.js';

export function embed({ rows, width, tokens, positions, dropout, tokenTable, positionTable, out }: EmbedForward): void {
  for (let r = 0; r < rows; r++) {
    const token = tokens[r]! * width;
    const position = positions[r]! * width;
    for (let c = 0; c < width; c++) {
      const factor = dropoutFactor(dropout, r * width + c);
      out[r * width + c] = (tokenTable[token + c]! + (positionTable?.[position + c] ?? 0)) * factor;
    }
  }
}

export function embedGradient(args: EmbedGradient): void {
  const { rows, width, tokens, positions, dropout, gradOut, gradTokenTable, gradPositionTable } = args;
  for (let r = 0; r < rows; r++) {
    const token = tokens[r]! * width;
    const position = positions[r]! * width;
    for (let c = 0; c < width; c++) {
      const g = gradOut[r * width + c]! * dropoutFactor(dropout, r * width + c);
      gradTokenTable[token + c]! += g;
      if (gradPositionTable) gradPositionTable[position + c]! += g;
    }
  }
}
