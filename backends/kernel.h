// SPDX-License-Identifier: Apache-2.0
// What a kernel file tells the compiler. A kernel file backends/<isa>/<name>.h has two parts split by a marker line:
// above it the KernelDef, below it the text that is shipped byte for byte into generated sources (see docs/kernels.md).
//
// The shipped entry is an ordinary function
//   void entry(const Geometry& g, Rows in..., Rows out..., const T* constant..., [uint8_t* scratch,] [Function
//   function,]
//              int32_t y0, int32_t y1)
// that computes output rows [y0, y1). Geometry is a struct of int32_t and float members in the order of
// Built::geometry.
#pragma once

#include <concepts>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "backends/target.h"
#include "ir/graph.h"

namespace tinyc {

// How a tensor is kept in memory.
struct Form {
  enum class Bias128 : uint8_t { none, even, all };  // channels stored as q + 128
  ir::Element element = ir::Element::f32;
  Bias128 bias128 = Bias128::none;
  bool widened = false;  // 8-bit values kept as 16-bit
  int border = 0;        // rows and columns of zero point around the tensor
  int alignment = 4;     // bytes
  bool operator==(const Form&) const = default;
};

// Input rows that output row y reads: floor((y * num + offset) / den) and the size - 1 rows after it, clipped to the
// tensor.
struct InputWindow {
  int64_t num = 1;
  int64_t den = 1;
  int64_t offset = 0;
  int64_t size = 1;
  bool all = false;  // every row
  bool operator==(const InputWindow&) const = default;
};

// How far reading runs ahead of writing, for results that overwrite an operand.
enum class WriteFront : uint8_t {
  never,    // the result must not touch an operand that is still read
  row,      // rows of the operand that no later row reads may be overwritten
  element,  // result element i may lie on operand element i (same size, element-wise)
};

// A kernel that takes its input row by row and has its one result row with the last of them: the rows of a call are
// then the input's, its scratch lives from the first call to the last, and calls come in one order of rows.
enum class Accumulates : uint8_t { no, from_first, from_last };

// A dense operand that lies in planes, an NCHW image among them: `rows` runs of bytes in each of `count` planes, one
// plane after the other. Output row y reads the y-th run of every plane and nothing else.
struct Planes {
  int64_t count = 1;
  int64_t rows = 0;
  bool operator==(const Planes&) const = default;
};

struct InputNeeds {
  Form form;
  InputWindow window;
  Planes planes = {};  // count > 1: beside a window of all rows, what is read of a buffer that is seen as planes
};

struct Needs {
  std::vector<InputNeeds> inputs;  // one per operand that is a buffer (constants excluded), in operand order
  std::vector<Form> outputs;
  int64_t granule = 1;  // output rows per step; 0 = all at once
  WriteFront front = WriteFront::never;
  Accumulates accumulates = Accumulates::no;
  int64_t taken_rows = 0;     // by a kernel that accumulates, of the first input; 0: the operand's own
  int64_t scratch_bytes = 0;  // live during a call
  int64_t state_bytes = 0;    // kept between inferences
};

// One way to call a kernel; parameters are the kernel's own (tile sizes ...).
struct Variant {
  std::string name;
  std::vector<int32_t> parameters;
};

struct GeometryField {
  std::string_view name;
  bool real = false;
  int32_t integer = 0;
  float value = 0;
  template <std::integral T>
  GeometryField(std::string_view field, T number) : name(field), integer(static_cast<int32_t>(number)) {}
  GeometryField(std::string_view field, float number) : name(field), real(true), value(number) {}
};

// A constant array as the kernel reads it.
struct PackedConstant {
  std::string name;     // "weights", "bias" ...
  std::string comment;  // layout, for the reader of the generated file
  ir::Element element;  // of the array in C++
  std::vector<std::byte> bytes;
  int64_t count() const { return static_cast<int64_t>(bytes.size()) / ir::element_bytes(element); }
};

// A scalar function that is passed to a kernel: name(operands..., arguments...), shipped as scalar/<name>.h of the
// portable kernels. Generated sources pass a lambda that calls it; host tests look it up by its name.
struct ScalarCall {
  std::string name;       // "clip_f32"
  int operands = 1;       // parameters that the kernel gives
  std::string_view type;  // of these, as C++ says it: "float"
  std::vector<std::variant<int64_t, float>> arguments = {};
  std::vector<ScalarCall> then = {};  // unary functions of the result, first to last
};

struct Built {
  std::vector<GeometryField> geometry;
  std::vector<PackedConstant> constants;
  std::optional<ScalarCall> function = std::nullopt;  // for a functor parameter
  std::vector<std::string> depends = {};              // further texts to ship, by path
  // Functions of this layer alone, line by line, and a lambda that calls them, for a functor parameter. '@' stands for
  // the layer's symbol.
  std::vector<std::string> definitions = {};
  std::string own_functor = {};
};

struct KernelDef {
  std::string_view name;  // file name
  Isa isa = Isa::portable;
  std::vector<std::string_view> ops;  // operators it computes
  std::string_view types;             // for listings: "i8 x i8 -> i8"
  std::string_view summary;           // one line
  std::string_view entry;             // function in the shipped text
  std::string_view geometry_type;
  bool loops_over_batch = false;  // computes one image; the layer's function loops over axis 0
  bool constant_rows = false;     // constant operands are passed as Rows too, in operand order
  bool absent_rows = false;       // absent operands are passed as Rows with base nullptr
  bool variadic = false;          // operands are passed as one array of Rows
  int mean_code_bytes = 150;      // machine code of a call, over real models and targets, gcc 12 -O2
  int pixels_per_read = 1;        // output pixels that share a read of the weights
  bool tflite_rounding = false;   // also computes operators with another rounding than nearest (ir/rounding.h)
  // Nothing if the kernel can compute the operator, else the reason ("needs dilation 1"), shown to users.
  std::optional<std::string> (*why_not)(const ir::Op& op) = nullptr;
  std::vector<Variant> (*variants)(const ir::Op& op) = nullptr;  // nullptr: one without parameters
  Needs (*needs)(const ir::Op& op, const Variant& variant) = nullptr;
  Built (*build)(const ir::Op& op, const Variant& variant) = nullptr;
  double (*cycles)(const ir::Op& op, const Variant& variant, const CoreTiming& timing) = nullptr;  // estimate
  // Instead of the mean, where the layer decides how far loops are unrolled.
  int (*layer_code_bytes)(const ir::Op& op, const Variant& variant) = nullptr;
  // Beside that, of a function that all layers of a variant call; 0: each has its own code.
  int (*shared_code_bytes)(const Variant& variant) = nullptr;
};

// Machine code of a layer that calls the body of an earlier one, about.
constexpr int kCallBytes = 50;

// Machine code of a call, an estimate.
int code_bytes(const KernelDef& kernel, const ir::Op& op, const Variant& variant);
// Of a function that all layers of a variant call, beside that; 0: there is none.
int shared_code_bytes(const KernelDef& kernel, const Variant& variant);

// A text that can be shipped: a kernel's lower part or a header of runtime-stubs.
struct ShippedText {
  std::string_view path;                       // "backends/portable/conv_s8.h"
  std::string_view text;                       // without include lines
  std::span<const std::string_view> includes;  // system headers, "<stdint.h>"
  std::span<const std::string_view> depends;   // other shipped texts by path
};

// Nothing if the kernel can compute the operator; also checks what concerns every kernel.
std::optional<std::string> why_not(const KernelDef& kernel, const ir::Op& op);

struct Kernel {
  const KernelDef* def;
  const ShippedText* text;
};

std::span<const Kernel> all_kernels();  // ordered by ISA folder, then name
std::span<const ShippedText* const> all_shipped_texts();
const ShippedText& shipped_text(std::string_view path);

// --- rows
// --------------------------------------------------------------------------------------------------------------- A row
// is one index of axis 1 of a tensor of rank 3 or more with a first dimension of 1; any other tensor is one row.
int64_t row_count(const ir::Type& type);

}  // namespace tinyc
