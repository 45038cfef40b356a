#include "dispatch.h"

namespace letterpress {

// The build says which kernels it has; the baseline is always there.
#if defined(LETTERPRESS_HAS_avx512)
extern const Kernels kernels_avx512;
#endif
#if defined(LETTERPRESS_HAS_avx2)
extern const Kernels kernels_avx2;
#endif
extern const Kernels kernels_baseline;
#if defined(LETTERPRESS_HAS_wide)
extern const Kernels kernels_wide;
#endif

std::vector<const Kernels*> availableKernels() {
  std::vector<const Kernels*> kernels;
#if defined(__x86_64__)
  __builtin_cpu_init();
#if defined(LETTERPRESS_HAS_avx512)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl")) {
    kernels.push_back(&kernels_avx512);
  }
#endif
#if defined(LETTERPRESS_HAS_avx2)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) kernels.push_back(&kernels_avx2);
#endif
#endif
  kernels.push_back(&kernels_baseline);
#if defined(LETTERPRESS_HAS_wide)
  // Only in test builds, and never chosen by itself: the code of AVX-512 for a processor with AVX2.
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) kernels.push_back(&kernels_wide);
#endif
  return kernels;
}

const Kernels* chooseKernels(const std::string& name) {
  for (const Kernels* kernels : availableKernels()) {
    if (name.empty() || name == kernels->name) return kernels;
  }
  return nullptr;
}

}  // namespace letterpress
