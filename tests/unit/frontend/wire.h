// SPDX-License-Identifier: Apache-2.0
// Writes protobuf's wire format by hand, so that tests of the reader depend neither on protobuf nor on our schema,
// and can write what no correct writer would.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace tinyc::test {

class Wire {
 public:
  Wire& integer(uint32_t field, int64_t value) { return tag(field, 0).varint(static_cast<uint64_t>(value)); }
  Wire& bytes(uint32_t field, std::string_view value) {
    tag(field, 2).varint(value.size());
    bytes_ += value;
    return *this;
  }
  Wire& message(uint32_t field, const Wire& value) { return bytes(field, value.bytes_); }
  Wire& real(uint32_t field, float value) { return tag(field, 5).raw(&value, sizeof value); }
  Wire& packed(uint32_t field, const std::vector<int64_t>& values) {
    Wire list;
    for (const int64_t value : values) list.varint(static_cast<uint64_t>(value));
    return message(field, list);
  }
  Wire& tag(uint32_t field, uint32_t wire_type) { return varint(uint64_t{field} << 3 | wire_type); }
  Wire& varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
    bytes_ += static_cast<char>(value);
    return *this;
  }
  Wire& raw(const void* data, size_t size) {
    bytes_.append(static_cast<const char*>(data), size);
    return *this;
  }
  const std::string& text() const { return bytes_; }

 private:
  std::string bytes_;
};

template <class T>
std::string raw_bytes(const std::vector<T>& values) {
  std::string bytes(values.size() * sizeof(T), '\0');
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

// --- ONNX messages: the field numbers are those of the ONNX specification --------------------------------------------

inline Wire tensor(std::string_view name, int64_t data_type, const std::vector<int64_t>& dims) {
  Wire wire;
  for (const int64_t dim : dims) wire.integer(1, dim);
  return wire.integer(2, data_type).bytes(8, name);
}
inline Wire raw_tensor(std::string_view name, int64_t data_type, const std::vector<int64_t>& dims,
                       std::string_view raw) {
  return tensor(name, data_type, dims).bytes(9, raw);
}
inline Wire entry(std::string_view key, std::string_view value) { return Wire().bytes(1, key).bytes(2, value); }
inline Wire external_tensor(std::string_view name, const std::vector<int64_t>& dims, std::string_view location) {
  return tensor(name, 1, dims).message(13, entry("location", location)).integer(14, 1);
}
inline Wire sparse_tensor(const Wire& values, const Wire& indices, const std::vector<int64_t>& dims) {
  Wire wire;
  wire.message(1, values).message(2, indices);
  for (const int64_t dim : dims) wire.integer(3, dim);
  return wire;
}
inline Wire attribute(std::string_view name, int64_t type) { return Wire().bytes(1, name).integer(20, type); }
inline Wire node(std::string_view op_type) { return Wire().bytes(1, "x").bytes(2, "y").bytes(4, op_type); }
inline Wire opset(std::string_view domain, int64_t version) { return Wire().bytes(1, domain).integer(2, version); }
inline Wire model(const Wire& graph, int64_t ir_version = 8, int64_t opset_version = 15) {
  return Wire().integer(1, ir_version).message(7, graph).message(8, opset("", opset_version));
}
inline Wire graph_with_initializer(const Wire& data) { return Wire().message(5, data); }

}  // namespace tinyc::test
