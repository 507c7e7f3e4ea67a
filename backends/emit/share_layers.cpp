// SPDX-License-Identifier: Apache-2.0
#include "backends/emit/share_layers.h"

#include <fmt/format.h>

#include "backends/emit/print_calls.h"
#include "backends/emit/print_parts.h"

namespace tinyc {

std::string layer_body_key(const EmittedLayer& layer) {
  if (layer.batch != 1 || layer.array_rows > 0 || !layer.operand_constants.empty()) return "";
  if (!layer.built.definitions.empty()) return "";
  std::string key = layer.entry + (layer.scratch.empty() ? "" : " scratch");
  for (const GeometryField& field : layer.built.geometry) {
    key += " " + (field.real ? float_literal(field.value) : std::to_string(field.integer));
  }
  for (const EmittedRows& rows : layer.rows) {
    if (rows.open != "{") return "";  // absent
    key += rows.rest;
  }
  for (const EmittedConstant& constant : layer.constants) key += " " + std::string(storage_type(constant.element));
  if (layer.built.function) key += lambda_text(*layer.built.function);
  return key;
}

std::string shared_arguments(const EmittedLayer& layer, const std::vector<std::string>& constants) {
  std::string text;
  for (const EmittedRows& rows : layer.rows) text += rows.base + ", ";
  for (const std::string& constant : constants) text += constant + ", ";
  return text + (layer.scratch.empty() ? "" : layer.scratch + ", ") + "y0, y1";
}

std::string shared_parameters(const EmittedLayer& layer) {
  std::string text;
  for (size_t i = 0; i < layer.rows.size(); ++i) text += fmt::format("uint8_t* rows{}, ", i);
  for (const EmittedConstant& constant : layer.constants) {
    text += fmt::format("const {}* {}, ", storage_type(constant.element), constant.data->name);
  }
  return text + (layer.scratch.empty() ? "" : "uint8_t* scratch, ") + "int32_t y0, int32_t y1";
}

}  // namespace tinyc
