// SPDX-License-Identifier: Apache-2.0
// The graph of a call, interpreted over a long sequence, against the model over each window (or the whole sequence).
#include "passes/stream_model.h"

#include "ir/interpret.h"
#include "ir/print.h"
#include "ir/verify.h"
#include "passes/runner.h"
#include "tests/unit/catch.h"

namespace tinyc {
namespace {

using ir::Tensor;

std::unique_ptr<ir::Graph> parsed(const std::string& text) {
  auto graph = ir::parse(text);
  INFO((graph ? "" : graph.message()));
  REQUIRE(graph);
  return graph.take();
}

constexpr int64_t kFeatures = 3;

// Frame t of feature c; time is axis 1 of [1, T, 1, 3].
double frame_value(int64_t t, int64_t c) { return static_cast<double>((t * 37 + c * 11 + t * t * 5) % 101 - 50); }

Tensor frames(const ir::Type& type, int64_t first) {
  Tensor tensor(type.element, type.shape);
  for (int64_t i = 0; i < tensor.size(); ++i) tensor.set_real(i, frame_value(first + i / kFeatures, i % kFeatures));
  return tensor;
}

// The last rows of a tensor whose time is axis 1, before `left` further calls.
std::vector<double> last_rows(const Tensor& tensor, int64_t elements, int64_t left) {
  const std::vector<double> all = tensor.reals();
  const auto end = all.end() - left * elements;
  return {end - elements, end};
}

// Runs `calls` calls; every output from the first on must be the model's.
int64_t check_stream(const std::string& text, TimePadding padding, int64_t calls) {
  const auto window = parsed(text);
  Diagnostics diagnostics;
  const auto made = stream_model(*window, 1, padding, diagnostics);
  REQUIRE(made);
  INFO(ir::print(*made->graph));
  REQUIRE(ir::verify(*made->graph));
  const ir::Stream& stream = made->stream;
  std::vector<Tensor> states = stream.initial;
  const int64_t length = window->inputs()[0]->type.shape[1];
  std::vector<Tensor> whole;
  if (stream.whole_sequence) whole = ir::interpret(*window, std::vector{frames(window->inputs()[0]->type, 0)});
  int64_t compared = 0;
  for (int64_t call = 0; call < calls; ++call) {
    std::vector<Tensor> inputs = {frames(made->graph->inputs()[0]->type, call * stream.frames)};
    for (const Tensor& state : states) inputs.push_back(state);
    const std::vector<Tensor> results = ir::interpret(*made->graph, inputs);
    const size_t outputs = results.size() - states.size();
    for (size_t k = 0; k < states.size(); ++k) states[k] = results[outputs + k];
    if (call + 1 < stream.first_output) continue;
    if (!stream.whole_sequence)
      whole =
          ir::interpret(*window, std::vector{frames(window->inputs()[0]->type, (call + 1) * stream.frames - length)});
    for (size_t i = 0; i < outputs; ++i) {
      if (stream.whole_sequence && made->output_axes[i] < 0 && call + 1 < stream.calls) continue;
      const int64_t left = stream.whole_sequence && made->output_axes[i] >= 0 ? stream.calls - 1 - call : 0;
      CHECK(results[i].reals() == last_rows(whole[i], results[i].size(), left));
      ++compared;
    }
  }
  CHECK(compared > 0);
  return stream.first_output;
}

std::string refusal(const std::string& text, int64_t axis = 1, TimePadding padding = TimePadding::refuse) {
  const auto window = parsed(text);
  Diagnostics diagnostics;
  const auto made = stream_model(*window, axis, padding, diagnostics);
  CHECK_FALSE(made);
  return diagnostics.all().empty() ? "" : diagnostics.all()[0].message;
}

const std::string kWeights =
    "  %w = constant() {value = f32[2,3,1,3] [1,-2,3,2,1,0,-1,1,2, 0,1,1,-3,2,1,1,1,-1]} : f32[2,3,1,3]\n"
    "  %v = constant() {value = f32[2,3,1,2] [1,-2,3,2,1,0, 0,1,1,-3,2,1]} : f32[2,3,1,2]\n";

TEST_CASE("a chain of convolutions keeps the rows that each needs") {
  const int64_t first = check_stream("graph \"g\"(%x: f32[1,9,1,3]) {\n" + kWeights +
                                         "  %a = conv(%x, %w) : f32[1,7,1,2]\n  %r = relu(%a) : f32[1,7,1,2]\n"
                                         "  %b = conv(%r, %v) {dilations = [3, 1]} : f32[1,1,1,2]\n  return %b\n}\n",
                                     TimePadding::refuse, 20);
  CHECK(first == 9);
}

TEST_CASE("strided layers take several frames in a call") {
  check_stream("graph \"g\"(%x: f32[1,13,1,3]) {\n" + kWeights +
                   "  %a = conv(%x, %w) {strides = [2, 1]} : f32[1,6,1,2]\n"
                   "  %p = max_pool(%a) {kernel = [2, 1], strides = [2, 1]} : f32[1,3,1,2]\n"
                   "  %m = reduce_sum(%p) {axes = [1]} : f32[1,1,1,2]\n  return %m, %p\n}\n",
               TimePadding::refuse, 12);
}

TEST_CASE("branches of a residual stay aligned, cut at either end") {
  for (const char* start : {"0", "1", "2"}) {
    check_stream("graph \"g\"(%x: f32[1,9,1,3]) {\n" + kWeights +
                     "  %a = conv(%x, %w) : f32[1,7,1,2]\n  %b = conv(%a, %v) : f32[1,5,1,2]\n"
                     "  %c = slice(%a) {starts = [0, " +
                     start +
                     ", 0, 0], sizes = [1, 5, 1, 2]} : f32[1,5,1,2]\n  %s = add(%b, %c) : f32[1,5,1,2]\n"
                     "  %f = reshape(%s) {shape = [1, 10]} : f32[1,10]\n"
                     "  %m = reduce_max(%f) {axes = [1]} : f32[1,1]\n  return %m, %s\n}\n",
                 TimePadding::refuse, 15);
  }
}

TEST_CASE("padding before the sequence is what the state begins with") {
  const std::string text = "graph \"g\"(%x: f32[1,8,1,3]) {\n" + kWeights +
                           "  %a = conv(%x, %w) {pads = [2, 0, 0, 0]} : f32[1,8,1,2]\n"
                           "  %b = conv(%a, %v) {dilations = [2, 1], pads = [4, 0, 0, 0]} : f32[1,8,1,2]\n"
                           "  %s = add(%a, %b) : f32[1,8,1,2]\n  return %s\n}\n";
  CHECK(check_stream(text, TimePadding::sequence, 8) == 1);
  CHECK(refusal(text).find("pads time") != std::string::npos);
}

TEST_CASE("a strided layer with padding before the sequence") {
  check_stream("graph \"g\"(%x: f32[1,8,1,3]) {\n" + kWeights +
                   "  %a = conv(%x, %w) {strides = [2, 1], pads = [1, 0, 0, 0]} : f32[1,4,1,2]\n"
                   "  %b = conv(%a, %v) {pads = [2, 0, 0, 0]} : f32[1,4,1,2]\n  return %b\n}\n",
               TimePadding::sequence, 4);
}

TEST_CASE("what cannot stream says why") {
  const std::string head = "graph \"g\"(%x: f32[1,8,1,3]) {\n" + kWeights;
  CHECK(refusal(head + "  %a = conv(%x, %w) {pads = [1, 0, 1, 0]} : f32[1,8,1,2]\n  return %a\n}\n", 1,
                TimePadding::sequence)
            .find("pads the end of time") != std::string::npos);
  CHECK(refusal(head + "  %a = conv(%x, %w) : f32[1,6,1,2]\n"
                       "  %b = conv(%a, %v) {pads = [2, 0, 0, 0]} : f32[1,6,1,2]\n  return %b\n}\n",
                1, TimePadding::sequence)
            .find("shorten the sequence") != std::string::npos);
  CHECK(refusal(head + "  %a = conv(%x, %w) : f32[1,6,1,2]\n  return %a\n}\n", 4).find("--stream 4") !=
        std::string::npos);
  CHECK(refusal(head + "  %a = conv(%x, %w) : f32[1,6,1,2]\n  return %a\n}\n", 2).find("no frames") !=
        std::string::npos);
}

}  // namespace
}  // namespace tinyc
