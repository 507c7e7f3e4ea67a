// SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/check_kernel.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "backends/kernel_support.h"
#include "backends/schedule/program.h"
#include "ir/interpret.h"
#include "ir/op_def.h"

namespace tinyc {

namespace {

constexpr uint8_t kPoison = 0xD5;
constexpr size_t kGuard = 64;

// Memory of exactly so many bytes, so that a sanitizer sees what is read beyond.
using Exact = std::unique_ptr<uint8_t[]>;

// Memory with guards around it that must stay as they are.
class Guarded {
 public:
  explicit Guarded(size_t bytes) : bytes_(bytes), memory_(bytes + 2 * kGuard, kPoison) {}
  uint8_t* data() { return memory_.data() + kGuard; }
  bool intact() const {
    const auto poison = [](uint8_t byte) { return byte == kPoison; };
    return std::all_of(memory_.begin(), memory_.begin() + kGuard, poison) &&
           std::all_of(memory_.begin() + static_cast<std::ptrdiff_t>(kGuard + bytes_), memory_.end(), poison);
  }

 private:
  size_t bytes_;
  std::vector<uint8_t> memory_;
};

// A tensor as rows.
struct RowsOf {
  int64_t rows;
  int64_t row_bytes;
  explicit RowsOf(const ir::Type& type)
      : rows(row_count(type)),
        row_bytes(type.elements() * ir::element_bytes(type.element) / std::max<int64_t>(1, row_count(type))) {}
  size_t bytes() const { return static_cast<size_t>(rows * row_bytes); }
};

class Checker {
 public:
  Checker(const HostKernel& kernel, const Variant& variant, const Case& test)
      : kernel_(kernel),
        def_(*kernel.def),
        test_(test),
        op_(*test.op),
        needs_(def_.needs(op_, variant)),
        built_(def_.build(op_, variant)) {
    std::vector<const ir::Tensor*> operands;
    size_t next = 0;
    for (const ir::Value* value : op_.operands) {
      const ir::Tensor* data = value ? ir::constant_data(value) : nullptr;
      operands.push_back(!value || data ? data : &test.inputs[next++]);
      if (operands.back() && !data) buffers_.push_back(operands.back());
    }
    expected_ = ir::evaluate(op_, operands);
    rows_ = row_count(accumulates() ? op_.operand_type(0) : op_.result_type());
    if (needs_.taken_rows > 0) rows_ = needs_.taken_rows;
    batch_ = def_.loops_over_batch ? op_.result_type().shape[0] : 1;
    if (built_.function) function_ = std::make_unique<HostFunction>(*built_.function);
    prepare();
  }

  std::optional<std::string> run() {
    if (needs_.inputs.size() != buffers_.size() || needs_.outputs.size() != op_.results.size())
      return "needs() speaks of other operands";
    const auto [whole, problem] = call_whole(-1);
    if (problem) return problem;
    if (const auto difference = against_reference(whole)) return difference;
    if (batch_ == 1 && needs_.granule > 0) {
      const auto [rows, row_problem] = call_rows();
      if (row_problem) return row_problem;
      if (rows != whole) return "rows in rings give other bits than a whole call";
    }
    if (const auto difference = check_in_place(whole)) return difference;
    return check_overlap(whole);
  }

 private:
  using Bytes = std::vector<std::vector<uint8_t>>;

  bool accumulates() const { return needs_.accumulates != Accumulates::no; }

  void prepare() {
    for (const GeometryField& field : built_.geometry) {
      const auto* bytes = field.real ? reinterpret_cast<const std::byte*>(&field.value)
                                     : reinterpret_cast<const std::byte*>(&field.integer);
      call_.geometry.insert(call_.geometry.end(), bytes, bytes + 4);
    }
    for (const PackedConstant& constant : built_.constants) {
      constants_.push_back(exact(constant.bytes.data(), constant.bytes.size()));
      call_.pointers.push_back(constants_.back().get());
    }
    if (needs_.scratch_bytes > 0) {
      scratch_ = std::make_unique<Guarded>(static_cast<size_t>(needs_.scratch_bytes));
      call_.pointers.push_back(scratch_->data());
    }
    call_.function = function_.get();
  }

  static Exact exact(const void* data, size_t bytes) {
    Exact memory(new uint8_t[bytes]);
    std::copy_n(static_cast<const uint8_t*>(data), bytes, memory.get());
    return memory;
  }

  // Rows of all operands in call order; `of_buffer` gives those of the k-th buffer. Constants come as they are.
  template <class OfBuffer>
  void set_operands(OfBuffer of_buffer) {
    call_.rows.clear();
    size_t buffer = 0;
    const size_t count = def_.absent_rows ? op_.def->operands.size() : op_.operands.size();
    for (size_t i = 0; i < count; ++i) {
      const ir::Value* value = op_.operand(i);
      const ir::Tensor* data = value ? ir::constant_data(value) : nullptr;
      if (!value && def_.absent_rows) call_.rows.push_back({nullptr, 0, 0});
      if (value && !data) call_.rows.push_back(of_buffer(buffer++));
      if (!data || !def_.constant_rows) continue;
      constants_.push_back(exact(data->data(), static_cast<size_t>(data->bytes())));
      call_.rows.push_back({constants_.back().get(), static_cast<int32_t>(RowsOf(value->type).row_bytes), 0});
    }
    call_.array_rows = def_.variadic ? call_.rows.size() : 0;
  }

  const ir::Type& buffer_type(size_t index) const {
    const ir::Value* value = buffer_operands(op_)[index];
    return (needs_.taken_rows > 0 ? view_root(value) : value)->type;
  }

  // A layer's function: one call, or one per image. in_place: this buffer lies where the result does.
  std::pair<Bytes, std::optional<std::string>> call_whole(int in_place) {
    std::vector<Exact> inputs;
    std::vector<Guarded> outputs;
    for (const ir::Value* result : op_.results) outputs.emplace_back(RowsOf(result->type).bytes());
    for (const ir::Tensor* tensor : buffers_)
      inputs.push_back(exact(tensor->data(), static_cast<size_t>(tensor->bytes())));
    if (in_place >= 0) {
      const ir::Tensor& tensor = *buffers_[static_cast<size_t>(in_place)];
      std::copy_n(reinterpret_cast<const uint8_t*>(tensor.data()), tensor.bytes(), outputs[0].data());
    }
    for (int64_t image = 0; image < batch_; ++image) {
      const auto rows_in = [&](uint8_t* base, const ir::Type& type) -> Rows {
        const RowsOf rows(type);
        const int64_t image_bytes = rows.rows * rows.row_bytes / batch_;
        const int64_t row_bytes = batch_ == 1 ? rows.row_bytes : image_bytes / type.shape[1];
        return {base + image * image_bytes, static_cast<int32_t>(row_bytes), 0};
      };
      set_operands([&](size_t i) {
        return rows_in(static_cast<int>(i) == in_place ? outputs[0].data() : inputs[i].get(), buffer_type(i));
      });
      for (size_t i = 0; i < outputs.size(); ++i) call_.rows.push_back(rows_in(outputs[i].data(), op_.result(i)->type));
      call(0, batch_ == 1 ? rows_ : op_.result_type().shape[1]);
    }
    Bytes results;
    for (size_t i = 0; i < outputs.size(); ++i) {
      if (!outputs[i].intact()) return {{}, "writes beyond its result"};
      results.emplace_back(outputs[i].data(), outputs[i].data() + RowsOf(op_.result(i)->type).bytes());
    }
    if (scratch_ && !scratch_->intact()) return {{}, "writes beyond its scratch"};
    return {std::move(results), std::nullopt};
  }

  // One granule at a time; of every input only the rows that its window names are there, in a ring no larger than
  // needed.
  std::pair<Bytes, std::optional<std::string>> call_rows() {
    Bytes results;
    for (const ir::Value* result : op_.results) results.emplace_back(RowsOf(result->type).bytes());
    for (int64_t begin = 0; begin < rows_; begin += needs_.granule) {
      const int64_t end = std::min(rows_, begin + needs_.granule);
      const bool upwards = needs_.accumulates == Accumulates::from_last;
      const int64_t y0 = upwards ? rows_ - end : begin;
      const int64_t y1 = upwards ? rows_ - begin : end;
      std::vector<Guarded> rings;
      rings.reserve(buffers_.size());
      set_operands([&](size_t i) { return ring_of(i, y0, y1, rings); });
      std::vector<Guarded> outputs;
      for (const ir::Value* result : op_.results) {
        const RowsOf rows(result->type);
        outputs.emplace_back(static_cast<size_t>(rows.row_bytes * needs_.granule));
        call_.rows.push_back(
            {outputs.back().data(), static_cast<int32_t>(rows.row_bytes), static_cast<int32_t>(needs_.granule)});
      }
      for (size_t i = 0; i < outputs.size(); ++i)
        call_.rows[call_.rows.size() - outputs.size() + i].base = outputs[i].data();
      call(y0, y1);
      for (size_t i = 0; i < outputs.size(); ++i) {
        const RowsOf rows(op_.result(i)->type);
        if (!outputs[i].intact()) return {{}, "writes beyond the ring of its result"};
        if (accumulates()) {
          if (end == rows_) std::copy_n(outputs[i].data(), rows.row_bytes, results[i].data());
          continue;
        }
        for (int64_t y = y0; y < y1; ++y)
          std::copy_n(outputs[i].data() + y % needs_.granule * rows.row_bytes, rows.row_bytes,
                      results[i].data() + y * rows.row_bytes);
      }
    }
    return {std::move(results), std::nullopt};
  }

  Rows ring_of(size_t index, int64_t y0, int64_t y1, std::vector<Guarded>& rings) const {
    const RowsOf rows(buffer_type(index));
    const InputWindow& window = needs_.inputs[index].window;
    const RowRange range = rows_read(window, y0, y1, rows.rows);
    const int64_t ring = window.all ? rows.rows : std::max<int64_t>(1, range.last - range.first);
    rings.emplace_back(static_cast<size_t>(ring * rows.row_bytes));
    const auto* from = reinterpret_cast<const uint8_t*>(buffers_[index]->data());
    for (int64_t row = range.first; row < range.last; ++row)
      std::copy_n(from + row * rows.row_bytes, rows.row_bytes, rings.back().data() + row % ring * rows.row_bytes);
    return {rings.back().data(), static_cast<int32_t>(rows.row_bytes), window.all ? 0 : static_cast<int32_t>(ring)};
  }

  void call(int64_t y0, int64_t y1) {
    call_.y0 = static_cast<int32_t>(y0);
    call_.y1 = static_cast<int32_t>(y1);
    kernel_.call(call_);
  }

  std::optional<std::string> check_in_place(const Bytes& whole) {
    if (needs_.front != WriteFront::element) return std::nullopt;
    for (size_t i = 0; i < buffers_.size(); ++i) {
      if (RowsOf(buffer_type(i)).bytes() != whole[0].size()) continue;
      const auto [results, problem] = call_whole(static_cast<int>(i));
      if (problem) return problem;
      if (results != whole) return fmt::format("written over buffer {} it gives other bits", i);
    }
    return std::nullopt;
  }

  // Written over rows of a buffer as soon as no granule reads them any more: as close as a plan may put the two.
  std::optional<std::string> check_overlap(const Bytes& whole) {
    if (needs_.front == WriteFront::never || needs_.granule == 0 || batch_ != 1 || accumulates()) return std::nullopt;
    if (op_.results.size() != 1) return std::nullopt;
    for (size_t i = 0; i < buffers_.size(); ++i) {
      if (needs_.inputs[i].window.all) continue;
      if (call_overlapping(i) != whole[0])
        return fmt::format("written over used rows of buffer {} it gives other bits", i);
    }
    return std::nullopt;
  }

  // Bytes from the result's first row to the buffer's: every granule's result ends before the first row that it reads.
  int64_t distance_to(size_t buffer) const {
    constexpr int64_t kAlignment = 4;
    const RowsOf in(buffer_type(buffer)), out(op_.result_type());
    int64_t distance = 0;
    for (int64_t y0 = 0; y0 < rows_; y0 += needs_.granule) {
      const int64_t y1 = std::min(rows_, y0 + needs_.granule);
      const RowRange range = rows_read(needs_.inputs[buffer].window, y0, y1, in.rows);
      distance = std::max(distance, y1 * out.row_bytes - range.first * in.row_bytes);
    }
    return (distance + kAlignment - 1) / kAlignment * kAlignment;
  }

  std::vector<uint8_t> call_overlapping(size_t buffer) {
    const RowsOf out(op_.result_type());
    const auto distance = static_cast<size_t>(distance_to(buffer));
    std::vector<Exact> inputs;
    for (const ir::Tensor* tensor : buffers_)
      inputs.push_back(exact(tensor->data(), static_cast<size_t>(tensor->bytes())));
    const auto bytes = static_cast<size_t>(buffers_[buffer]->bytes());
    Exact shared(new uint8_t[std::max(out.bytes(), distance + bytes)]);
    std::copy_n(inputs[buffer].get(), bytes, shared.get() + distance);
    set_operands([&](size_t i) -> Rows {
      uint8_t* base = i == buffer ? shared.get() + distance : inputs[i].get();
      return {base, static_cast<int32_t>(RowsOf(buffer_type(i)).row_bytes), 0};
    });
    call_.rows.push_back({shared.get(), static_cast<int32_t>(out.row_bytes), 0});
    call(0, rows_);
    return {shared.get(), shared.get() + out.bytes()};
  }

  std::optional<std::string> against_reference(const Bytes& results) const {
    for (size_t r = 0; r < results.size(); ++r) {
      const ir::Tensor& expected = expected_[r];
      ir::Tensor got(expected.element(), expected.shape());
      std::copy(results[r].begin(), results[r].end(), reinterpret_cast<uint8_t*>(got.mutable_data()));
      double largest = 0;
      for (int64_t i = 0; i < expected.size(); ++i) {
        const double magnitude = std::fabs(expected.real(i));
        if (std::isfinite(magnitude)) largest = std::max(largest, magnitude);
      }
      for (int64_t i = 0; i < expected.size(); ++i) {
        if (same(got, expected, i, largest)) continue;
        return fmt::format("result {} element {}: {} instead of {}", r, i, got.real(i), expected.real(i));
      }
    }
    return std::nullopt;
  }

  bool same(const ir::Tensor& got, const ir::Tensor& expected, int64_t i, double largest) const {
    if (!ir::is_float(expected.element())) return got.integer(i) == expected.integer(i);
    const double a = got.real(i);
    const double b = expected.real(i);
    if (std::isnan(a) || std::isnan(b) || std::isinf(a) || std::isinf(b))
      return (std::isnan(a) && std::isnan(b)) || a == b;
    return std::fabs(a - b) <= test_.tolerance * (test_.scale + largest);
  }

  const HostKernel& kernel_;
  const KernelDef& def_;
  const Case& test_;
  const ir::Op& op_;
  Needs needs_;
  Built built_;
  std::vector<const ir::Tensor*> buffers_;
  std::vector<ir::Tensor> expected_;
  int64_t rows_ = 1;
  int64_t batch_ = 1;
  std::unique_ptr<HostFunction> function_;
  std::vector<Exact> constants_;
  std::unique_ptr<Guarded> scratch_;
  HostCall call_;
};

}  // namespace

std::optional<std::string> check_kernel(const HostKernel& kernel, const Variant& variant, const Case& test) {
  try {
    return Checker(kernel, variant, test).run();
  } catch (const std::exception& error) {
    return error.what();
  }
}

std::optional<std::string> check_geometry_names(const KernelDef& def, const ShippedText& text, const Built& built) {
  const size_t begin = text.text.find(fmt::format("struct {} {{", def.geometry_type));
  if (begin == std::string_view::npos) return fmt::format("no struct {}", def.geometry_type);
  const size_t first = text.text.find('{', begin) + 1;
  const std::string_view body = text.text.substr(first, text.text.find("};", first) - first);
  std::vector<std::string> names;
  std::string word;
  bool comment = false;
  for (size_t i = 0; i < body.size(); ++i) {
    if (body.substr(i, 2) == "//") comment = true;
    if (body[i] == '\n') comment = false;
    if (comment) continue;
    if (std::isalnum(static_cast<unsigned char>(body[i])) || body[i] == '_') {
      word += body[i];
      continue;
    }
    if ((body[i] == ',' || body[i] == ';') && !word.empty()) names.push_back(word);
    word.clear();
  }
  for (size_t i = 0; i < std::max(names.size(), built.geometry.size()); ++i) {
    const std::string wanted = i < names.size() ? names[i] : "nothing";
    const std::string_view given = i < built.geometry.size() ? built.geometry[i].name : "nothing";
    if (wanted != given)
      return fmt::format("member {} of {} is {}, but build() gives {}", i, def.geometry_type, wanted, given);
  }
  return std::nullopt;
}

}  // namespace tinyc
