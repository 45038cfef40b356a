// Reads the arguments of a call from JavaScript one after another and checks each: a wrong one throws BadArgument,
// which addon.cc turns into a JavaScript error. TypeScript has checked them before; this is the second line of defence,
// so that no call can read or write outside of an array.
#pragma once
#define NAPI_VERSION 8
#include <node_api.h>

#include <algorithm>
#include <climits>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace letterpress {

struct BadArgument : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Arguments {
 public:
  Arguments(napi_env env, napi_callback_info info) : env_(env) {
    count_ = kMaxArguments;
    if (napi_get_cb_info(env, info, &count_, values_, nullptr, nullptr) != napi_ok) fail("cannot read arguments");
  }

  double number() {
    double x;
    if (napi_get_value_double(env_, next(), &x) != napi_ok) fail("a number");
    return x;
  }

  // An integer from `min` to 2^31 - 1.
  int integer(int min = 0) {
    const double x = number();
    if (!(x >= min && x <= INT_MAX) || x != std::floor(x)) fail("an integer of at least " + std::to_string(min));
    return static_cast<int>(x);
  }

  uint32_t unsigned32() {
    const double x = number();
    if (!(x >= 0 && x <= 4294967295.0) || x != std::floor(x)) fail("an unsigned 32-bit integer");
    return static_cast<uint32_t>(x);
  }

  std::string text() {
    char buffer[64];
    size_t length;
    if (napi_get_value_string_utf8(env_, next(), buffer, sizeof buffer, &length) != napi_ok) fail("a string");
    return std::string(buffer, length);
  }

  // A typed array of at least `length` elements.
  float* floats(double length) { return static_cast<float*>(array(napi_float32_array, length, "Float32Array")); }
  int32_t* integers(double length) { return static_cast<int32_t*>(array(napi_int32_array, length, "Int32Array")); }
  double* doubles(double length) { return static_cast<double*>(array(napi_float64_array, length, "Float64Array")); }

  // The same, or null for undefined.
  float* optionalFloats(double length) {
    napi_valuetype type;
    if (at_ < count_ && napi_typeof(env_, values_[at_], &type) == napi_ok && type == napi_undefined) {
      at_++;
      return nullptr;
    }
    return floats(length);
  }

  // How many whole rows of `width` elements the array that was read last has.
  int wholeRows(double width) const {
    return static_cast<int>(std::min(std::floor(static_cast<double>(elements_) / width), double{INT_MAX}));
  }

  [[noreturn]] void fail(const std::string& expected) const {
    throw BadArgument("argument " + std::to_string(at_) + ": expected " + expected);
  }

 private:
  static constexpr size_t kMaxArguments = 24;

  napi_value next() {
    if (at_ >= count_) throw BadArgument("expected more than " + std::to_string(count_) + " arguments");
    return values_[at_++];
  }

  void* array(napi_typedarray_type wanted, double length, const char* name) {
    napi_typedarray_type type;
    void* data;
    napi_value value = next();
    const bool ok = napi_get_typedarray_info(env_, value, &type, &elements_, &data, nullptr, nullptr) == napi_ok;
    if (!ok || type != wanted || static_cast<double>(elements_) < length) {
      fail(std::string("a ") + name + " of at least " + std::to_string(static_cast<long long>(length)) + " elements");
    }
    return data;
  }

  napi_env env_;
  napi_value values_[kMaxArguments];
  size_t count_;
  size_t at_ = 0;
  size_t elements_ = 0;  // of the array that was read last
};

}  // namespace letterpress
