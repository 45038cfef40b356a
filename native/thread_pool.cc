#include "thread_pool.h"

#include <cstdlib>
#include <new>

namespace letterpress {

namespace {
// A worker looks for new work this many times before it sleeps: calls follow each other closely within a step.
constexpr int kSpins = 4000;

inline void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}
}  // namespace

Pool::Pool(int threads) : scratch_(threads < 1 ? 1 : threads) {
  try {
    for (int t = 1; t < this->threads(); t++) workers_.emplace_back([this, t] { worker(t); });
  } catch (...) {
    stop();  // the system has no more threads to give: a running std::thread must not be destroyed
    throw;
  }
}

Pool::~Pool() {
  stop();
  for (auto& memory : scratch_) std::free(memory.data);
  for (auto& memory : shared_) std::free(memory.data);
}

void Pool::stop() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
    round_++;
  }
  wake_.notify_all();
  for (auto& worker : workers_) worker.join();
}

float* Pool::grow(Memory& memory, std::size_t floats) {
  if (memory.floats < floats) {
    std::free(memory.data);
    memory.data = nullptr;
    const std::size_t bytes = (floats * sizeof(float) + 63) / 64 * 64;
    memory.data = static_cast<float*>(std::aligned_alloc(64, bytes));
    memory.floats = memory.data ? bytes / sizeof(float) : 0;
    if (!memory.data) throw std::bad_alloc();
  }
  return memory.data;
}

void Pool::drain(int thread) {
  for (;;) {
    const int task = next_.fetch_add(1, std::memory_order_relaxed);
    if (task >= tasks_) return;
    function_(context_, task, thread);
  }
}

void Pool::run(int tasks, Function function, void* context) {
  if (workers_.empty() || tasks <= 1) {
    for (int task = 0; task < tasks; task++) function(context, task, 0);
    return;
  }
  function_ = function;
  context_ = context;
  tasks_ = tasks;
  next_.store(0, std::memory_order_relaxed);
  busy_.store(static_cast<int>(workers_.size()), std::memory_order_relaxed);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    round_.fetch_add(1, std::memory_order_release);
  }
  wake_.notify_all();
  drain(0);
  // Usually a short wait; with more threads than cores, let the others have the core.
  for (int spin = 0; busy_.load(std::memory_order_acquire) != 0; spin++) {
    if (spin < kSpins) relax();
    else std::this_thread::yield();
  }
}

void Pool::worker(int thread) {
  unsigned seen = 0;
  for (;;) {
    for (int spin = 0; spin < kSpins && round_.load(std::memory_order_acquire) == seen; spin++) relax();
    if (round_.load(std::memory_order_acquire) == seen) {
      std::unique_lock<std::mutex> lock(mutex_);
      wake_.wait(lock, [&] { return round_.load(std::memory_order_acquire) != seen; });
    }
    seen = round_.load(std::memory_order_acquire);
    if (stop_.load(std::memory_order_acquire)) return;
    drain(thread);
    busy_.fetch_sub(1, std::memory_order_release);
  }
}

}  // namespace letterpress
