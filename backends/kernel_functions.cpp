// SPDX-License-Identifier: Apache-2.0
#include "backends/kernel_functions.h"

#include <fmt/format.h>

#include <cmath>

#include "ir/op_def.h"

namespace tinyc {

namespace {

std::string path_of(std::string_view name) { return fmt::format("backends/portable/scalar/{}.h", name); }

// Bounds that cannot bind need no comparison, and infinity has no literal without <math.h>.
ScalarCall float_clip(float low, float high) {
  if (std::isfinite(low) && std::isfinite(high)) return {"clip_f32", 1, "float", {low, high}};
  if (std::isfinite(low)) return {"at_least_f32", 1, "float", {low}};
  if (std::isfinite(high)) return {"at_most_f32", 1, "float", {high}};
  return {"identity_f32", 1, "float", {}};
}

std::string_view activation_name(const ir::Op& op) {
  return op.def->attribute("activation") ? std::string_view(op.text("activation")) : "none";
}

}  // namespace

const ShippedText* find_scalar(std::string_view name) {
  const std::string path = path_of(name);
  for (const ShippedText* text : all_shipped_texts()) {
    if (text->path == path) return text;
  }
  return nullptr;
}

ScalarCall float_unary(std::string_view op, std::span<const double> args) {
  if (op == "none") return {"identity_f32", 1, "float", {}};
  const bool usual = op == "clip" && !(args[0] > args[1]) && args[0] < INFINITY && args[1] > -INFINITY;
  if (usual) return float_clip(static_cast<float>(args[0]), static_cast<float>(args[1]));
  ScalarCall call{std::string(op) + "_f32", 1, "float", {}};
  for (const double arg : args) call.arguments.emplace_back(static_cast<float>(arg));
  return call;
}

ScalarCall float_activation(const ir::Op& op) {
  const std::string_view name = activation_name(op);
  if (name == "none") return float_unary("none", {});
  return float_unary(name, op.reals("activation_args"));
}

ScalarCall float_binary(const ir::Op& op) {
  ScalarCall call{std::string(op.name()) + "_f32", 2, "float", {}};
  if (activation_name(op) != "none") call.then.push_back(float_activation(op));
  return call;
}

ScalarCall reduction_step(const ir::Op& op, std::string_view suffix, std::string_view type) {
  const std::string_view step = op.is("reduce_max")    ? "max"
                                : op.is("reduce_min")  ? "min"
                                : op.is("reduce_prod") ? "mul"
                                                       : "add";
  return {fmt::format("{}_{}", step, suffix), 2, type, {}};
}

std::optional<std::string> need_float_activation(const ir::Op& op) {
  const std::string_view name = activation_name(op);
  if (name == "none" || find_scalar(std::string(name) + "_f32")) return std::nullopt;
  return fmt::format("has no float32 form of activation {}", name);
}

void set_function(Built& built, ScalarCall call) {
  built.depends.push_back(path_of(call.name));
  for (const ScalarCall& outer : call.then) built.depends.push_back(path_of(outer.name));
  built.function = std::move(call);
}

}  // namespace tinyc
