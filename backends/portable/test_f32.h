// SPDX-License-Identifier: Apache-2.0 AND 0BSD
// A property of float32 elements, as b1.
#include "backends/kernel_functions.h"
#include "backends/kernel_support.h"
#include "ir/ops/common.h"

namespace tinyc {
namespace portable_test_f32 {

inline std::optional<std::string> why_not(const ir::Op& op) { return need_float32(op); }

inline Needs needs(const ir::Op& op, const Variant&) { return row_by_row(op, WriteFront::never); }

inline Built build(const ir::Op& op, const Variant&) {
  Built built;
  built.geometry = {{"row_elements", row_elements(op.result_type())}};
  set_function(built, float_unary(op.name(), ir::real_attributes(op)));
  return built;
}

inline double cycles(const ir::Op& op, const Variant&, const CoreTiming& t) {
  return static_cast<double>(op.result_type().elements()) * (t.load + t.store + 4 * t.alu);
}

}  // namespace portable_test_f32

inline const KernelDef portable_test_f32_kernel = {
    .name = "test_f32",
    .isa = Isa::portable,
    .ops = {"is_inf", "is_nan"},
    .types = "f32 -> b1",
    .summary = "property of float32 elements",
    .entry = "test_f32",
    .geometry_type = "TestF32",
    .why_not = portable_test_f32::why_not,
    .needs = portable_test_f32::needs,
    .build = portable_test_f32::build,
    .cycles = portable_test_f32::cycles,
};

}  // namespace tinyc
// ---- shipped ----
#include "runtime-stubs/tinyc_kernel.h"

struct TestF32 {
  int32_t row_elements;
};

template <class Function>
TINYC_KERNEL void test_f32(const TestF32& g, const Rows& in, const Rows& out, Function function, int32_t y0,
                           int32_t y1) {
  for (int32_t y = y0; y < y1; ++y) {
    const float* from = row_of<const float>(in, y);
    uint8_t* to = row_at(out, y);
    for (int32_t i = 0; i < g.row_elements; ++i) to[i] = function(from[i]) ? 1 : 0;
  }
}
