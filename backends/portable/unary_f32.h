// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// A function of one float32 variable, element by element.
#include "backends/kernel_functions.h"
#include "backends/kernel_support.h"
#include "ir/ops/common.h"

namespace tinyc {
namespace portable_unary_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) { return need_float32(op); }

inline Needs needs(const ir::Op& op, const Variant&) { return row_by_row(op, WriteFront::element); }

inline Built build(const ir::Op& op, const Variant&) {
  const ir::Type& y = op.result_type();
  Built built;
  built.geometry = {{"row_elements", row_elements(y)}};
  set_function(built, float_unary(op.name(), ir::real_attributes(op)));
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().elements()) * (t.load + t.store + 2 * t.alu + 8 * t.float_mac);
}

}  // namespace portable_unary_f32

inline const KernelDef portable_unary_f32_kernel = {
    .name = "unary_f32",
    .isa = Isa::portable,
    .ops = {"abs",        "acos",  "acosh",     "asin",         "asinh",
            "atan",       "atanh", "ceil",      "celu",         "clip",
            "cos",        "cosh",  "elu",       "erf",          "exp",
            "floor",      "gelu",  "gelu_tanh", "hard_sigmoid", "hard_swish",
            "leaky_relu", "log",   "mish",      "neg",          "reciprocal",
            "relu",       "round", "selu",      "shrink",       "sigmoid",
            "sign",       "sin",   "sinh",      "softplus",     "softsign",
            "sqrt",       "swish", "tan",       "tanh",         "thresholded_relu"},
    .types = "f32 -> f32",
    .summary = "function of one float32 variable",
    .entry = "unary_f32",
    .geometry_type = "UnaryF32",
    .mean_code_bytes = 60,
    .why_not = portable_unary_f32::why_not,
    .needs = portable_unary_f32::needs,
    .build = portable_unary_f32::build,
    .cycles = portable_unary_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_kernel.h"

struct UnaryF32 {
  int32_t row_elements;
};

template <class Function>
TINYC_KERNEL void unary_f32(const UnaryF32& g, const Rows& in, const Rows& out, Function function, int32_t y0,
                            int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    const float* from = row_of<const float>(in, y);
    float* to = row_of<float>(out, y);
    for (int32_t i = 0; i < g.row_elements; ++i) to[i] = function(from[i]);
  }
}
