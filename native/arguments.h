// Reads the arguments of a call from JavaScript one after another and checks each: a wrong one fails, as a JavaScript
// error. TypeScript has checked them before; this is the second line of defence, so that no call can read or write
// outside of an array. How values get here, by Node-API or through WebAssembly memory, is the business of `Values`.
#pragma once
#include <algorithm>
#include <climits>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace letterpress {

// What an operation does with an array. WebAssembly copies arrays in and out and leaves out what nobody looks at.
enum class Access { read, set, update };

enum class Element { float32, int32, float64 };

constexpr const char* kArrayNames[] = {"Float32Array", "Int32Array", "Float64Array"};

// A short text, cut off where it is full: WebAssembly has no strings that grow.
class Message {
 public:
  void add(const char* text) {
    while (*text && length_ < kLongest) text_[length_++] = *text++;
  }
  void add(long long number) {
    char digits[24], *first = digits + sizeof digits - 1;
    *first = 0;
    const bool negative = number < 0;
    do {
      *--first = static_cast<char>('0' + (negative ? -(number % 10) : number % 10));
      number /= 10;
    } while (number);
    if (negative) *--first = '-';
    add(first);
  }
  const char* text() const { return text_; }
  int length() const { return length_; }

 private:
  static constexpr int kLongest = 255;
  char text_[kLongest + 1] = {};
  int length_ = 0;
};

}  // namespace letterpress

#if defined(__wasm__)
#include "wasm/values.h"
#else
#include "node_values.h"
#endif

namespace letterpress {

class Arguments : public Values {
 public:
  using Values::Values;

  double number() {
    double x;
    if (!numberAt(next(), x)) fail("a number");
    return x;
  }

  // An integer from `min` to 2^31 - 1.
  int integer(int min = 0) {
    const double x = number();
    if (!(x >= min && x <= INT_MAX) || x != std::floor(x)) fail("an integer of at least ", min);
    return static_cast<int>(x);
  }

  bool flag() {
    const double x = number();
    if (x != 0 && x != 1) fail("0 or 1");
    return x == 1;
  }

  uint32_t unsigned32() {
    const double x = number();
    if (!(x >= 0 && x <= 4294967295.0) || x != std::floor(x)) fail("an unsigned 32-bit integer");
    return static_cast<uint32_t>(x);
  }

  // A typed array of at least `length` elements: to be read, to be set as a whole, to be read and changed.
  float* floats(double length) { return array<float, Element::float32>(length, Access::read); }
  float* output(double length) { return array<float, Element::float32>(length, Access::set); }
  float* sums(double length) { return array<float, Element::float32>(length, Access::update); }
  int32_t* integers(double length) { return array<int32_t, Element::int32>(length, Access::read); }
  double* doubles(double length) { return array<double, Element::float64>(length, Access::read); }

  // The same, or null for undefined.
  float* optionalFloats(double length) { return skipsUndefined() ? nullptr : floats(length); }
  int32_t* optionalIntegers(double length) { return skipsUndefined() ? nullptr : integers(length); }
  float* optionalOutput(double length) { return skipsUndefined() ? nullptr : output(length); }
  float* optionalSums(double length) { return skipsUndefined() ? nullptr : sums(length); }

  // All whole rows of `width` elements that an array has, at least `min`: how many is told by `rows`.
  float* table(Access access, double width, int& rows, int min = 1) {
    return wholeRows<float, Element::float32>(access, width, rows, min);
  }
  // Null, and `rows` as it was, for undefined.
  float* optionalTable(Access access, double width, int& rows) {
    return skipsUndefined() ? nullptr : table(access, width, rows);
  }
  int32_t* allIntegers(int& count) { return wholeRows<int32_t, Element::int32>(Access::read, 1, count, 1); }

  template <class... Parts>
  [[noreturn]] void fail(const Parts&... expected) const {
    Message message;
    message.add("argument ");
    message.add(at_);
    message.add(": expected ");
    (message.add(expected), ...);
    raise(message);
  }

  // The place of the next argument.
  int next() {
    if (at_ >= count()) {
      Message message;
      message.add("expected more than ");
      message.add(count());
      message.add(" arguments");
      raise(message);
    }
    return at_++;
  }

 private:
  bool skipsUndefined() {
    const bool skips = at_ < count() && undefinedAt(at_);
    if (skips) at_++;
    return skips;
  }

  // How many elements the next argument has, which must be such an array of at least `length`.
  double checkArray(int place, Element element, double length) {
    const double elements = elementsAt(place, element);
    if (!(elements >= length)) {
      const double shown = std::min(length, 9e18);
      fail("a ", kArrayNames[static_cast<int>(element)], " of at least ", static_cast<long long>(shown), " elements");
    }
    return elements;
  }

  template <class T, Element element>
  T* array(double length, Access access) {
    const int place = next();
    checkArray(place, element, length);
    return static_cast<T*>(dataAt(place, length, access));
  }

  template <class T, Element element>
  T* wholeRows(Access access, double width, int& rows, int min) {
    const int place = next();
    const double elements = checkArray(place, element, min * width);
    rows = static_cast<int>(std::min(std::floor(elements / width), double{INT_MAX}));
    return static_cast<T*>(dataAt(place, rows * width, access));
  }

  int at_ = 0;
};

}  // namespace letterpress
