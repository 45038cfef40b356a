// The values of a call that JavaScript wrote to a table in WebAssembly memory, arrays by their kind and length. An
// array gets its place here only when an operation has checked it.
#pragma once
#include "../arguments.h"
#include "host.h"

namespace letterpress {

constexpr int kMaxArguments = 24;

struct Value {
  double kind;  // -1 undefined, -2 a number, -3 anything else; else an Element
  double size;  // the number, or how many elements there are
};

class Values {
 public:
  Values(const Value* values, int count) : values_(values), count_(count) {}

  int count() const { return count_; }

 protected:
  bool numberAt(int place, double& x) const {
    x = values_[place].size;
    return values_[place].kind == -2;
  }
  bool undefinedAt(int place) const { return values_[place].kind == -1; }
  double elementsAt(int place, Element element) const {
    return values_[place].kind == static_cast<int>(element) ? values_[place].size : -1;
  }
  void* dataAt(int place, double elements, Access access) const {
    return wasm::place(place, elements, static_cast<int>(access));
  }
  [[noreturn]] void raise(const Message& message) const { wasm::raise(message.text(), message.length()); }

 private:
  const Value* values_;
  int count_;
};

}  // namespace letterpress
