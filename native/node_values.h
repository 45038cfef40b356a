// The values of a call that came by Node-API. Arrays are used where they are.
#pragma once
#define NAPI_VERSION 8
#include <node_api.h>

#include <stdexcept>
#include <string>

#include "arguments.h"

namespace letterpress {

struct BadArgument : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Values {
 public:
  Values(napi_env env, napi_callback_info info) : env_(env), count_(kMaxArguments) {
    if (napi_get_cb_info(env, info, &count_, values_, nullptr, &data_) != napi_ok) {
      throw BadArgument("cannot read arguments");
    }
    count_ = std::min(count_, kMaxArguments);
  }

  int count() const { return static_cast<int>(count_); }
  // What the function was defined with.
  void* data() const { return data_; }

  std::string text(int place) const {
    char buffer[64];
    size_t length;
    if (napi_get_value_string_utf8(env_, values_[place], buffer, sizeof buffer, &length) != napi_ok) {
      throw BadArgument("expected a string");
    }
    return std::string(buffer, length);
  }

 protected:
  bool numberAt(int place, double& x) const { return napi_get_value_double(env_, values_[place], &x) == napi_ok; }

  bool undefinedAt(int place) const {
    napi_valuetype type;
    return napi_typeof(env_, values_[place], &type) == napi_ok && type == napi_undefined;
  }

  // How many elements the array has, or -1 if it is no array of that kind.
  double elementsAt(int place, Element element) {
    constexpr napi_typedarray_type kTypes[] = {napi_float32_array, napi_int32_array, napi_float64_array};
    napi_typedarray_type type;
    size_t elements;
    const napi_status status =
        napi_get_typedarray_info(env_, values_[place], &type, &elements, &array_, nullptr, nullptr);
    if (status != napi_ok || type != kTypes[static_cast<int>(element)]) return -1;
    return static_cast<double>(elements);
  }

  // Of the array that elementsAt was asked about last.
  void* dataAt(int, double, Access) const { return array_; }

  [[noreturn]] void raise(const Message& message) const { throw BadArgument(message.text()); }

 private:
  static constexpr size_t kMaxArguments = 24;

  napi_env env_;
  napi_value values_[kMaxArguments];
  size_t count_;
  void* data_ = nullptr;
  void* array_ = nullptr;
};

}  // namespace letterpress
