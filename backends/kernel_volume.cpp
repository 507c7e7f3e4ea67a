// SPDX-License-Identifier: Apache-2.0
#include "backends/kernel_volume.h"

#include <algorithm>

namespace tinyc {

std::array<ir::Window, 3> volume_axes(const std::vector<ir::Window>& windows) {
  constexpr ir::Window kNone{1, 1, 1, 1, 1, 0, 0};
  std::array<ir::Window, 3> axes = {kNone, kNone, kNone};
  std::copy_backward(windows.begin(), windows.end(), axes.end());
  return axes;
}

void add_volume(Built& built, const std::vector<ir::Window>& windows) {
  const auto [d, h, w] = volume_axes(windows);
  built.geometry.insert(built.geometry.end(), {{"in_d", d.in},
                                               {"in_h", h.in},
                                               {"in_w", w.in},
                                               {"out_d", d.out},
                                               {"out_h", h.out},
                                               {"out_w", w.out},
                                               {"kernel_d", d.kernel},
                                               {"kernel_h", h.kernel},
                                               {"kernel_w", w.kernel},
                                               {"stride_d", d.stride},
                                               {"stride_h", h.stride},
                                               {"stride_w", w.stride},
                                               {"dilation_d", d.dilation},
                                               {"dilation_h", h.dilation},
                                               {"dilation_w", w.dilation},
                                               {"pad_d", d.pad_begin},
                                               {"pad_h", h.pad_begin},
                                               {"pad_w", w.pad_begin}});
}

}  // namespace tinyc
