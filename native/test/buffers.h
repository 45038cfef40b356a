// Arrays for the driver, each a heap block of its own that ends exactly where the array does, so that
// AddressSanitizer sees the first number read or written beyond. Before the array lie two numbers that nobody may
// touch, which also keeps it from starting at an address that suits vectors.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#endif

namespace letterpress {

class Buffers {
 public:
  explicit Buffers(uint32_t seed) : state_(seed) {}

  // Numbers of mean 0 and standard deviation 1.
  const float* input(long count) { return fill(make(count), count); }

  // What an operation overwrites: it starts as no numbers at all.
  float* output(long count) {
    float* data = make(count);
    for (long i = 0; i < count; i++) data[i] = NAN;
    return watch(data, count);
  }

  // What an operation adds to or changes.
  float* gradient(long count) { return watch(fill(make(count), count), count); }

  // What an operation reads and may leave anything in.
  float* usedUp(long count) { return fill(make(count), count); }

  // Numbers of at least 0.01, which an operation changes.
  float* positive(long count) {
    float* data = gradient(count);
    for (long i = 0; i < count; i++) data[i] = std::fabs(data[i]) + 0.01f;
    return data;
  }

  // Integers from 0 to end - 1.
  const int32_t* integers(long count, int end) {
    std::vector<int32_t> values;
    for (long i = 0; i < count; i++) values.push_back(static_cast<int32_t>(next() % static_cast<uint32_t>(end)));
    return copy(values);
  }

  template <class T>
  const T* copy(const std::vector<T>& values) {
    T* data = static_cast<T*>(std::malloc(values.size() * sizeof(T)));
    blocks_.emplace_back(data, std::free);
    std::memcpy(data, values.data(), values.size() * sizeof(T));
    return data;
  }

  // Copies of all results, in the order in which they were asked for.
  std::vector<std::vector<float>> results() const {
    std::vector<std::vector<float>> copies;
    for (const auto& [data, count] : results_) copies.emplace_back(data, data + count);
    return copies;
  }

  // Throws unless every number written is one and nothing was written before an array; returns a hash of all results.
  uint64_t check() const {
    uint64_t hash = 14695981039346656037u;  // FNV-1a
    for (const auto& [data, count] : results_) {
      for (long i = 0; i < count; i++) {
        if (!std::isfinite(data[i])) throw std::runtime_error("element " + std::to_string(i) + " is not a number");
        uint32_t bits;
        std::memcpy(&bits, data + i, sizeof bits);
        hash = (hash ^ bits) * 1099511628211u;
      }
    }
    for (float* start : starts_) {
      ASAN_UNPOISON_MEMORY_REGION(start, 2 * sizeof(float));
      if (start[0] != kCanary || start[1] != kCanary) throw std::runtime_error("something was written before an array");
      ASAN_POISON_MEMORY_REGION(start, 2 * sizeof(float));
    }
    return hash;
  }

 private:
  static constexpr float kCanary = 12345.678f;

  uint32_t next() {
    state_ = state_ * 1664525u + 1013904223u;  // Numerical Recipes' generator: plain numbers to calculate with
    return state_ >> 8;
  }

  float* make(long count) {
    float* start = static_cast<float*>(std::malloc((static_cast<size_t>(count) + 2) * sizeof(float)));
    blocks_.emplace_back(start, [](void* block) {
      ASAN_UNPOISON_MEMORY_REGION(block, 2 * sizeof(float));
      std::free(block);
    });
    start[0] = start[1] = kCanary;
    ASAN_POISON_MEMORY_REGION(start, 2 * sizeof(float));
    starts_.push_back(start);
    return start + 2;
  }

  float* fill(float* data, long count) {
    for (long i = 0; i < count; i++) data[i] = (static_cast<float>(next()) / 16777216.0f - 0.5f) * 3.4641f;
    return data;
  }

  float* watch(float* data, long count) {
    results_.emplace_back(data, count);
    return data;
  }

  uint32_t state_;
  std::vector<std::unique_ptr<void, void (*)(void*)>> blocks_;
  std::vector<float*> starts_;
  std::vector<std::pair<const float*, long>> results_;
};

}  // namespace letterpress
