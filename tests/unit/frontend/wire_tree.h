// SPDX-License-Identifier: Apache-2.0
// Protobuf bytes as a tree of fields, so that a test can damage one field and write the rest with right lengths:
// damage to plain bytes nearly always stops at protobuf's parser.
#pragma once

#include <optional>
#include <random>

#include "tests/unit/frontend/wire.h"

namespace tinyc::test {

struct WireField {
  uint32_t number = 0;
  uint32_t type = 0;                // 0 varint, 1 eight bytes, 2 bytes or message, 5 four bytes
  uint64_t value = 0;               // type 0
  std::string bytes;                // types 1 and 5; type 2 without fields
  std::vector<WireField> children;  // type 2, if its bytes read as fields
};

inline std::optional<uint64_t> take_varint(std::string_view& from) {
  uint64_t value = 0;
  for (int shift = 0; shift < 64 && !from.empty(); shift += 7) {
    const uint64_t byte = static_cast<unsigned char>(from[0]);
    from.remove_prefix(1);
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

inline std::optional<std::vector<WireField>> take_fields(std::string_view from);

inline std::optional<WireField> take_field(std::string_view& from) {
  const std::optional<uint64_t> tag = take_varint(from);
  if (!tag || *tag < 8 || *tag >> 3 > 30) return std::nullopt;  // ONNX's numbers are small: more is likely text
  WireField field{static_cast<uint32_t>(*tag >> 3), static_cast<uint32_t>(*tag & 7), 0, {}, {}};
  if (field.type == 3 || field.type == 4 || field.type > 5) return std::nullopt;
  const std::optional<uint64_t> number = field.type == 0 || field.type == 2 ? take_varint(from)
                                         : field.type == 1                  ? 8
                                                                            : 4;
  if (!number) return std::nullopt;
  field.value = *number;
  if (field.type == 0) return field;
  if (*number > from.size()) return std::nullopt;
  field.bytes = from.substr(0, *number);
  from.remove_prefix(*number);
  if (field.type != 2) return field;
  if (std::optional<std::vector<WireField>> children = take_fields(field.bytes)) field.children = std::move(*children);
  return field;
}

inline std::optional<std::vector<WireField>> take_fields(std::string_view from) {
  std::vector<WireField> fields;
  while (!from.empty()) {
    std::optional<WireField> field = take_field(from);
    if (!field) return std::nullopt;
    fields.push_back(std::move(*field));
  }
  return fields;
}

inline Wire write_fields(const std::vector<WireField>& fields) {
  Wire wire;
  for (const WireField& field : fields) {
    const std::string bytes = field.children.empty() ? field.bytes : write_fields(field.children).text();
    wire.tag(field.number, field.type);
    if (field.type == 0) wire.varint(field.value);
    if (field.type == 2) wire.varint(bytes.size());
    if (field.type != 0) wire.raw(bytes.data(), bytes.size());
  }
  return wire;
}

// Changes one field somewhere below: its number, type or content; or leaves it out, repeats it, or swaps it away.
inline void damage(std::vector<WireField>& fields, std::mt19937& random) {
  constexpr uint64_t kValues[] = {0, 1, 2, 8, 16, 17, 22, 63, 1U << 31, uint64_t{1} << 62, ~uint64_t{0}};
  if (fields.empty()) return;
  const size_t at = random() % fields.size();
  WireField& field = fields[at];
  if (!field.children.empty() && random() % 8 != 0) return damage(field.children, random);
  switch (random() % 6) {
    case 0:
      field.number = 1 + static_cast<uint32_t>(random() % 26);
      break;
    case 1:
      field.value = kValues[random() % std::size(kValues)];
      break;
    case 2:
      fields.erase(fields.begin() + static_cast<std::ptrdiff_t>(at));
      break;
    case 3:
      fields.insert(fields.begin(), WireField(field));
      break;
    case 4:
      std::swap(field, fields[random() % fields.size()]);
      break;
    default:
      field.bytes.resize(field.type == 2 ? random() % (2 * field.bytes.size() + 2) : field.bytes.size());
      break;
  }
}

}  // namespace tinyc::test
