// The WebAssembly module: the operations and the thread pool, exported with plain arguments. Arrays come by the table
// of `arguments`, and are checked as they are for the addon. Compiled with kernels/kernels.cc into one module by
// scripts/build-wasm.mjs.
#include "../operations.h"

namespace letterpress {

extern const Kernels kernels_baseline;

namespace {

Value table[kMaxArguments];
Pool pool;

#define LP_EXPORT(name) extern "C" __attribute__((export_name(#name)))

// Where the arguments of the next call are written.
LP_EXPORT(arguments) Value* arguments() { return table; }

// The name of an operation by its number, or null after the last.
LP_EXPORT(operationName) const char* operationName(int number) {
  constexpr int kCount = sizeof kOperations / sizeof kOperations[0];
  return number < kCount ? kOperations[number].name : nullptr;
}

LP_EXPORT(call) double call(int number, int count) {
  Arguments in(table, count);
  return kOperations[number].call({&kernels_baseline, &pool}, in);
}

// Runs the inner loop of products on numbers that stay in L1: how many floating-point operations that were.
LP_EXPORT(peak) double peak(int bf16) {
  Peak a = {};
  a.tasks = 32 * pool.threads();
  (bf16 ? kernels_baseline.peakBf16 : kernels_baseline.peak)(pool, a);
  return a.operations;
}

LP_EXPORT(start) void start(int threads, int sleeps) { pool.start(threads, sleeps != 0); }
LP_EXPORT(work) void work(int thread) { pool.work(thread); }
LP_EXPORT(failure) char* failure() { return pool.failure(); }
LP_EXPORT(fail) void fail(int thread, int length) { pool.fail(thread, length); }
LP_EXPORT(stop) void stop() { pool.stop(); }

}  // namespace
}  // namespace letterpress
