// The pool of ../thread_pool.h in WebAssembly. A thread is a worker of JavaScript with an instance of its own over the
// shared memory, which calls `work` and stays there; JavaScript starts them, so they may come late or never. Threads
// sleep by memory.atomic.wait32 on the state itself. A page's own thread must not sleep: it spins until the others
// have finished their last tasks.
#pragma once
#include <cstddef>
#include <cstdint>

#include "../governor.h"
#include "host.h"

namespace letterpress {

constexpr int kMaxThreads = 256;

class Pool {
 public:
  // For so many threads, the caller's among them; whether the caller may sleep.
  void start(int threads, bool sleeps) {
    threads_ = threads;
    sleeps_ = sleeps;
  }

  int threads() const { return threads_; }

  template <class Work>
  void parallel(int tasks, Work&& work) {
    run(tasks, [](void* context, int task, int thread) { (*static_cast<Work*>(context))(task, thread); },
        const_cast<void*>(static_cast<const void*>(&work)));
  }

  void reserve(std::size_t floats) {
    for (int t = 0; t < threads_; t++) grow(scratch_[t], floats);
  }
  float* scratch(int thread) { return scratch_[thread].data; }
  float* shared(int which, std::size_t floats) { return grow(shared_[which], floats); }

  // What a worker does until `stop`.
  void work(int thread) {
    std::uint32_t round = 0;
    while (!load(stop_)) {
      std::uint32_t state = 0;
      bool joined = false;
      for (int spin = 0; spin < kSpins && !joined; spin++) joined = join(round, state);
      if (!joined) {
        add(asleep_, 1);
        joined = join(round, state);
        if (!joined && !load(stop_)) __builtin_wasm_memory_atomic_wait32(address(state_), static_cast<int>(state), -1);
        add(asleep_, -1);
        if (!joined) continue;
      }
      working_[thread] = true;
      drain(thread);
      leave(thread);
    }
  }

  // Where a worker whose `work` has ended by a trap or an exception writes why, and that it has. Nobody may wait for it
  // for ever, nor take what was computed for a result: `run` throws from then on.
  char* failure() { return failure_; }
  void fail(int thread, int length) {
    store(failed_, static_cast<std::uint32_t>(length));
    if (working_[thread]) leave(thread);
  }

  // Lets the workers return.
  void stop() {
    store(stop_, 1);
    add(state_, kRound);  // those about to sleep see that it has changed
    __builtin_wasm_memory_atomic_notify(address(state_), kMaxThreads);
  }

 private:
  struct Memory {
    float* data;
    std::size_t floats;
  };
  using Function = void (*)(void* context, int task, int thread);

  // How often a thread looks for new work, or for the end of others' work, before it sleeps.
  static constexpr int kSpins = 20000;
  static constexpr std::uint32_t kWorkers = 0x1ff;  // of the state: how many workers are in the round,
  static constexpr std::uint32_t kOpen = 0x200;     // whether it may be joined,
  static constexpr std::uint32_t kRound = 0x400;    // and its number

  static std::uint32_t load(const std::uint32_t& x) { return __atomic_load_n(&x, __ATOMIC_SEQ_CST); }
  static void store(std::uint32_t& x, std::uint32_t value) { __atomic_store_n(&x, value, __ATOMIC_SEQ_CST); }
  static std::uint32_t add(std::uint32_t& x, std::uint32_t value) {
    return __atomic_fetch_add(&x, value, __ATOMIC_SEQ_CST);
  }
  static int* address(std::uint32_t& x) { return reinterpret_cast<int*>(&x); }

  static float* grow(Memory& memory, std::size_t floats) {
    if (memory.floats < floats) {
      wasm::release(memory.data, memory.floats * sizeof(float));
      memory.floats = 0;
      // Doubles: batches grow by little, and what was given back may not fit anybody else.
      std::size_t bytes = 4096;
      while (bytes < floats * sizeof(float)) bytes *= 2;
      memory.data = static_cast<float*>(wasm::allocate(bytes));
      if (!memory.data) wasm::raise("not enough memory", 17);
      memory.floats = bytes / sizeof(float);
    }
    return memory.data;
  }

  void leave(int thread) {
    working_[thread] = false;
    if (((add(state_, -1) - 1) & (kOpen | kWorkers)) == 0) {
      add(left_, 1);
      __builtin_wasm_memory_atomic_notify(address(left_), 1);
    }
  }

  int drain(int thread) {
    for (int done = 0;; done++) {
      const int task = static_cast<int>(add(next_, 1));
      if (task >= tasks_) return done;
      function_(context_, task, thread);
    }
  }

  void run(int tasks, Function function, void* context) {
    Governor::Round round;
    if (threads_ > 1 && tasks > 1) round = governor_.begin();
    if (!round.helped) {
      for (int task = 0; task < tasks; task++) function(context, task, 0);
      governor_.drained(round);
      governor_.end(round, tasks, tasks);
      return;
    }
    function_ = function;
    context_ = context;
    tasks_ = tasks;
    pages_ = __builtin_wasm_memory_size(0);
    store(next_, 0);
    // Nobody is in the round before this one: `run` returned from it with no workers in it, and closed.
    store(state_, (load(state_) & ~(kRound - 1)) + kRound + kOpen);
    if (load(asleep_) > 0) __builtin_wasm_memory_atomic_notify(address(state_), threads_);
    const int own = drain(0);
    governor_.drained(round);
    // Closed to those who have not begun; those who have are at their last task.
    __atomic_fetch_and(&state_, ~kOpen, __ATOMIC_SEQ_CST);
    for (int spin = 0; (load(state_) & kWorkers) != 0; spin++) {
      if (!sleeps_ || spin < kSpins) continue;
      const int left = static_cast<int>(load(left_));
      if ((load(state_) & kWorkers) != 0) __builtin_wasm_memory_atomic_wait32(address(left_), left, -1);
    }
    if (load(failed_)) wasm::raise(failure_, static_cast<int>(load(failed_)));
    governor_.end(round, own, tasks);
  }

  // Joins the round that runs if it is open and another than `round`, which becomes its number; the state that it saw.
  bool join(std::uint32_t& round, std::uint32_t& state) {
    state = load(state_);
    while ((state & kOpen) != 0 && state / kRound != round && seesMemory()) {
      if (!__atomic_compare_exchange_n(&state_, &state, state + 1, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) continue;
      round = state / kRound;
      return true;
    }
    return false;
  }

  // Whether this instance knows that another has grown the memory: V8 tells it late, and until then memory.fill and
  // memory.copy trap beyond the old end. It listens when JavaScript is called.
  bool seesMemory() {
    if (__builtin_wasm_memory_size(0) >= pages_) return true;
    wasm::now();
    return __builtin_wasm_memory_size(0) >= pages_;
  }

  int threads_ = 1;
  bool sleeps_ = false;
  Memory scratch_[kMaxThreads] = {};
  Memory shared_[3] = {};
  Governor governor_;

  Function function_ = nullptr;
  void* context_ = nullptr;
  int tasks_ = 0;
  std::uint32_t state_ = 0, next_ = 0, asleep_ = 0, left_ = 0, stop_ = 0, failed_ = 0;
  bool working_[kMaxThreads] = {};  // whether a worker is in a round; its own
  char failure_[1024] = {};         // why one failed, `failed_` characters
  unsigned long pages_ = 0;         // of memory that the round may touch
};

}  // namespace letterpress
