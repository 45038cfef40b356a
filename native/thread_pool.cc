#include "thread_pool.h"

#include <cstdlib>
#include <new>

namespace letterpress {

namespace {
constexpr std::uint64_t kRound = std::uint64_t{1} << 32;  // the upper half of the state counts rounds
constexpr std::uint64_t kOpen = std::uint64_t{1} << 31;   // whether the round may be joined
constexpr std::uint64_t kWorkers = kOpen - 1;             // how many workers are in it
}  // namespace

Pool::Pool(int threads) : scratch_(threads < 1 ? 1 : threads), shares_(scratch_.size()) {
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

// Runs tasks until none is left; how many.
int Pool::drain(int thread) {
  int done = 0;
  for (int i = 0; i < threads(); i++) {
    Share& share = shares_[static_cast<std::size_t>((thread + i) % threads())];
    for (;;) {
      const int task = share.next.fetch_add(1, std::memory_order_relaxed);
      if (task >= share.end) break;
      function_(context_, task, thread);
      done++;
    }
  }
  return done;
}

void Pool::run(int tasks, Function function, void* context) {
  Governor::Round round;
  if (!workers_.empty() && tasks > 1) round = governor_.begin();
  if (!round.helped) {
    for (int task = 0; task < tasks; task++) function(context, task, 0);
    governor_.drained(round);
    governor_.end(round, tasks, tasks);
    return;
  }
  open(tasks, function, context);
  const int own = drain(0);
  governor_.drained(round);
  close();
  governor_.end(round, own, tasks);
}

// Lets the workers join a round.
void Pool::open(int tasks, Function function, void* context) {
  function_ = function;
  context_ = context;
  for (int t = 0; t < threads(); t++) {
    Share& share = shares_[static_cast<std::size_t>(t)];
    share.next.store(static_cast<int>(static_cast<long>(tasks) * t / threads()), std::memory_order_relaxed);
    share.end = static_cast<int>(static_cast<long>(tasks) * (t + 1) / threads());
  }
  // Nobody is in the round before this one: `close` returned from it with no workers in it.
  state_.store((state_.load(std::memory_order_relaxed) & ~(kRound - 1)) + kRound + kOpen);
  if (asleep_.load() > 0) {
    { std::lock_guard<std::mutex> lock(mutex_); }
    wake_.notify_all();
  }
}

// Waits for those who are in the round.
void Pool::close() {
  // Closed to those who have not begun; those who have are at their last task.
  std::uint64_t state = state_.fetch_and(~kOpen, std::memory_order_acq_rel) & ~kOpen;
  for (int spin = 0; (state & kWorkers) != 0 && spin < kSpins; spin++) {
    relax();
    state = state_.load(std::memory_order_acquire);
  }
  if ((state & kWorkers) != 0) {
    std::unique_lock<std::mutex> lock(mutex_);
    left_.wait(lock, [this] { return (state_.load(std::memory_order_acquire) & kWorkers) == 0; });
  }
}

// Joins the round that runs if it is open and another than `round`, which becomes its number.
bool Pool::join(std::uint64_t& round) {
  std::uint64_t state = state_.load(std::memory_order_acquire);
  while ((state & kOpen) != 0 && state / kRound != round) {
    if (!state_.compare_exchange_weak(state, state + 1, std::memory_order_acq_rel)) continue;
    round = state / kRound;
    return true;
  }
  return false;
}

void Pool::worker(int thread) {
  std::uint64_t round = 0;
  for (;;) {
    bool joined = false;
    for (int spin = 0; spin < kSpins && !(joined = join(round)); spin++) relax();
    if (!joined) {
      std::unique_lock<std::mutex> lock(mutex_);
      asleep_++;
      wake_.wait(lock, [&] { return stop_.load() || (joined = join(round)); });
      asleep_--;
      if (!joined) return;
    }
    drain(thread);
    const std::uint64_t left = state_.fetch_sub(1, std::memory_order_acq_rel) - 1;
    if ((left & (kOpen | kWorkers)) == 0) {
      { std::lock_guard<std::mutex> lock(mutex_); }
      left_.notify_one();
    }
  }
}

}  // namespace letterpress
