// Parts of a step that do not wait for each other, such as the gradients of some of a batch's texts. What JavaScript
// calls for a part is written down; then one thread computes all of it, while the next part is written down and others
// compute theirs. So threads meet once a step, not at every operation: a thread that loses its core to another program
// holds up nobody else, and what an operation gives is still in its core's cache when the next one reads it. Each
// operation computes the same as in a pool, whose results do not depend on its threads.
#pragma once
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <utility>
#include <vector>

#include "thread_pool.h"

namespace letterpress {

class Parts {
 public:
  using Call = std::function<void(Pool&)>;

  Parts() = default;
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;
  // Where a JavaScript thread is ended in the middle of a part, nothing else closes them; waits for who computes.
  ~Parts() {
    if (isOpen()) drop();
  }

  // How many of `threads` compute each of `parts`, so that as many as can be are of use: all of them, where it is
  // better to compute one part after another.
  static int threadsOfPart(int threads, int parts) {
    int best = 1;
    for (int at = 1; at <= std::min(threads, parts); at++) {
      if (parts % at == 0 && at * (threads / at) >= best * (threads / best)) best = at;
    }
    return threads / best;
  }

  // Begins: the other threads of the pool wait for the first part.
  void begin(Pool& pool, int parts, int threadsOfPart) {
    const std::size_t lanes = static_cast<std::size_t>(pool.threads() / threadsOfPart);
    if (lanes_.size() != lanes || lanes_[0]->threads() != threadsOfPart) {
      lanes_.clear();
      while (lanes_.size() < lanes) lanes_.emplace_back(new Pool(threadsOfPart));
    }
    if (calls_.size() < static_cast<std::size_t>(parts)) calls_.resize(static_cast<std::size_t>(parts));
    for (auto& calls : calls_) calls.clear();
    parts_ = parts;
    written_ = 0;
    taken_ = 0;
    abandoned_ = false;
    error_ = nullptr;
    pool_ = &pool;
    pool.begin(static_cast<int>(lanes), work_);
  }

  bool isOpen() const { return pool_ != nullptr; }

  // Writes a call of the current part down.
  void add(Call call) {
    expectPart();
    calls_[static_cast<std::size_t>(written_.load())].push_back(std::move(call));
  }

  // The current part is written down.
  void next() {
    expectPart();
    {
      std::lock_guard<std::mutex> lock(mutex_);
      written_++;
    }
    changed_.notify_all();
  }

  // Computes what nobody has begun, and waits for the others. Throws what a part threw.
  void finish() {
    drop();
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
  }

 private:
  void expectPart() const {
    if (written_ >= parts_) throw std::runtime_error("expected as many parts as were said");
  }

  struct Work {
    Parts* parts;
    void operator()(int lane, int) const { parts->compute(*parts->lanes_[static_cast<std::size_t>(lane)]); }
  };

  // The same, or leaves out what is not written down whole.
  void drop() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      abandoned_ = written_ < parts_;
    }
    changed_.notify_all();
    pool_->finish();
    pool_ = nullptr;
  }

  void compute(Pool& pool) {
    for (int part = taken_++; part < parts_ && wait(part); part = taken_++) {
      try {
        for (const Call& call : calls_[static_cast<std::size_t>(part)]) call(pool);
      } catch (...) {
        std::lock_guard<std::mutex> lock(mutex_);
        if (!error_) error_ = std::current_exception();
      }
    }
  }

  // Until a part is written down, which takes little; false where it never will be.
  bool wait(int part) {
    for (int spin = 0; spin < kSpins && written_.load(std::memory_order_acquire) <= part; spin++) relax();
    if (written_.load(std::memory_order_acquire) <= part) {
      std::unique_lock<std::mutex> lock(mutex_);
      changed_.wait(lock, [&] { return abandoned_ || written_ > part; });
    }
    return !abandoned_;
  }

  std::vector<std::unique_ptr<Pool>> lanes_;  // of each thread that computes parts
  std::vector<std::vector<Call>> calls_;      // of each part
  int parts_ = 0;
  std::atomic<int> written_{0}, taken_{0};
  std::atomic<bool> abandoned_{false};
  std::exception_ptr error_;
  Pool* pool_ = nullptr;
  Work work_{this};
  std::mutex mutex_;
  std::condition_variable changed_;
};

}  // namespace letterpress
