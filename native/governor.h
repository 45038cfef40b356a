// Decides whether asking other threads for help pays. On a machine whose cores are busy with other programs a thread
// that has taken a task may lose its core in the middle of it, and everybody waits; then one thread is faster than
// two. The governor compares, over short windows, how long the rounds took with how long they would have taken alone,
// and lets the caller work alone for a while when help does not help. It changes who computes, never what.
#pragma once
#include <algorithm>
#include <chrono>

#if defined(__wasm__)
#include "wasm/host.h"
#endif

namespace letterpress {

class Governor {
 public:
#if defined(__wasm__)
  using Clock = wasm::Clock;
#else
  using Clock = std::chrono::steady_clock;
#endif

  // Whether the round that begins now should ask for help.
  bool help(Clock::time_point now) { return now >= aloneUntil_; }

  // Tells how a round with help went: the caller ran `own` of `tasks` tasks until `drained`, and waited until `end`.
  void helped(Clock::time_point begin, Clock::time_point drained, Clock::time_point end, int own, int tasks) {
    if (own == 0) return;  // nothing is known about how long a task takes
    took_ += seconds(end - begin);
    alone_ += seconds(drained - begin) * tasks / own;
    if (took_ < kWindow) return;
    if (took_ > kWorthwhile * alone_) {
      rest_ = std::min(2 * rest_, kLongestRest);
      aloneUntil_ = end + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(rest_));
    } else {
      rest_ = kShortestRest;
    }
    took_ = alone_ = 0;
  }

 private:
  static constexpr double kWindow = 0.008;       // seconds of rounds that are judged together
  static constexpr double kWorthwhile = 0.9;     // with help, at most this part of the time alone
  static constexpr double kShortestRest = 0.02;  // seconds alone after the first bad window, then twice as long …
  static constexpr double kLongestRest = 0.64;   // … up to this

  static double seconds(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

  Clock::time_point aloneUntil_{};
  double took_ = 0, alone_ = 0, rest_ = kShortestRest;
};

}  // namespace letterpress
