// SPDX-License-Identifier: Apache-2.0
#include "ir/function_table.h"

#include <algorithm>
#include <cmath>

#include "ir/numerics.h"

namespace tinyc::ir {
namespace {

constexpr int kOperandBits = 16;
constexpr int64_t kUnits = 256;  // per step
constexpr int64_t kTolerance = kUnits / 32;
constexpr int64_t kLargestBytes = 16384;
constexpr size_t kMostPieces = 4096;  // as an index of 12 bits

struct Piece {
  int64_t start, rise, bend;
};

// At `at` of a piece of 2^bits operands.
int64_t at_piece(const Piece& piece, int64_t at, int bits) {
  const int64_t length = int64_t{1} << bits;
  return piece.start + ((piece.rise * (at * length) + piece.bend * (at * (length - at))) >> (2 * bits));
}

// Through the first, the last and the middle operand.
Piece piece_through(const int64_t* values, int bits) {
  const int64_t length = int64_t{1} << bits;
  Piece piece{values[0], 0, 0};
  if (bits == 0) return piece;
  piece.rise = static_cast<int64_t>(std::floor(
      static_cast<double>((values[length - 1] - values[0]) * length) / static_cast<double>(length - 1) + 0.5));
  if (bits < 2) return piece;
  piece.bend = 4 * (values[length / 2] - values[0]) - 2 * piece.rise;
  return piece;
}

bool fits(const Piece& piece, const int64_t* values, int bits) {
  for (int64_t at = 0; at < int64_t{1} << bits; ++at) {
    if (std::abs(at_piece(piece, at, bits) - values[at]) > kTolerance) return false;
  }
  return true;
}

// The pieces of one segment; nothing if pieces of 2^bits operands do not do.
std::optional<std::vector<Piece>> pieces_of(const int64_t* values, int segment_bits, int bits) {
  std::vector<Piece> pieces;
  for (int64_t first = 0; first < int64_t{1} << segment_bits; first += int64_t{1} << bits) {
    pieces.push_back(piece_through(values + first, bits));
    if (!fits(pieces.back(), values + first, bits)) return std::nullopt;
  }
  return pieces;
}

std::optional<FunctionTable> table_of(const std::vector<int64_t>& values, int segment_bits) {
  FunctionTable table;
  table.segment_bits = segment_bits;
  for (int64_t first = 0; first < int64_t{1} << kOperandBits; first += int64_t{1} << segment_bits) {
    std::optional<std::vector<Piece>> pieces;
    int halvings = 0;
    while (!(pieces = pieces_of(values.data() + first, segment_bits, segment_bits - halvings))) ++halvings;
    if (table.start.size() + pieces->size() > kMostPieces) return std::nullopt;
    table.segments.push_back(static_cast<uint16_t>(table.start.size() * 16 + static_cast<size_t>(halvings)));
    for (const Piece& piece : *pieces) {
      table.start.push_back(static_cast<int32_t>(piece.start));
      table.rise.push_back(static_cast<int32_t>(piece.rise));
      table.bend.push_back(static_cast<int32_t>(piece.bend));
    }
    if (table.bytes() > kLargestBytes) return std::nullopt;
  }
  return table;
}

}  // namespace

int64_t FunctionTable::bytes() const { return static_cast<int64_t>(2 * segments.size() + 12 * start.size()); }

int64_t FunctionTable::result(int64_t operand) const {
  const uint16_t entry = segments[static_cast<size_t>(operand >> segment_bits)];
  const int bits = segment_bits - entry % 16;
  const int64_t inside = operand & ((int64_t{1} << segment_bits) - 1);
  const size_t index = entry / 16 + static_cast<size_t>(inside >> bits);
  const int64_t at = inside & ((int64_t{1} << bits) - 1);
  return at_piece({start[index], rise[index], bend[index]}, at, bits) >> 8;
}

std::optional<FunctionTable> function_table(const std::function<double(int64_t)>& exact, Element result) {
  const auto low = static_cast<double>(lowest(result) - 1);
  const auto high = static_cast<double>(highest(result) + 1);
  std::vector<int64_t> values;
  for (int64_t operand = 0; operand < int64_t{1} << kOperandBits; ++operand) {
    const double steps = std::clamp(exact(operand), low, high);
    values.push_back(static_cast<int64_t>(round_half_even(steps * kUnits)) + kUnits / 2);
  }
  std::optional<FunctionTable> best;
  for (int segment_bits = 6; segment_bits <= 12; ++segment_bits) {
    std::optional<FunctionTable> table = table_of(values, segment_bits);
    if (table && (!best || table->bytes() < best->bytes())) best = std::move(table);
  }
  return best;
}

}  // namespace tinyc::ir
