import type { AddForward, AddGradient } from '../types.js';
import { dropoutFactor } from './dropout.js';

export function add({ length, x, update, dropout, out }: AddForward): void {
  for (let i = 0; i < length; i++) out[i] = x[i]! + update[i]! * dropoutFactor(dropout, i);
}

export function addGradient({ length, dropout, gradOut, sets, gradUpdate }: AddGradient): void {
  if (sets) gradUpdate.fill(0, 0, length);
  for (let i = 0; i < length; i++) gradUpdate[i]! += gradOut[i]! * dropoutFactor(dropout, i);
}
