// Which kernels this processor runs.
#pragma once
#include <string>
#include <vector>

#include "kernels/api.h"

namespace letterpress {

// Kernels that this build has and this processor can run, the best first.
std::vector<const Kernels*> availableKernels();

// The kernels of that name, or the best there are for an empty name; null when there are none of that name.
const Kernels* chooseKernels(const std::string& name);

}  // namespace letterpress
