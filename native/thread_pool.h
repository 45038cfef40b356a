// A persistent pool of threads. Work is a number of tasks that is fixed by the sizes of the problem, never by
// the number of threads, and every task writes its own part of the output: so results are the same to the bit
// whoever runs which task. The calling thread works too, and never waits for a thread that has not begun: on a
// busy machine it finishes alone what the others did not take (see governor.h for when it does not even ask).
#pragma once
#if defined(__wasm__)
#include "wasm/thread_pool.h"
#else
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "governor.h"

namespace letterpress {

// A thread looks for new work, or for the end of others' work, this many times before it sleeps: calls follow each
// other closely within a step. (Never `yield`: it hands the core to whatever else runs for a whole time slice.)
constexpr int kSpins = 4000;

inline void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

class Pool {
 public:
  // Throws std::system_error when the system does not give that many threads.
  explicit Pool(int threads);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  int threads() const { return static_cast<int>(scratch_.size()); }

  // Calls work(task, thread) for every task in [0, tasks) and returns when all are done.
  template <class Work>
  void parallel(int tasks, Work&& work) {
    run(tasks, [](void* context, int task, int thread) { (*static_cast<Work*>(context))(task, thread); },
        const_cast<void*>(static_cast<const void*>(&work)));
  }

  // The same in two halves: the others may begin their tasks while the caller does something else, until it calls
  // `finish`.
  template <class Work>
  void begin(int tasks, Work& work) {
    open(tasks, [](void* context, int task, int thread) { (*static_cast<Work*>(context))(task, thread); }, &work);
  }
  void finish() {
    drain(0);
    close();
  }

  // Makes sure that every thread has scratch memory of `floats` numbers. It grows when asked for more than ever
  // before and is kept, so that a steady state allocates nothing. Call it outside of `parallel`: running out of
  // memory throws std::bad_alloc, on the calling thread.
  void reserve(std::size_t floats) {
    for (auto& memory : scratch_) grow(memory, floats);
  }

  // The reserved scratch memory of one thread, aligned to 64 bytes, contents undefined.
  float* scratch(int thread) { return scratch_[static_cast<std::size_t>(thread)].data; }

  // Scratch memory shared by all threads of a call, aligned likewise. Three of them; ask outside of `parallel`.
  float* shared(int which, std::size_t floats) { return grow(shared_[which], floats); }

 private:
  struct Memory {
    float* data = nullptr;
    std::size_t floats = 0;
  };
  using Function = void (*)(void* context, int task, int thread);

  void run(int tasks, Function function, void* context);
  void open(int tasks, Function function, void* context);
  void close();
  void worker(int thread);
  bool join(std::uint64_t& round);
  int drain(int thread);
  void stop();
  static float* grow(Memory& memory, std::size_t floats);

  // The tasks that a thread begins with; what is left of them others may take. In a step, one call's rows are the next
  // one's: so a thread finds most of what it reads in its own cache.
  struct alignas(64) Share {
    std::atomic<int> next{0};
    int end = 0;
  };

  std::vector<Memory> scratch_;
  std::vector<Share> shares_;  // of each thread
  Memory shared_[3];
  std::vector<std::thread> workers_;
  Governor governor_;

  Function function_ = nullptr;
  void* context_ = nullptr;
  // The round that runs, whether it may still be joined, and how many workers are in it: one word, so that a worker
  // joins exactly the round that it saw open, or none.
  std::atomic<std::uint64_t> state_{0};
  std::atomic<int> asleep_{0};
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable left_;
};

}  // namespace letterpress
#endif
