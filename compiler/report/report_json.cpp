// SPDX-License-Identifier: Apache-2.0
// Report -> JSON. docs/report-schema.md describes every field; a change of meaning raises kSchemaVersion.
#include "compiler/report/report.h"
#include "compiler/support/json.h"

namespace tinyc {
namespace {

constexpr int kSchemaVersion = 1;

Json number(const std::optional<int64_t>& value) { return value ? Json(*value) : Json(nullptr); }
Json number(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

// "int8", "float32", "bool": the names of ONNX and numpy.
std::string type_name(ir::Element element) {
  if (element == ir::Element::b1) return "bool";
  if (element == ir::Element::bf16) return "bfloat16";
  const bool real = ir::is_float(element);
  return (real ? "float" : ir::is_signed(element) ? "int" : "uint") + std::to_string(ir::element_bits(element));
}

Json cycles_json(const CycleFigures& cycles) {
  return {{"nominal", number(cycles.nominal)},
          {"low", number(cycles.low)},
          {"high", number(cycles.high)},
          {"how", cycles.how}};
}

Json ports_json(const std::vector<Port>& ports) {
  Json list = Json::array();
  for (const Port& port : ports) {
    Json entry = {{"name", port.name},
                  {"parameter", port.parameter},
                  {"type", type_name(port.type.element)},
                  {"c_type", port.c_type},
                  {"shape", port.type.shape},
                  {"bytes", port.bytes},
                  {"offset", port.offset < 0 ? Json(nullptr) : Json(port.offset)}};
    if (port.type.quant && port.type.quant->per_tensor()) {
      entry["scale"] = port.type.quant->scales[0];
      entry["zero_point"] = port.type.quant->zero_points[0];
    }
    list.push_back(std::move(entry));
  }
  return list;
}

Json layers_json(const std::vector<LayerReport>& layers) {
  Json list = Json::array();
  for (const LayerReport& layer : layers) {
    list.push_back({{"name", layer.name},
                    {"op", layer.op},
                    {"nodes", layer.nodes},
                    {"output", layer.output},
                    {"kernel", layer.kernel},
                    {"variant", layer.variant},
                    {"why", layer.why},
                    {"macs", layer.macs},
                    {"weights_bytes", layer.weights_bytes},
                    {"scratch_bytes", layer.scratch_bytes},
                    {"prefetch_bytes", layer.prefetch_bytes},
                    {"live_bytes", layer.live_bytes},
                    {"code_bytes", number(layer.code_bytes.value)},
                    {"instructions", number(layer.instructions.value)},
                    {"cycles", cycles_json(layer.cycles)},
                    {"how", {{"code_bytes", layer.code_bytes.how}, {"instructions", layer.instructions.how}}}});
  }
  return list;
}

Json float_layers_json(const std::vector<FloatLayer>& layers) {
  Json list = Json::array();
  for (const FloatLayer& layer : layers) {
    list.push_back({{"name", layer.name}, {"op", layer.op}, {"nodes", layer.nodes}, {"reason", layer.reason}});
  }
  return list;
}

Json plan_json(const Report& report) {
  Json buffers = Json::array();
  for (const BufferReport& buffer : report.buffers) {
    buffers.push_back({{"name", buffer.name},
                       {"kind", buffer.kind},
                       {"offset", buffer.offset < 0 ? Json(nullptr) : Json(buffer.offset)},
                       {"bytes", buffer.bytes},
                       {"rows", buffer.rows},
                       {"ring", buffer.ring},
                       {"first_step", buffer.first_step},
                       {"last_step", buffer.last_step},
                       {"external", buffer.external}});
  }
  return {{"lower_bound", report.lower_bound},
          {"optimal", report.workspace_bytes.value == report.lower_bound},
          {"peak_step", report.peak_step},
          {"steps", report.steps},
          {"buffers", std::move(buffers)}};
}

Json memories_json(const RegionPlan& memories) {
  if (!memories.placed()) return nullptr;
  Json regions = Json::array();
  for (size_t r = 0; r < memories.regions.size(); ++r) {
    const MemoryRegion& region = memories.regions[r];
    Json arrays = Json::array();
    for (const PlacedArray& array : memories.arrays) {
      if (array.region == static_cast<int>(r))
        arrays.push_back({{"name", array.name},
                          {"kind", array_kind_name(array.kind)},
                          {"bytes", array.bytes},
                          {"wait_cycles", array.wait_cycles}});
    }
    regions.push_back({{"name", region.name},
                       {"kind", holds_data(region, true) ? "ram" : kind_text(region)},
                       {"address", region.base},
                       {"bytes", region.bytes},
                       {"used", memories.used(static_cast<int>(r))},
                       {"wait_cycles", region.wait_cycles},
                       {"line_bytes", region.line_bytes},
                       {"cache_bytes", region.cache_bytes},
                       {"basis", region.basis},
                       {"arrays", std::move(arrays)}});
  }
  return {{"wait_cycles", memories.wait_cycles},
          {"lower_bound", memories.lower_bound},
          {"prefetch",
           {{"layers", memories.prefetched_layers},
            {"bytes", memories.prefetched_bytes},
            {"saves_cycles", memories.prefetch_saves}}},
          {"regions", std::move(regions)}};
}

Json board_json(const BoardReport& board) {
  return {{"name", board.name},
          {"clock_mhz", board.clock_mhz},
          {"ram_bytes", board.ram_bytes},
          {"flash_bytes", board.flash_bytes},
          {"slowdown", board.slowdown},
          {"slowdown_basis", board.slowdown_basis},
          {"milliseconds", number(board.milliseconds)},
          {"microjoules", number(board.microjoules)},
          {"most_per_second", number(board.most_per_second)},
          {"use",
           {{"per_second", number(board.use.per_second)},
            {"battery_mah", number(board.use.battery_mah)},
            {"duty", number(board.duty)},
            {"average_ma", number(board.average_ma)},
            {"battery_days", number(board.battery_days)}}}};
}

}  // namespace

std::string report_json(const Report& report) {
  Json json = {{"schema", "tinyc-report"}, {"schema_version", kSchemaVersion}, {"tinyc", report.options.tool_version}};
  json["name"] = report.options.name;
  json["model"] = report.options.model_file;
  json["model_sha256"] = report.options.model_sha256;
  json["command"] = report.options.command_line;
  json["target"] = report.target->name;
  json["board"] = report.board ? board_json(*report.board) : Json(nullptr);
  json["inputs"] = ports_json(report.inputs);
  json["outputs"] = ports_json(report.outputs);
  json["macs"] = report.macs;
  Json how = {{"macs", "exact: shapes of the layers"}};
  const std::pair<const char*, const Figure*> figures[] = {
      {"workspace_bytes", &report.workspace_bytes}, {"state_bytes", &report.state_bytes},
      {"weights_bytes", &report.weights_bytes},     {"code_bytes", &report.code_bytes},
      {"flash_bytes", &report.flash_bytes},         {"stack_bytes", &report.stack_bytes},
      {"instructions", &report.instructions}};
  for (const auto& [key, figure] : figures) {
    json[key] = number(figure->value);
    how[key] = figure->how;
  }
  how["cycles"] = report.cycles.how;
  json["cycles"] = cycles_json(report.cycles);
  json["how"] = std::move(how);
  json["transposes"] = {{"count", report.transposes}, {"bytes", report.transpose_bytes}};
  json["float_layers"] = float_layers_json(report.float_layers);
  json["layers"] = layers_json(report.layers);
  json["plan"] = plan_json(report);
  json["memories"] = memories_json(report.memories);
  json["build"] = {{"compiler", report.compiler}, {"flags", report.flags}};
  return json_text(json);
}

}  // namespace tinyc
