// What the module asks of JavaScript (src/backend/wasm/instance.ts). Nothing of WASI.
#pragma once
#include <chrono>

namespace letterpress {
namespace wasm {

#define LP_IMPORT(name) __attribute__((import_module("env"), import_name(#name))) name

extern "C" {
// So many bytes, aligned to 64 and contents undefined; 0 where there is no more memory.
void* LP_IMPORT(allocate)(unsigned long bytes);
void LP_IMPORT(release)(void* memory, unsigned long bytes);
// Where the first `elements` of the array at that place of the arguments are; copied there, if that must be.
void* LP_IMPORT(place)(int argument, double elements, int access);
// Throws a JavaScript error, through all that runs here.
[[noreturn]] void LP_IMPORT(raise)(const char* text, int length);
// Milliseconds from some moment on.
double LP_IMPORT(now)();
}

#undef LP_IMPORT

// A clock for the governor, as those of std::chrono.
struct Clock {
  using duration = std::chrono::duration<double, std::milli>;
  using time_point = std::chrono::time_point<Clock, duration>;
  static time_point now() { return time_point(duration(wasm::now())); }
};

}  // namespace wasm
}  // namespace letterpress
