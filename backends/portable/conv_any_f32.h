// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// float32 convolution over up to three spatial axes, with weights that may be computed by the model.
#include "backends/kernel_functions.h"
#include "backends/kernel_volume.h"

namespace tinyc {
namespace portable_conv_any_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) {
  const int rank = op.operand_type(0).rank();
  if (rank > 5) return "needs at most three spatial axes";
  if (auto reason = need_float32(op)) return reason;
  return need_float_activation(op);
}

inline Needs needs(const ir::Op& op, const Variant&) { return whole(op); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Shape& x = op.operand_type(0).shape;
  const ir::Shape& w = op.operand_type(1).shape;
  const auto windows = ir::windows_of(op, {x.begin() + 1, x.end() - 1}, {w.begin() + 1, w.end() - 1});
  Built built;
  built.geometry = {{"images", x[0]},
                    {"in_c", x.back()},
                    {"out_c", w[0]},
                    {"group_in", w.back()},
                    {"group_out", w[0] / op.integer("groups")}};
  add_volume(built, *windows);
  set_function(built, float_activation(op));
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  const auto macs = static_cast<double>(op.def->macs(op));
  return macs * (2 * t.load + t.float_mac + 4 * t.alu) + 100 * static_cast<double>(op.result_type().elements()) * t.alu;
}

}  // namespace portable_conv_any_f32

inline const KernelDef portable_conv_any_f32_kernel = {
    .name = "conv_any_f32",
    .isa = Isa::portable,
    .ops = {"conv"},
    .types = "f32 x f32 -> f32",
    .summary = "float32 convolution with weights from anywhere, up to three axes",
    .entry = "conv_any_f32",
    .geometry_type = "ConvAnyF32",
    .constant_rows = true,
    .absent_rows = true,
    .mean_code_bytes = 330,
    .why_not = portable_conv_any_f32::why_not,
    .needs = portable_conv_any_f32::needs,
    .build = portable_conv_any_f32::build,
    .cycles = portable_conv_any_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "backends/portable/shared/taps.h"
#include "runtime-stubs/tinyc_kernel.h"

// x [images, d, h, w, in_c], weights [out_c, kernel_d, kernel_h, kernel_w, group_in].
struct ConvAnyF32 {
  int32_t images, in_c, out_c, group_in, group_out;
  int32_t in_d, in_h, in_w, out_d, out_h, out_w;
  int32_t kernel_d, kernel_h, kernel_w, stride_d, stride_h, stride_w;
  int32_t dilation_d, dilation_h, dilation_w, pad_d, pad_h, pad_w;
};

// The sum for output channel o, whose window begins at (z, y, x) of an image.
TINYC_KERNEL float conv_any_f32_sum(const ConvAnyF32& g, const float* image, const float* weights, int32_t o, int32_t z,
                                    int32_t y, int32_t x) {
  const float* w = weights + o * g.kernel_d * g.kernel_h * g.kernel_w * g.group_in;
  const float* from = image + o / g.group_out * g.group_in;
  const Taps planes = taps_inside(z, g.kernel_d, g.dilation_d, g.in_d);
  const Taps rows = taps_inside(y, g.kernel_h, g.dilation_h, g.in_h);
  const Taps columns = taps_inside(x, g.kernel_w, g.dilation_w, g.in_w);
  float sum = 0.0f;
  for (int32_t kz = planes.first; kz < planes.last; ++kz) {
    for (int32_t ky = rows.first; ky < rows.last; ++ky) {
      const int32_t row = ((z + kz * g.dilation_d) * g.in_h + y + ky * g.dilation_h) * g.in_w;
      const int32_t tap = (kz * g.kernel_h + ky) * g.kernel_w;
      for (int32_t kx = columns.first; kx < columns.last; ++kx) {
        const float* pixel = from + (row + x + kx * g.dilation_w) * g.in_c;
        for (int32_t c = 0; c < g.group_in; ++c) sum += pixel[c] * w[(tap + kx) * g.group_in + c];
      }
    }
  }
  return sum;
}

template <class Activation>
TINYC_KERNEL void conv_any_f32(const ConvAnyF32& g, const Rows& in, const Rows& weights, const Rows& bias,
                               const Rows& out, Activation activation, int32_t y0, int32_t y1) {
  static_cast<void>(y1);
  const float* image = row_of<const float>(in, y0);
  const float* w = row_of<const float>(weights, 0);
  const float* b = bias.base != nullptr ? row_of<const float>(bias, 0) : nullptr;
  float* to = row_of<float>(out, y0);
  for (int32_t n = 0; n < g.images; ++n, image += g.in_d * g.in_h * g.in_w * g.in_c) {
    for (int32_t z = 0; z < g.out_d; ++z) {
      for (int32_t y = 0; y < g.out_h; ++y) {
        for (int32_t x = 0; x < g.out_w; ++x) {
          for (int32_t o = 0; o < g.out_c; ++o) {
            const float sum = conv_any_f32_sum(g, image, w, o, z * g.stride_d - g.pad_d, y * g.stride_h - g.pad_h,
                                               x * g.stride_w - g.pad_w);
            *to++ = activation(b != nullptr ? b[o] + sum : sum);
          }
        }
      }
    }
  }
}
