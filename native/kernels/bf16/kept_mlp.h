// ../kept_mlp.h with products on bfloat16. What a block of rows needs stays in the thread's cache; for the weights'
// gradients, the rows of all four matrices are packed into tiles in the same pass.
#pragma once
#include "../kept_mlp.h"
#include "linear.h"
#include "mlp_gradient.h"

namespace letterpress {
namespace LETTERPRESS_ISA {
namespace bf16 {

static void keptMlp(Pool& pool, const Mlp& a, const Activation& of) {
  const int keptWidth = of.kept * a.hidden;
  const Operand weight1 = outputsOf(a.weight1, a.width, keptWidth), weight2 = outputsOf(a.weight2, a.hidden, a.width);
  Pair* packed1 = pool.shared(0, weightWords(weight1) + weightWords(weight2));
  Pair* packed2 = packWeight(pool, packed1, weight1);
  packWeight(pool, packed2, weight2);
  const long activatedSize = static_cast<long>(kBlockRows) * roundUp(a.hidden, kTile);
  pool.reserve(activatedSize + maximum(rowWords(a.width), rowWords(a.hidden)));
  overBlocks(pool, a.rows, [&](long first, int rows, int thread) {
    float *kept = a.kept + first * keptWidth, *activated = pool.scratch(thread);
    Pair* tiles = activated + activatedSize;
    packTiles(tiles, wordsOf(a.width), {Run::along, Side::a, a.x + first * a.width, rows, a.width, a.width});
    timesTiles(rows, tiles, a.width, packed1, keptWidth, a.bias1, kept);
    of.activate(rows, a.hidden, kept, activated);
    packTiles(tiles, wordsOf(a.hidden), {Run::along, Side::a, activated, rows, a.hidden, a.hidden});
    timesTiles(rows, tiles, a.hidden, packed2, a.width, a.bias2, a.out + first * a.width);
  });
}

static void keptMlpGradient(Pool& pool, const Mlp& a, const Activation& of) {
  const int keptWidth = of.kept * a.hidden, rows = a.rows;
  const Operand weight1 = inputsOf(a.weight1, a.width, keptWidth), weight2 = inputsOf(a.weight2, a.hidden, a.width);
  Pair* packed1 = pool.shared(0, weightWords(weight1) + weightWords(weight2));
  Pair* packed2 = packWeight(pool, packed1, weight1);
  packWeight(pool, packed2, weight2);
  const long narrow = OverRows::words(rows, a.width), wide = OverRows::words(rows, keptWidth);
  Pair* memory = pool.shared(1, 2 * narrow + wide + OverRows::words(rows, a.hidden));
  const OverRows x = {memory, rows, a.width, Side::b}, grad = {memory + narrow, rows, a.width, Side::turned};
  const OverRows gradHidden = {memory + 2 * narrow, rows, keptWidth, Side::turned};
  const OverRows activated = {memory + 2 * narrow + wide, rows, a.hidden, Side::b};
  const long blockSize = static_cast<long>(kBlockRows) * roundUp(a.hidden, kTile);
  pool.reserve((1 + of.kept) * blockSize + maximum(rowWords(a.width), rowWords(keptWidth)));
  overBlocks(pool, rows, [&](long first, int count, int thread) {
    const float *xRows = a.x + first * a.width, *gradRows = a.gradOut + first * a.width;
    float *block = pool.scratch(thread), *kept = a.kept + first * keptWidth;
    float* gradKept = a.gradBias1 ? kept : block + blockSize;
    Pair* tiles = block + (1 + of.kept) * blockSize;
    packTiles(tiles, wordsOf(a.width), {Run::along, Side::a, gradRows, count, a.width, a.width});
    timesTiles(count, tiles, a.width, packed2, a.hidden, nullptr, block);
    of.gradient(count, a.hidden, kept, block, gradKept);
    packTiles(tiles, wordsOf(keptWidth), {Run::along, Side::a, gradKept, count, keptWidth, keptWidth});
    timesTiles(count, tiles, keptWidth, packed1, a.width, nullptr, a.gradX + first * a.width, !a.sets);
    x.pack(first, count, xRows);
    grad.pack(first, count, gradRows);
    gradHidden.pack(first, count, gradKept);
    activated.pack(first, count, block);
  });
  addProductOverRows(pool, gradHidden, x, a.gradWeight1);
  addProductOverRows(pool, grad, activated, a.gradWeight2);
  if (a.gradBias1) addColumnSums(pool, a.kept, rows, keptWidth, a.gradBias1);
  if (a.gradBias2) addColumnSums(pool, a.gradOut, rows, a.width, a.gradBias2);
}

static void swigluMlp(Pool& pool, const Mlp& a) { bf16::keptMlp(pool, a, kGated); }
static void swigluMlpGradient(Pool& pool, const Mlp& a) { bf16::keptMlpGradient(pool, a, kGated); }

static void geluMlp(Pool& pool, const Mlp& a) { a.kept ? bf16::keptMlp(pool, a, kGelu) : mlp(pool, a); }
static void geluMlpGradient(Pool& pool, const Mlp& a) {
  a.kept ? bf16::keptMlpGradient(pool, a, kGelu) : mlpGradient(pool, a);
}

}  // namespace bf16
}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
