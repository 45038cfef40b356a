// Node-API glue and nothing else: the operations as functions of a JavaScript module, and the choice of the kernels.
#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include "dispatch.h"
#include "operations.h"

namespace letterpress {
namespace {

// Of the JavaScript thread that called: worker threads each have their own.
thread_local const Kernels* kernels = nullptr;
thread_local std::unique_ptr<Pool> pool;
thread_local std::unique_ptr<Parts> parts;  // goes before the pool, which it uses

// Wraps a function of Arguments as a Node-API callback: C++ exceptions become JavaScript errors.
template <class Body>
napi_value guarded(napi_env env, napi_callback_info info, Body body) {
  try {
    Arguments arguments(env, info);
    return body(arguments);
  } catch (const std::bad_alloc&) {
    napi_throw_error(env, "LETTERPRESS_MEMORY", "not enough memory");
  } catch (const std::exception& error) {
    napi_throw_error(env, "LETTERPRESS_NATIVE", error.what());
  }
  return nullptr;
}

template <napi_value (*body)(napi_env, Arguments&)>
napi_value call(napi_env env, napi_callback_info info) {
  return guarded(env, info, [&](Arguments& in) { return body(env, in); });
}

napi_value number(napi_env env, double x) {
  napi_value result;
  napi_create_double(env, x, &result);
  return result;
}

// Of an operation, which comes as the callback's data.
napi_value callOperation(napi_env env, napi_callback_info info) {
  return guarded(env, info, [&](Arguments& in) {
    const Engine engine = {kernels, pool.get(), parts && parts->isOpen() ? parts.get() : nullptr};
    return number(env, static_cast<const NamedOperation*>(in.data())->call(engine, in));
  });
}

// configure(instruction set or '', threads): chooses the kernels and starts the threads.
napi_value configure(napi_env, Arguments& in) {
  const std::string name = in.text(in.next());
  const int threads = in.integer(1);
  if (parts && parts->isOpen()) in.fail("no parts that are being computed");
  const Kernels* chosen = chooseKernels(name);
  if (!chosen) in.fail("an instruction set that this processor and build have, not '", name.c_str(), "'");
  if (threads > 256) in.fail("at most 256 threads");
  kernels = chosen;
  if (!pool || pool->threads() != threads) pool.reset(new Pool(threads));
  return nullptr;
}

// openParts(count): the operations that are called next are the first part's. 0 where there is nothing to gain: then
// they are computed as ever.
napi_value openParts(napi_env env, Arguments& in) {
  const int count = in.integer(1);
  if (count > 256) in.fail("at most 256 parts");
  if (parts && parts->isOpen()) in.fail("no parts that are open already");
  const int threads = Parts::threadsOfPart(pool->threads(), count);
  if (threads == pool->threads()) return number(env, 0);
  if (!parts) parts.reset(new Parts);
  parts->begin(*pool, count, threads);
  return number(env, 1);
}

// nextPart(): the calls from now on are the next part's.
napi_value nextPart(napi_env, Arguments& in) {
  if (!parts || !parts->isOpen()) in.fail("parts that are open");
  parts->next();
  return nullptr;
}

// closeParts(): waits until all parts are computed, or, if there are fewer than were said, drops them.
napi_value closeParts(napi_env, Arguments& in) {
  if (!parts || !parts->isOpen()) in.fail("parts that are open");
  parts->finish();
  return nullptr;
}

// instructionSets(): the names that configure takes here, best first.
napi_value instructionSets(napi_env env, Arguments&) {
  napi_value list;
  napi_create_array(env, &list);
  uint32_t i = 0;
  for (const Kernels* available : availableKernels()) {
    napi_value name;
    napi_create_string_utf8(env, available->name, NAPI_AUTO_LENGTH, &name);
    napi_set_element(env, list, i++, name);
  }
  return list;
}

// useLargePages(Float32Array): asks the system to give the array's memory, which nobody has touched yet, in large
// pages. Where there are none, nothing changes.
napi_value useLargePages(napi_env, Arguments& in) {
  int count;
  float* data = in.table(Access::update, 1, count, 0);
#if defined(MADV_HUGEPAGE)
  constexpr uintptr_t kPage = 4096;
  const uintptr_t begin = (reinterpret_cast<uintptr_t>(data) + kPage - 1) / kPage * kPage;
  const uintptr_t end = reinterpret_cast<uintptr_t>(data + count) / kPage * kPage;
  if (end > begin) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
#else
  static_cast<void>(data);
#endif
  return nullptr;
}

// milliseconds: floating-point operations a second that all threads reach together in the inner loop of products on
// operands in L1: the fastest of several spans of at least 5 ms, about that long in all.
template <void (*Kernels::*kernel)(Pool&, Peak&)>
napi_value peak(napi_env env, Arguments& in) {
  using Clock = std::chrono::steady_clock;
  const auto since = [](Clock::time_point from) { return std::chrono::duration<double>(Clock::now() - from).count(); };
  const double milliseconds = in.number();
  if (!(milliseconds > 0 && milliseconds <= 60000)) in.fail("milliseconds above 0, at most 60000");
  Peak a = {};
  a.tasks = 32 * pool->threads();
  (kernels->*kernel)(*pool, a);  // wakes the threads, and fills the caches
  double best = 0;
  const auto start = Clock::now();
  do {
    double operations = 0;
    const auto span = Clock::now();
    do {
      (kernels->*kernel)(*pool, a);
      operations += a.operations;
    } while (since(span) < 5e-3);
    best = std::max(best, operations / since(span));
  } while (since(start) < milliseconds / 1000);
  return number(env, best);
}

void define(napi_env env, napi_value exports, const char* name, napi_callback callback, void* data = nullptr) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, data, &function);
  napi_set_named_property(env, exports, name, function);
}

napi_value initialize(napi_env env, napi_value exports) {
  kernels = chooseKernels("");
  pool.reset(new Pool(1));
  // Before the arrays go: a JavaScript thread may be ended in the middle of a part.
  napi_add_env_cleanup_hook(env, [](void*) { parts.reset(); }, nullptr);
  define(env, exports, "configure", call<configure>);
  define(env, exports, "instructionSets", call<instructionSets>);
  define(env, exports, "useLargePages", call<useLargePages>);
  define(env, exports, "openParts", call<openParts>);
  define(env, exports, "nextPart", call<nextPart>);
  define(env, exports, "closeParts", call<closeParts>);
  for (const NamedOperation& operation : kOperations) {
    define(env, exports, operation.name, callOperation, const_cast<NamedOperation*>(&operation));
  }
  define(env, exports, "peak", call<peak<&Kernels::peak>>);
  define(env, exports, "peakBf16", call<peak<&Kernels::peakBf16>>);
  return exports;
}

}  // namespace
}  // namespace letterpress

NAPI_MODULE_INIT() { return letterpress::initialize(env, exports); }
