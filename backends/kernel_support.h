// SPDX-License-Identifier: Apache-2.0
// Pieces that the compiler part of many kernels shares: checks, packers, proofs about accumulators.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backends/kernel.h"
#include "ir/numerics.h"
#include "ir/ops/accumulator.h"
#include "ir/ops/window.h"

namespace tinyc {

// --- packing
// ------------------------------------------------------------------------------------------------------------
template <class T>
std::vector<std::byte> bytes_of(const std::vector<T>& values) {
  const auto* first = reinterpret_cast<const std::byte*>(values.data());
  return {first, first + values.size() * sizeof(T)};
}
PackedConstant packed(std::string name, std::string comment, const std::vector<int8_t>& values);
PackedConstant packed(std::string name, std::string comment, const std::vector<uint8_t>& values);
PackedConstant packed(std::string name, std::string comment, const std::vector<int16_t>& values);
PackedConstant packed(std::string name, std::string comment, const std::vector<uint16_t>& values);
PackedConstant packed(std::string name, std::string comment, const std::vector<int32_t>& values);
PackedConstant packed(std::string name, std::string comment, const std::vector<uint32_t>& values);
PackedConstant packed(std::string name, std::string comment, const std::vector<int64_t>& values);
PackedConstant packed(std::string name, std::string comment, const std::vector<float>& values);
// The tensor as it is.
PackedConstant packed(std::string name, std::string comment, const ir::Tensor& tensor);

// --- integer layers: conv, fully_connected
// --------------------------------------------------------------------------------- What turns accumulators into
// results, one entry per output channel.
struct Requantization {
  std::vector<int32_t> bias;  // with the input's zero point folded in: bias - zero_x * sum(w - zero_w)
  std::vector<int32_t> multiplier;
  std::vector<int32_t> shift;
  int rounding = 0;     // last argument of requantize() in tinyc_kernel.h
  int64_t largest = 0;  // bound of |accumulator| over all inputs and partial sums, bias included
};
// That argument: ties says whether some value may lie half way between two results.
int rounding_argument(const ir::Op& op, bool ties);
// For an operator with operands x, w [O, ...], bias and channel-wise scales.
Requantization requantization_of(const ir::Op& op);
// Weights minus their zero points, [O, ...] in the operator's order.
std::vector<int32_t> centred_weights(const ir::Op& op);

// Reasons for why_not; nothing if the check holds.
std::optional<std::string> need_constant(const ir::Op& op, size_t operand, std::string_view what);
// What 4 bits (0 to 15) are above when they hold weights minus their zero points; nothing if these span more than 16
// values. -8 where it will do: then the bits are also those of signed weights.
std::optional<int32_t> lowest_nibble(const ir::Op& op);
// 8-bit (or, with `input`, int16) quantised input, constant weights whose centred values fit so many bits, constant
// bias, int32 accumulators; a quantised result of any width, or the accumulator itself.
std::optional<std::string> need_integer_layer(const ir::Op& op, int weight_bits, ir::Element input = ir::Element::i8);
// Whether int32 arithmetic after the shift holds for |value| <= bound: shift >= 1 and a result below 2^30.
bool fits_requantize(ir::FixedPoint scale, int64_t bound);
// f32 operands and result, constant weights and bias.
std::optional<std::string> need_float_layer(const ir::Op& op);
// Float input and result, constant weights whose centred values fit so many bits.
std::optional<std::string> need_quantized_weights(const ir::Op& op, int weight_bits);
// Scales of such weights: per output, or [outputs][blocks].
std::vector<float> weight_scales(const ir::Op& op);
std::optional<std::string> need_8bit(const ir::Type& type, std::string_view what);
std::optional<std::string> need_float32(const ir::Op& op);

// The value whose bytes a chain of views shows.
const ir::Value* view_root(const ir::Value* value);

// Rows of the image that the first operand flattens; else its own.
int64_t flattened_rows(const ir::Op& op);

// --- rows
// ---------------------------------------------------------------------------------------------------------------
Form form_of(const ir::Type& type);
// Window of spatial axis 0 as input rows.
InputWindow rows_of_window(const ir::Window& window);
// Needs of an operator whose output row y depends on row y of every input.
Needs row_by_row(const ir::Op& op, WriteFront front);
// Needs of an operator that runs as a whole.
Needs whole(const ir::Op& op);
// Elements of one row.
int64_t row_elements(const ir::Type& type);
// An axis of operand 0 as it lies in a row: outer x count x inner elements. whole: it is the row axis itself, so that
// the tensor is taken as one row.
struct AxisInRow {
  int64_t outer, count, inner;
  bool whole;
};
AxisInRow axis_in_row(const ir::Op& op, int64_t axis);
// Needs of an operator along its attribute "axis".
Needs axis_needs(const ir::Op& op, WriteFront front);
// Lines of one result per output of a fully connected layer's weights [outputs][inputs], in a row of its result.
int64_t lines_per_row(const ir::Op& op);
// All axes of operand 0 from `axis` on, as lines in a row. whole: they hold the row axis, so that the tensor is taken
// as one row.
struct LastAxes {
  int64_t lines, count;
  bool whole;
};
LastAxes last_axes(const ir::Op& op, int64_t axis);
// Operands that are buffers: present and not constant.
std::vector<const ir::Value*> buffer_operands(const ir::Op& op);

// conv and pools of rank 3 (time) or 4 (H, W): geometry of a 2-D window; 1-D becomes H = time, W = 1.
struct Image2d {
  int64_t in_h, in_w, in_c, out_h, out_w, out_c;
  ir::Window h, w;
};
std::optional<std::string> need_2d(const ir::Op& op);
Image2d image_2d(const ir::Op& op, const ir::Shape& kernel);

// Common fields: "low"/"high" clamp of a quantised result.
struct Clamp {
  int64_t low, high;
};
Clamp clamp_of(const ir::Op& op);
bool is_unsigned_8(const ir::Type& type);

}  // namespace tinyc
