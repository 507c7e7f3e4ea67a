// SPDX-License-Identifier: Apache-2.0
// Graphs, nodes, attributes and model-local functions.
#include <fmt/format.h>

#include "compiler/frontend/onnx_reader_internal.h"

namespace tinyc::onnx_reader {
namespace {

using Kind = ir::OnnxAttribute::Kind;
using AttributeType = proto::AttributeProto::AttributeType;

// Indexed by AttributeType.
constexpr Kind kKinds[] = {Kind::other, Kind::real,   Kind::integer,  Kind::text,  Kind::tensor,
                           Kind::graph, Kind::reals,  Kind::integers, Kind::texts, Kind::tensors,
                           Kind::other, Kind::tensor, Kind::other,    Kind::other, Kind::other};
static_assert(std::size(kKinds) == proto::AttributeProto::AttributeType_ARRAYSIZE);

// Writers of the first ONNX versions left the type out; then the field that is filled tells it.
AttributeType attribute_type(const proto::AttributeProto& attribute) {
  if (attribute.type() != proto::AttributeProto::UNDEFINED) return attribute.type();
  if (attribute.has_f()) return proto::AttributeProto::FLOAT;
  if (attribute.has_i()) return proto::AttributeProto::INT;
  if (attribute.has_s()) return proto::AttributeProto::STRING;
  if (attribute.has_t()) return proto::AttributeProto::TENSOR;
  if (attribute.has_g()) return proto::AttributeProto::GRAPH;
  if (attribute.floats_size() != 0) return proto::AttributeProto::FLOATS;
  if (attribute.ints_size() != 0) return proto::AttributeProto::INTS;
  if (attribute.strings_size() != 0) return proto::AttributeProto::STRINGS;
  return proto::AttributeProto::UNDEFINED;
}

void report_attribute(Context& context, const Location& where, const std::string& name, std::string_view problem) {
  context.diagnostics.error(Code::T0302, where, fmt::format("attribute '{}' {}", name, problem));
}

void read_tensor_attribute(Context& context, const proto::AttributeProto& attribute, Location where,
                           ir::OnnxAttribute& result) {
  where.tensor = attribute.name();
  const bool sparse = attribute_type(attribute) == proto::AttributeProto::SPARSE_TENSOR;
  std::optional<ir::Tensor> tensor = sparse ? read_sparse_tensor(context, attribute.sparse_tensor(), where)
                                            : read_tensor(context, attribute.t(), where);
  if (!tensor) return;
  result.kind = Kind::tensor;
  result.tensor = std::make_shared<ir::Tensor>(std::move(*tensor));
}

void read_graph_attribute(Context& context, const proto::AttributeProto& attribute, const Location& where, int depth,
                          ir::OnnxAttribute& result) {
  if (depth >= kMaxGraphDepth) {
    report_attribute(context, where, attribute.name(), fmt::format("nests graphs more than {} deep", kMaxGraphDepth));
    return;
  }
  result.kind = Kind::graph;
  result.graph = std::make_shared<ir::OnnxGraph>(read_graph(context, attribute.g(), depth + 1));
}

// The value of an attribute that has one. Kinds for which OnnxAttribute has no field keep their kind alone.
void read_value(Context& context, const proto::AttributeProto& attribute, const Location& where, int depth,
                ir::OnnxAttribute& result) {
  using Proto = proto::AttributeProto;
  const AttributeType type = attribute_type(attribute);
  if (type == Proto::UNDEFINED) return report_attribute(context, where, attribute.name(), "has no known type");
  if (type == Proto::TENSOR || type == Proto::SPARSE_TENSOR) {
    return read_tensor_attribute(context, attribute, where, result);
  }
  if (type == Proto::GRAPH) return read_graph_attribute(context, attribute, where, depth, result);
  result.kind = kKinds[type];
  if (type == Proto::FLOAT) result.real = attribute.f();
  if (type == Proto::INT) result.integer = attribute.i();
  if (type == Proto::STRING) result.text = attribute.s();
  if (type == Proto::FLOATS) result.reals.assign(attribute.floats().begin(), attribute.floats().end());
  if (type == Proto::INTS) result.integers.assign(attribute.ints().begin(), attribute.ints().end());
  if (type == Proto::STRINGS) result.texts.assign(attribute.strings().begin(), attribute.strings().end());
}

ir::OnnxAttribute read_attribute(Context& context, const proto::AttributeProto& attribute, const Location& where,
                                 int depth) {
  ir::OnnxAttribute result;
  if (attribute.ref_attr_name().empty()) {
    read_value(context, attribute, where, depth, result);
    return result;
  }
  if (!context.in_function)
    report_attribute(context, where, attribute.name(), "refers to a function's attribute outside of a function");
  result.reference = attribute.ref_attr_name();
  return result;
}

// A default of a function nobody calls must not stop the compiler: what cannot be read becomes Kind::other, with
// the reason as its text.
ir::OnnxAttribute read_default(Context& context, const proto::AttributeProto& attribute) {
  Diagnostics problems;
  Context quiet{problems, context.folder, false, context.external_budget, context.sparse_budget};
  ir::OnnxAttribute result = read_attribute(quiet, attribute, {}, 0);
  context.external_budget = quiet.external_budget;
  context.sparse_budget = quiet.sparse_budget;
  if (!problems.has_errors()) return result;
  ir::OnnxAttribute unusable;
  unusable.text = problems.all().front().message;
  return unusable;
}

ir::OnnxNode read_node(Context& context, const proto::NodeProto& node, int index, int depth) {
  ir::OnnxNode result;
  result.name = node.name().empty() ? fmt::format("{}_{}", node.op_type(), index) : node.name();
  result.domain = canonical_domain(node.domain());
  result.op_type = node.op_type();
  result.overload = node.overload();
  result.inputs.assign(node.input().begin(), node.input().end());
  result.outputs.assign(node.output().begin(), node.output().end());
  const Location where{{}, result.name, result.op_type, {}};
  if (node.op_type().empty()) context.diagnostics.error(Code::T0302, where, "the node has no operator type");
  for (const proto::AttributeProto& attribute : node.attribute()) {
    if (attribute.name().empty()) report_attribute(context, where, "", "has no name");
    const bool added =
        result.attributes.emplace(attribute.name(), read_attribute(context, attribute, where, depth)).second;
    if (!added) report_attribute(context, where, attribute.name(), "is given twice");
  }
  return result;
}

std::vector<ir::OnnxNode> read_nodes(Context& context,
                                     const google::protobuf::RepeatedPtrField<proto::NodeProto>& nodes, int depth) {
  std::vector<ir::OnnxNode> result;
  result.reserve(static_cast<size_t>(nodes.size()));
  for (int i = 0; i < nodes.size(); ++i) result.push_back(read_node(context, nodes[i], i, depth));
  return result;
}

void add_initializer(Context& context, const std::string& name, std::optional<ir::Tensor> tensor,
                     ir::OnnxGraph& graph) {
  if (name.empty())
    context.diagnostics.error(Code::T0302, {}, fmt::format("an initialiser of graph '{}' has no name", graph.name));
  if (tensor) graph.initializers.push_back({name, std::move(*tensor)});
}

}  // namespace

std::string canonical_domain(const std::string& domain) { return domain == "ai.onnx" ? std::string() : domain; }

std::map<std::string, int64_t> read_opsets(
    Context& context, const google::protobuf::RepeatedPtrField<proto::OperatorSetIdProto>& opsets) {
  std::map<std::string, int64_t> result;
  for (const proto::OperatorSetIdProto& opset : opsets) {
    const auto [place, added] = result.emplace(canonical_domain(opset.domain()), opset.version());
    if (added || place->second == opset.version()) continue;
    context.diagnostics.error(Code::T0302, {},
                              fmt::format("operator set '{}' is imported with versions {} and {}", opset.domain(),
                                          place->second, opset.version()));
  }
  return result;
}

ir::OnnxGraph read_graph(Context& context, const proto::GraphProto& graph, int depth) {
  ir::OnnxGraph result;
  result.name = graph.name();
  for (const proto::TensorProto& tensor : graph.initializer()) {
    add_initializer(context, tensor.name(), read_tensor(context, tensor, {{}, {}, {}, tensor.name()}), result);
  }
  for (const proto::SparseTensorProto& sparse : graph.sparse_initializer()) {
    const std::string& name = sparse.values().name();
    add_initializer(context, name, read_sparse_tensor(context, sparse, {{}, {}, {}, name}), result);
  }
  for (const proto::ValueInfoProto& info : graph.input()) result.inputs.push_back(read_value_info(context, info));
  for (const proto::ValueInfoProto& info : graph.output()) result.outputs.push_back(read_value_info(context, info));
  for (const proto::ValueInfoProto& info : graph.value_info())
    result.value_infos.push_back(read_value_info(context, info));
  result.nodes = read_nodes(context, graph.node(), depth);
  return result;
}

ir::OnnxFunction read_function(Context& context, const proto::FunctionProto& function) {
  ir::OnnxFunction result;
  result.domain = canonical_domain(function.domain());
  result.name = function.name();
  result.overload = function.overload();
  result.inputs.assign(function.input().begin(), function.input().end());
  result.outputs.assign(function.output().begin(), function.output().end());
  result.attributes.assign(function.attribute().begin(), function.attribute().end());
  for (const proto::AttributeProto& attribute : function.attribute_proto()) {
    result.attribute_defaults[attribute.name()] = read_default(context, attribute);
  }
  result.opsets = read_opsets(context, function.opset_import());
  if (function.name().empty()) context.diagnostics.error(Code::T0302, {}, "a model-local function has no name");
  context.in_function = true;
  result.nodes = read_nodes(context, function.node(), 0);
  context.in_function = false;
  return result;
}

}  // namespace tinyc::onnx_reader
