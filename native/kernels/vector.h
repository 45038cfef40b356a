// Compiler vector types of one instruction set, and the few operations on them that the kernels need. This
// file and the kernels are compiled once per instruction set, each time into a namespace of its own.
//
//   W   floats in a vector
//   MR  rows of a register tile       NR = NV * W  columns of a register tile
//
// A tile's MR * NV sums, NV vectors of B and one broadcast of A fill the register file: 16 registers with SSE
// and AVX2, 32 with AVX-512 and NEON. Of WebAssembly, V8 keeps a register to itself and wants one for each product: a
// tile of 6 x 2 spills there and is a third slower.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>
#include <type_traits>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

// (A build may set the width itself: so the code for wide vectors is tested on processors that have none.)
#if defined(LETTERPRESS_VECTOR_BYTES)
#elif defined(__AVX512F__)
#define LETTERPRESS_VECTOR_BYTES 64
#elif defined(__AVX2__)
#define LETTERPRESS_VECTOR_BYTES 32
#else
#define LETTERPRESS_VECTOR_BYTES 16
#endif

#define LP_INLINE inline __attribute__((always_inline))
#define LP_NOINLINE __attribute__((noinline, unused))
// Of functions with many callers: pages download the module.
#if defined(__wasm__)
#define LP_COMPACT LP_NOINLINE
#define LP_COMPACT_INLINE LP_NOINLINE
#else
#define LP_COMPACT inline
#define LP_COMPACT_INLINE LP_INLINE
#endif

namespace letterpress {
namespace LETTERPRESS_ISA {

constexpr int W = LETTERPRESS_VECTOR_BYTES / 4;
constexpr int NV = 2;
constexpr int NR = NV * W;
#if LETTERPRESS_VECTOR_BYTES == 64
constexpr int MR = 12;
#elif defined(__wasm__)
constexpr int MR = 4;
#else
constexpr int MR = 6;
#endif

typedef float Vec __attribute__((vector_size(LETTERPRESS_VECTOR_BYTES)));
typedef int32_t IntVec __attribute__((vector_size(LETTERPRESS_VECTOR_BYTES)));
// The same, for addresses that need not be aligned. (A vector may alias its elements' type, and nothing else: so the
// compiler need not load pointers again after every store.)
typedef float LooseVec __attribute__((vector_size(LETTERPRESS_VECTOR_BYTES), aligned(4)));

static LP_INLINE Vec load(const float* p) { return *reinterpret_cast<const LooseVec*>(p); }
static LP_INLINE void store(float* p, Vec v) { *reinterpret_cast<LooseVec*>(p) = v; }
static LP_INLINE Vec splat(float x) { return x - Vec{}; }

// A vector whose lane i is lane i ^ distance of v, for a power of two.
template <int distance>
static LP_INLINE Vec exchanged(Vec v) {
#if LETTERPRESS_VECTOR_BYTES == 64
  return __builtin_shufflevector(v, v, 0 ^ distance, 1 ^ distance, 2 ^ distance, 3 ^ distance, 4 ^ distance,
                                 5 ^ distance, 6 ^ distance, 7 ^ distance, 8 ^ distance, 9 ^ distance, 10 ^ distance,
                                 11 ^ distance, 12 ^ distance, 13 ^ distance, 14 ^ distance, 15 ^ distance);
#elif LETTERPRESS_VECTOR_BYTES == 32
  return __builtin_shufflevector(v, v, 0 ^ distance, 1 ^ distance, 2 ^ distance, 3 ^ distance, 4 ^ distance,
                                 5 ^ distance, 6 ^ distance, 7 ^ distance);
#else
  return __builtin_shufflevector(v, v, 0 ^ distance, 1 ^ distance, 2 ^ distance, 3 ^ distance);
#endif
}

// Halves are combined with each other until one number is left.
template <int distance = W / 2, class Combine>
static LP_INLINE float reduced(Vec v, Combine combine) {
  v = combine(v, exchanged<distance>(v));
  if constexpr (distance > 1) return reduced<distance / 2>(v, combine);
  else return v[0];
}
static LP_INLINE float sumOf(Vec v) {
  return reduced(v, [](Vec a, Vec b) { return a + b; });
}

static LP_INLINE Vec squareRoot(Vec v) {
  for (int i = 0; i < W; i++) v[i] = std::sqrt(v[i]);
  return v;
}

// The larger and the smaller of each pair, which compilers do not find in `a > b ? a : b`.
#if LETTERPRESS_VECTOR_BYTES == 64 && defined(__AVX512F__)
static LP_INLINE Vec larger(Vec a, Vec b) { return (Vec)_mm512_max_ps((__m512)a, (__m512)b); }
static LP_INLINE Vec smaller(Vec a, Vec b) { return (Vec)_mm512_min_ps((__m512)a, (__m512)b); }
#elif LETTERPRESS_VECTOR_BYTES == 32 && defined(__AVX__)
static LP_INLINE Vec larger(Vec a, Vec b) { return (Vec)_mm256_max_ps((__m256)a, (__m256)b); }
static LP_INLINE Vec smaller(Vec a, Vec b) { return (Vec)_mm256_min_ps((__m256)a, (__m256)b); }
#elif LETTERPRESS_VECTOR_BYTES == 16 && defined(__SSE2__)
static LP_INLINE Vec larger(Vec a, Vec b) { return (Vec)_mm_max_ps((__m128)a, (__m128)b); }
static LP_INLINE Vec smaller(Vec a, Vec b) { return (Vec)_mm_min_ps((__m128)a, (__m128)b); }
#elif defined(__wasm_simd128__)
static LP_INLINE Vec larger(Vec a, Vec b) { return __builtin_wasm_pmax_f32x4(b, a); }  // b where one of them is NaN
static LP_INLINE Vec smaller(Vec a, Vec b) { return __builtin_wasm_pmin_f32x4(b, a); }
#else
static LP_INLINE Vec larger(Vec a, Vec b) { return a > b ? a : b; }
static LP_INLINE Vec smaller(Vec a, Vec b) { return a < b ? a : b; }
#endif

static LP_INLINE float maxOf(Vec v) {
  return reduced(v, [](Vec a, Vec b) { return larger(a, b); });
}

// low = a0 b0 a1 b1 ..., high = the same of the upper halves.
static LP_INLINE void interleave(Vec a, Vec b, Vec& low, Vec& high) {
#if LETTERPRESS_VECTOR_BYTES == 16
  low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
  high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
#elif LETTERPRESS_VECTOR_BYTES == 32
  low = __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
  high = __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
#else
  low = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  high = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
#endif
}

// The first `count` (at most W) floats at p; the other lanes are `rest`. Where the processor has no masks, these are
// not inlined: edges are rare, and a copy at every use would make the kernels several times larger.
#if LETTERPRESS_VECTOR_BYTES == 64 && defined(__AVX512F__)
constexpr bool kHasMasks = true;
static LP_INLINE __mmask16 firstLanes(int count) { return static_cast<__mmask16>((1u << count) - 1); }
static LP_INLINE Vec loadPart(const float* p, int count, float rest = 0) {
  return (Vec)_mm512_mask_loadu_ps((__m512)splat(rest), firstLanes(count), p);
}
static LP_INLINE void storePart(float* p, Vec v, int count) { _mm512_mask_storeu_ps(p, firstLanes(count), (__m512)v); }
#elif LETTERPRESS_VECTOR_BYTES == 32 && defined(__AVX2__)
constexpr bool kHasMasks = true;
static LP_INLINE __m256i firstLanes(int count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
static LP_INLINE Vec loadPart(const float* p, int count, float rest = 0) {
  const __m256i lanes = firstLanes(count);
  return (Vec)_mm256_blendv_ps((__m256)splat(rest), _mm256_maskload_ps(p, lanes), _mm256_castsi256_ps(lanes));
}
static LP_INLINE void storePart(float* p, Vec v, int count) { _mm256_maskstore_ps(p, firstLanes(count), (__m256)v); }
#else
constexpr bool kHasMasks = false;
static LP_NOINLINE Vec loadPart(const float* p, int count, float rest = 0) {
  float lanes[W];
  for (int i = 0; i < W; i++) lanes[i] = i < count ? p[i] : rest;
  return load(lanes);
}
static LP_NOINLINE void storePart(float* p, Vec v, int count) {
  float lanes[W];
  store(lanes, v);
  for (int i = 0; i < W; i++) {
    if (i < count) p[i] = lanes[i];
  }
}
#endif
static LP_NOINLINE void addPart(float* p, Vec v, int count) {
  storePart(p, loadPart(p, count) + v, count);
}

static inline int divideUp(int a, int b) { return (a + b - 1) / b; }
static inline int roundUp(int a, int b) { return divideUp(a, b) * b; }
static inline int minimum(int a, int b) { return a < b ? a : b; }
static inline int maximum(int a, int b) { return a > b ? a : b; }

// Calls work(c, count) for columns c ... c + count - 1: whole vectors, and perhaps a part of one at the end. The code
// of the work is there twice; or once, which is slower but less for pages to download.
template <bool once = false, class Work>
static LP_INLINE void overColumns(int columns, Work work) {
  int c = 0;
  if constexpr (!once) {
    for (; c + W <= columns; c += W) work(c, W);
  }
  for (; c < columns; c += W) work(c, minimum(W, columns - c));
}
#if defined(__wasm__)
constexpr bool kSmall = true;
#else
constexpr bool kSmall = false;
#endif
static LP_INLINE Vec loadColumns(const float* p, int count, float rest = 0) {
  return count == W ? load(p) : loadPart(p, count, rest);
}
static LP_INLINE void storeColumns(float* p, Vec v, int count) { count == W ? store(p, v) : storePart(p, v, count); }

// Copies a short row, which a call of memcpy would take longer for.
static LP_INLINE void copyRow(const float* from, float* to, int columns) {
  if constexpr (kHasMasks) {
    overColumns(columns, [&](int c, int count) { storeColumns(to + c, loadColumns(from + c, count), count); });
  } else {
    std::memcpy(to, from, columns * sizeof(float));
  }
}

}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
