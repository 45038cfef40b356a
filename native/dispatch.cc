#include "dispatch.h"

#if defined(LETTERPRESS_HAS_amx)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace letterpress {

// The build says which kernels it has; the baseline is always there.
#if defined(LETTERPRESS_HAS_amx)
extern const Kernels kernels_amx;
#endif
#if defined(LETTERPRESS_HAS_avx512bf16)
extern const Kernels kernels_avx512bf16;
#endif
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

#if defined(LETTERPRESS_HAS_amx)
namespace {

// Whether the processor has AMX-BF16 and AVX512-BF16 and the system saves their registers. On Linux a process must
// request the tile registers before it uses them; the permission holds for all its threads.
bool grantedAmx() {
  unsigned a, b, c, d;
  constexpr unsigned kSavesState = 1u << 27, kAmxBf16 = 1u << 22, kAmxTile = 1u << 24, kAvx512Bf16 = 1u << 5;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & kSavesState)) return false;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (~d & (kAmxBf16 | kAmxTile))) return false;
  if (a < 1 || !__get_cpuid_count(7, 1, &a, &b, &c, &d) || !(a & kAvx512Bf16)) return false;
  unsigned low, high;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  constexpr unsigned kTileState = 3u << 17;
  if (~low & kTileState) return false;
  constexpr long kRequestPermission = 0x1023, kTileData = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

bool hasAmx() {
  static const bool granted = grantedAmx();
  return granted;
}

}  // namespace
#endif

std::vector<const Kernels*> availableKernels() {
  std::vector<const Kernels*> kernels;
#if defined(__x86_64__)
  __builtin_cpu_init();
#if defined(LETTERPRESS_HAS_amx) || defined(LETTERPRESS_HAS_avx512bf16) || defined(LETTERPRESS_HAS_avx512)
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
#endif
#if defined(LETTERPRESS_HAS_amx)
  if (avx512 && hasAmx()) kernels.push_back(&kernels_amx);
#endif
#if defined(LETTERPRESS_HAS_avx512bf16)
  if (avx512 && __builtin_cpu_supports("avx512bf16")) kernels.push_back(&kernels_avx512bf16);
#endif
#if defined(LETTERPRESS_HAS_avx512)
  if (avx512) kernels.push_back(&kernels_avx512);
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
