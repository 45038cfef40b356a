// Decides whether asking other threads for help pays. On a machine whose cores are busy with other programs a thread
// that has taken a task may lose its core in the middle of it, and everybody waits; then one thread is faster than
// two. The governor judges windows of rounds by their pace: the processor time that the caller would have needed alone
// (which, unlike its wall time, does not grow when it loses its core itself), over the time that they took. Alone on a
// free core, the pace is 1; alone beside other programs, it is the caller's share of a core, and measured. When help
// does not help, the caller works alone for a while. It changes who computes, never what.
#pragma once
#include <algorithm>
#include <chrono>

#if defined(__wasm__)
#include "wasm/host.h"
#else
#include <ctime>
#endif

namespace letterpress {

class Governor {
 public:
#if defined(__wasm__)
  using Clock = wasm::Clock;
#else
  using Clock = std::chrono::steady_clock;
#endif

  // Some tasks of one call.
  struct Round {
    bool helped = false;  // whether other threads are asked
    bool judged = false;
    Clock::time_point begin{};
    double computed = 0;  // processor time of the caller's own tasks, in seconds, once they are done
  };

  // Asking for processor time is a system call, of some 200 ns: what was judged is trusted for a while.
  Round begin() {
    Round round = begin(Clock::now());
    if (round.judged) round.computed = computedSeconds();
    return round;
  }
  Round begin(Clock::time_point now) const { return {now >= aloneUntil_, now >= trustedUntil_, now, 0}; }

  // The caller has done its last task.
  static void drained(Round& round) {
    if (round.judged) round.computed = computedSeconds() - round.computed;
  }

  // The round is over, of whose tasks the caller did `own`. Where it did none, it had lost its core before it began.
  void end(const Round& round, int own, int tasks) {
    if (round.judged) judge(round, own, tasks, Clock::now());
  }

  void judge(const Round& round, int own, int tasks, Clock::time_point now) {
    if (round.helped != helped_) window_ = {};
    helped_ = round.helped;
    window_.took += seconds(now - round.begin);
    if (own > 0) window_.work += round.computed * tasks / own;
    if (window_.took < kWindow) return;
    const double pace = window_.pace();
    Pace& kind = helped_ ? shared_ : alone_;
    kind.fade(kKept);
    kind.add(window_);
    window_ = {};
    if (!helped_) {
      trustedUntil_ = aloneUntil_;
      return;
    }
    const double wanted = alone_.pace() / kWorthwhile;
    if (shared_.pace() < wanted) {
      aloneUntil_ = now + duration(rest_);
      rest_ = pace < wanted ? std::min(2 * rest_, kLongestRest) : kShortestRest;
      trust_ = kShortestTrust;
    } else {
      trustedUntil_ = now + duration(trust_);
      trust_ = std::min(2 * trust_, kLongestTrust);
      rest_ = kShortestRest;
      alone_.work += (alone_.took - alone_.work) * kForgotten;  // other programs may have ended since
    }
  }

 private:
  // Work is in seconds of the caller's processor time, alone.
  struct Pace {
    double work = 0, took = 0;

    double pace() const { return work / took; }
    void fade(double part) { work *= part, took *= part; }
    void add(const Pace& other) { work += other.work, took += other.took; }
  };

  static constexpr double kWindow = 0.03;          // seconds of rounds that are judged together: a few time slices
  static constexpr double kKept = 0.5;             // what counts of earlier windows of the same kind, when one is added
  static constexpr double kWorthwhile = 0.9;       // time with help is at most this part of the time alone
  static constexpr double kShortestRest = 0.08;    // seconds alone after the first bad window, then twice as long …
  static constexpr double kLongestRest = 1.28;     // … up to this
  static constexpr double kShortestTrust = 0.03;  // likewise, seconds without judgement after a good one
  static constexpr double kLongestTrust = 0.128;
  static constexpr double kForgotten = 0.1;

  static double computedSeconds() {
#if defined(CLOCK_THREAD_CPUTIME_ID) && !defined(__wasm__)
    timespec time;
    if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0)
      return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
#endif
    return seconds(Clock::now().time_since_epoch());  // pages are not told: there, each thread has a core
  }

  static double seconds(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }
  static Clock::duration duration(double seconds) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  }

  Clock::time_point aloneUntil_{}, trustedUntil_{};
  bool helped_ = true;  // of the window, all of whose rounds are of one kind
  Pace window_, shared_, alone_{kWindow, kWindow};
  double rest_ = kShortestRest, trust_ = kShortestTrust;
};

}  // namespace letterpress
