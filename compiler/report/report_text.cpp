// SPDX-License-Identifier: Apache-2.0
// Report -> plain text for a terminal.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/report/report.h"
#include "compiler/support/text_writer.h"

namespace tinyc {
namespace {

constexpr size_t kWidestNodes = 40;

std::string number(const Figure& figure, std::string_view unit) {
  return figure.value ? fmt::format("{} {}", with_commas(*figure.value), unit) : "unknown";
}

std::string joined(const std::vector<std::string>& words, std::string_view separator) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : std::string(separator)) + word;
  return text;
}

std::string port_text(const Port& port) {
  std::string text = fmt::format("{} {}{}", printable(port.name), port.c_type, ir::shape_text(port.type.shape));
  if (port.type.quant && port.type.quant->per_tensor()) {
    text +=
        fmt::format(", scale {}, zero point {}", shortest(port.type.quant->scales[0]), port.type.quant->zero_points[0]);
  }
  return text;
}

class TextReport {
 public:
  explicit TextReport(const Report& report) : report_(report) {}

  std::string run() {
    heading();
    figures();
    layers();
    float_layers();
    memory();
    regions();
    return writer_.take();
  }

 private:
  void row(std::string_view label, std::string_view text) { writer_.line(fmt::format("{:<11}{}", label, text)); }
  void figure(std::string_view label, const Figure& value) {
    row(label, fmt::format("{:<18}{}", number(value, "B"), value.how));
  }

  void heading() {
    const EmitOptions& options = report_.options;
    writer_.format("{}: {} for {}", options.name, printable(options.model_file), report_.target->description);
    writer_.line();
    row("generated", fmt::format("tinyc {}: {}", options.tool_version, printable(options.command_line)));
    row("model", "sha256 " + options.model_sha256);
    for (const Port& port : report_.inputs) row("input", port_text(port));
    for (const Port& port : report_.outputs) row("output", port_text(port));
    writer_.line();
  }

  void figures() {
    figure("workspace", report_.workspace_bytes);
    if (report_.state_bytes.value.value_or(0) > 0) figure("state", report_.state_bytes);
    figure("weights", report_.weights_bytes);
    figure("code", report_.code_bytes);
    figure("flash", report_.flash_bytes);
    figure("stack", report_.stack_bytes);
    row("work", fmt::format("{} multiply-accumulates in {} layers", with_commas(report_.macs), report_.layers.size()));
    if (report_.instructions.value)
      row("counted", fmt::format("{:<18}{}", number(report_.instructions, "instr."), report_.instructions.how));
    row("cycles", fmt::format("{:<18}{}", with_commas(report_.cycles.nominal.value_or(0)), report_.cycles.how));
    if (report_.board) board(*report_.board);
    row("transposes", fmt::format("{} left over, {} B", report_.transposes, with_commas(report_.transpose_bytes)));
    row("build", fmt::format("{} {}", report_.compiler.empty() ? "(your compiler)" : report_.compiler,
                             joined(report_.flags, " ")));
    writer_.line();
  }

  void board(const BoardReport& board) {
    std::string text = fmt::format("{}: {} B RAM, {} B flash", board.name, with_commas(board.ram_bytes),
                                   with_commas(board.flash_bytes));
    if (board.milliseconds)
      text += fmt::format("; {:.2f} ms at {} MHz", *board.milliseconds, shortest(board.clock_mhz));
    if (board.microjoules) text += fmt::format(", {:.1f} uJ", *board.microjoules);
    row("board", text + " (estimate)");
    row("", board.slowdown_basis.empty()
                ? "flash wait states and caches are not counted"
                : fmt::format("{} cycles per modelled one: {}", shortest(board.slowdown), board.slowdown_basis));
    if (board.duty) use(board);
  }

  void use(const BoardReport& board) {
    const double rate = *board.use.per_second;
    if (*board.duty > 1)
      return row("use", fmt::format("{} inferences a second are too many: at most {:.1f}", shortest(rate),
                                    *board.most_per_second));
    std::string text =
        fmt::format("{} inferences a second: active {:.2f} % of the time", shortest(rate), *board.duty * 100);
    if (board.average_ma)
      text += fmt::format(", {:.3f} mA on average{}", *board.average_ma,
                          board.sleep_unknown ? " (asleep: not known, 0)" : "");
    if (board.battery_days)
      text += fmt::format(", {:.1f} days on {} mAh", *board.battery_days, shortest(*board.use.battery_mah));
    row("use", text + "; the core alone (estimate)");
  }

  void layers() {
    size_t name = 5, kernel = 6, output = 6;
    for (const LayerReport& layer : report_.layers) {
      name = std::max(name, layer.name.size());
      kernel = std::max(kernel, layer.kernel.size());
      output = std::max(output, shape(layer).size());
    }
    writer_.line(fmt::format("{:<{}}  {:<{}}  {:<{}} {:>12} {:>12} {:>9} {:>9} {:>9}  nodes", "layer", name, "kernel",
                             kernel, "output", output, "MACs", "cycles", "weights", "code", "live"));
    for (const LayerReport& layer : report_.layers) {
      std::string nodes = printable(joined(layer.nodes, ", "));
      if (nodes.size() > kWidestNodes) nodes = nodes.substr(0, kWidestNodes - 3) + "...";
      const std::string code = layer.code_bytes.value ? with_commas(*layer.code_bytes.value) : "-";
      writer_.line(fmt::format("{:<{}}  {:<{}}  {:<{}} {:>12} {:>12} {:>9} {:>9} {:>9}  {}", layer.name, name,
                               layer.kernel, kernel, shape(layer), output, with_commas(layer.macs),
                               with_commas(layer.cycles.nominal.value_or(0)), with_commas(layer.weights_bytes), code,
                               with_commas(layer.live_bytes), nodes));
    }
    writer_.line();
  }

  void float_layers() {
    if (report_.float_layers.empty()) return;
    writer_.format("left in floats ({} of the operators of a quantised model)", report_.float_layers.size());
    for (const FloatLayer& layer : report_.float_layers)
      writer_.format("  {} {}: {}", layer.op, printable(layer.name), printable(layer.reason));
    writer_.line();
  }

  static std::string shape(const LayerReport& layer) { return layer.output.substr(0, layer.output.find(' ')); }

  void memory() {
    const int64_t gap = *report_.workspace_bytes.value - report_.lower_bound;
    writer_.line(
        gap == 0 ? "memory map (smallest possible for this order of layers)"
                 : fmt::format("memory map ({} B above the lower bound for this order of layers)", with_commas(gap)));
    std::vector<BufferReport> buffers = report_.buffers;
    std::stable_sort(buffers.begin(), buffers.end(), [](const auto& a, const auto& b) { return a.offset < b.offset; });
    for (const BufferReport& buffer : buffers) {
      if (buffer.offset < 0) continue;
      const std::string ring =
          buffer.ring == buffer.rows ? "" : fmt::format(", ring of {} of {} rows", buffer.ring, buffer.rows);
      writer_.line(fmt::format("  [{:>9} .. {:>9}]  steps {:>3} to {:>3}  {} ({}{})", with_commas(buffer.offset),
                               with_commas(buffer.offset + buffer.bytes - 1), std::max(buffer.first_step, 0),
                               std::min(buffer.last_step, report_.steps - 1), printable(buffer.name), buffer.kind,
                               ring));
    }
  }

  void regions() {
    const RegionPlan& memories = report_.memories;
    if (!memories.placed()) return;
    const std::string gap = memories.wait_cycles == memories.lower_bound
                                ? "least possible"
                                : fmt::format("at least {}", whole(memories.lower_bound));
    writer_.line();
    writer_.format("memories (waiting for them: {} cycles modelled, {}, besides those above)",
                   whole(memories.wait_cycles), gap);
    if (memories.prefetched_layers > 0)
      writer_.format("  prefetch: constants of {} layers ({} B) are copied to the workspace; saves {} cycles, modelled",
                     memories.prefetched_layers, with_commas(memories.prefetched_bytes),
                     whole(memories.prefetch_saves));
    for (size_t r = 0; r < memories.regions.size(); ++r) {
      const MemoryRegion& region = memories.regions[r];
      if (!region.data) continue;
      writer_.format("  {:<10} {:<5} 0x{:08x}  {:>11} of {:>11} B  {}", region.name, kind_text(region), region.base,
                     with_commas(memories.used(static_cast<int>(r))), with_commas(static_cast<int64_t>(region.bytes)),
                     waits_text(region));
      region_arrays(static_cast<int>(r));
    }
  }

  // Constants in one line: they are in the table of layers.
  void region_arrays(int region) {
    int64_t bytes = 0, count = 0;
    double waits = 0;
    for (const PlacedArray& array : report_.memories.arrays) {
      if (array.region != region) continue;
      if (array.kind != ArrayKind::constants) {
        placed(array.name, array.bytes, array.wait_cycles);
        continue;
      }
      ++count;
      bytes += array.bytes;
      waits += array.wait_cycles;
    }
    if (count > 0) placed(fmt::format("{} constant arrays", count), bytes, waits);
  }

  void placed(std::string_view name, int64_t bytes, double waits) {
    writer_.format("    {:<26} {:>12} B, {} cycles of waiting", name, with_commas(bytes), whole(waits));
  }

  static std::string whole(double cycles) { return with_commas(static_cast<int64_t>(cycles)); }

  const Report& report_;
  TextWriter writer_;
};

}  // namespace

std::string report_text(const Report& report) { return TextReport(report).run(); }

}  // namespace tinyc
