// SPDX-License-Identifier: Apache-2.0
#include "backends/kernel_vfp.h"

#include <algorithm>
#include <cmath>

#include "backends/kernel_conv.h"

namespace tinyc {
namespace {

// Positions of a window along one axis that lie inside the image.
int64_t taps_inside(const ir::Window& w, int64_t position) {
  int64_t taps = 0;
  for (int64_t k = 0; k < w.kernel; ++k) {
    const int64_t at = position * w.stride - w.pad_begin + k * w.dilation;
    taps += at >= 0 && at < w.in;
  }
  return taps;
}

// How many pixels from `x` on a kernel does together: as many as lie whole inside, of the numbers it knows.
int64_t together(const ir::Window& w, int64_t x, bool knows_two) {
  const auto inside = [&](int64_t pixel) { return pixel < w.out && taps_inside(w, pixel) == w.kernel; };
  int64_t pixels = 1;
  while (pixels < 4 && inside(x) && inside(x + pixels)) ++pixels;
  if (pixels == 4) return 4;
  return pixels >= 2 && knows_two ? 2 : 1;
}

// Sum over an image of cycles(pixels done together, rows of taps, taps of a row).
template <class Cycles>
double over_image(const Image2d& image, bool knows_two, Cycles cycles) {
  double total = 0;
  for (int64_t y = 0; y < image.out_h; ++y) {
    const int64_t rows = taps_inside(image.h, y);
    for (int64_t x = 0; x < image.out_w;) {
      const int64_t pixels = together(image.w, x, knows_two);
      total +=
          cycles(static_cast<double>(pixels), static_cast<double>(rows), static_cast<double>(taps_inside(image.w, x)));
      x += pixels;
    }
  }
  return total;
}

// Four sums of one pixel over `taps` taps: by eight, then one by one.
double dot_1(double taps, const CoreTiming& t) {
  const double products = 4 * (t.float_mul + t.float_add);
  const double eights = std::floor(taps / 8);
  const double by_8 = 8 * products + 4 * t.load + 36 * t.load_next + t.alu + t.branch;
  const double by_1 = products + 2 * t.load + 3 * t.load_next + t.alu + t.branch;
  return eights * by_8 + (taps - 8 * eights) * by_1;
}

// Sixteen sums of four pixels, two taps at a time, loaded from memory and stored there.
double dot_4(double taps, const CoreTiming& t) {
  const double pair = 32 * (t.float_mul + t.float_add) + 6 * t.load + 10 * t.load_next + t.alu + t.branch;
  return taps / 2 * pair + 2 * t.load + 30 * t.load_next;
}

}  // namespace

bool has_vfp_loops(const CoreTiming& timing) { return timing.vfp_loops; }

double vfp_conv_cycles(const ir::Op& op, const CoreTiming& t) {
  const Image2d image = conv_image(op);
  const int64_t groups = op.integer("groups");
  const auto channels = static_cast<double>(image.in_c / groups);
  const bool side_by_side = image.w.dilation == 1 && groups == 1;
  const auto fours = static_cast<double>(groups * (image.out_c / groups / 4));
  const auto single = static_cast<double>(image.out_c) - 4 * fours;
  const double run_frame = 9 * t.alu;
  const double result = 4 * t.load + 8 * t.alu;
  const double images = static_cast<double>(op.result_type().shape[0]);
  return images * over_image(image, false, [&](double pixels, double rows, double columns) {
           const double runs = side_by_side ? rows : rows * columns;
           const double taps = side_by_side ? columns * channels : channels;
           const double four = runs * (run_frame + (pixels > 1 ? dot_4(taps, t) : dot_1(taps, t)));
           const double plain =
               rows * columns * channels * (2 * t.load + t.float_mac + t.alu + t.branch) + runs * 6 * t.alu;
           return fours * (four + 4 * pixels * result) + single * pixels * (plain + result);
         });
}

double vfp_depthwise_cycles(const ir::Op& op, const CoreTiming& t) {
  const Image2d image = conv_image(op);
  const bool by_4 = image.in_c == image.out_c;
  const auto fours = static_cast<double>(by_4 ? image.out_c / 4 : 0);
  const auto single = static_cast<double>(image.out_c) - 4 * fours;
  const double images = static_cast<double>(op.result_type().shape[0]);
  return images * over_image(image, true, [&](double pixels, double rows, double columns) {
           const double products = 4 * (t.float_mul + t.float_add) + t.load + 3 * t.load_next + t.alu;
           const double tap = pixels * products + t.load + 3 * t.load_next + t.alu + t.branch;
           const double four = 60 * t.alu + rows * (13 * t.alu + columns * tap) + pixels * 36 * t.alu;
           const double plain = rows * columns * (2 * t.load + t.float_mac + 2 * t.alu + t.branch) + 20 * t.alu;
           return fours * four + single * pixels * plain;
         });
}

double vfp_fully_connected_cycles(const ir::Op& op, const CoreTiming& t) {
  const ir::Shape& w = op.operand_type(1).shape;
  const auto inputs = static_cast<double>(w[1]);
  const auto lines = static_cast<double>(op.result_type().elements() / std::max<int64_t>(1, w[0]));
  const auto fours = static_cast<double>(w[0] / 4);
  const double plain = inputs * (2 * t.load + t.float_mac + t.alu + t.branch) + 10 * t.alu;
  return lines * (fours * (dot_1(inputs, t) + 40 * t.alu) + static_cast<double>(w[0] % 4) * plain);
}

}  // namespace tinyc
