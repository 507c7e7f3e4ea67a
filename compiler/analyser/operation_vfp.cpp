// SPDX-License-Identifier: Apache-2.0
// Single-precision work of Arm's scalar FPU (DDI 0403, A7.5), as LLVM spells it.
#include <charconv>

#include "compiler/analyser/operation.h"

namespace tinyc {
namespace {

using Text = std::string_view;

struct Row {
  Text word;  // with its type
  RealOp op;
};
constexpr Row kRows[] = {
    {"vadd.f32", RealOp::add},
    {"vsub.f32", RealOp::subtract},
    {"vmul.f32", RealOp::multiply},
    {"vnmul.f32", RealOp::multiply_negated},
    {"vdiv.f32", RealOp::divide},
    {"vneg.f32", RealOp::negate},
    {"vabs.f32", RealOp::absolute},
    {"vsqrt.f32", RealOp::root},
    {"vfma.f32", RealOp::fused_add},
    {"vfms.f32", RealOp::fused_subtract},
    {"vfnma.f32", RealOp::fused_negated_add},
    {"vfnms.f32", RealOp::fused_negated_subtract},
    {"vmla.f32", RealOp::multiply_add},
    {"vmls.f32", RealOp::multiply_subtract},
    {"vcvt.s32.f32", RealOp::to_signed},
    {"vcvt.u32.f32", RealOp::to_unsigned},
    {"vcvt.f32.s32", RealOp::from_signed},
    {"vcvt.f32.u32", RealOp::from_unsigned},
    {"vcmp.f32", RealOp::compare},
    {"vcmpe.f32", RealOp::compare},
    {"vmov.f32", RealOp::move},
};

bool is_one(RealOp op) {
  return op == RealOp::negate || op == RealOp::absolute || op == RealOp::root || op == RealOp::move ||
         (op >= RealOp::to_signed && op <= RealOp::from_unsigned);
}

// "#1.000000e+00"
bool read_number(Text text, float& number) {
  if (!text.starts_with('#')) return false;
  text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

bool read_operands(Operation& result, std::span<const Text> parts) {
  if (parts.size() < 2 || parts.size() > 3) return false;
  result.to = real_register(parts[0]);
  if (result.to == kNoRegister) return false;
  if (result.real == RealOp::compare) {
    result.left = result.to;
    result.right = real_register(parts[1]);
    return result.right != kNoRegister || read_number(parts[1], result.number);
  }
  result.right = real_register(parts.back());
  if (result.real == RealOp::move && result.right == kNoRegister) return read_number(parts[1], result.number);
  result.left = is_one(result.real) ? result.right : real_register(parts[parts.size() - 2]);
  if (is_one(result.real) && parts.size() == 3) return false;  // to fixed point
  return result.left != kNoRegister && result.right != kNoRegister;
}

}  // namespace

uint8_t real_register(std::string_view name) {
  if (name.size() < 2 || name[0] != 's') return kNoRegister;
  uint8_t number = 0;
  const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), number);
  return error == std::errc() && end == name.data() + name.size() && number < 32 ? number : kNoRegister;
}

bool read_real(std::string_view mnemonic, std::span<const std::string_view> parts, Operation& result) {
  for (const Row& row : kRows) {
    if (row.word != mnemonic) continue;
    Operation real = result;
    real.op = Op::real;
    real.real = row.op;
    if (!read_operands(real, parts)) return false;
    result = real;
    return true;
  }
  return false;
}

}  // namespace tinyc
