// SPDX-License-Identifier: Apache-2.0
// Report -> one self-contained HTML page: figures, a map of the workspace over time, cycles per layer.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/report/report.h"
#include "compiler/support/html.h"
#include "compiler/support/text_writer.h"

namespace tinyc {
namespace {

constexpr double kMapWidth = 960;
constexpr double kMapHeight = 420;
constexpr int kHueStep = 47;  // far enough apart for neighbours

std::string joined(const std::vector<std::string>& words, std::string_view separator) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : std::string(separator)) + word;
  return text;
}

void figure_row(TextWriter& writer, std::string_view name, const Figure& figure) {
  writer.format("<tr><td>{}</td><td class=n>{}</td><td class=how>{}</td></tr>", name,
                figure.value ? with_commas(*figure.value) : "unknown", html_text(figure.how));
}

void figures_table(TextWriter& writer, const Report& report) {
  writer.line("<table>");
  figure_row(writer, "workspace, bytes", report.workspace_bytes);
  figure_row(writer, "state, bytes", report.state_bytes);
  figure_row(writer, "weights, bytes", report.weights_bytes);
  figure_row(writer, "code, bytes", report.code_bytes);
  figure_row(writer, "flash, bytes", report.flash_bytes);
  figure_row(writer, "stack, bytes", report.stack_bytes);
  figure_row(writer, "multiply-accumulates", {report.macs, "exact"});
  figure_row(writer, "cycles", {report.cycles.nominal, report.cycles.how});
  figure_row(writer, "transposes left over", {report.transposes, with_commas(report.transpose_bytes) + " bytes"});
  writer.line("</table>");
}

// One rectangle per buffer: left to right is time (steps), top to bottom the offset.
void memory_map(TextWriter& writer, const Report& report) {
  const int steps = std::max(report.steps, 1);
  const auto bytes = static_cast<double>(std::max<int64_t>(*report.workspace_bytes.value, 1));
  writer.format("<svg viewBox=\"0 0 {} {}\" role=img aria-label=\"workspace over time\">", kMapWidth, kMapHeight);
  int hue = 0;
  for (const BufferReport& buffer : report.buffers) {
    if (buffer.offset < 0 || buffer.kind == "state") continue;
    const double x0 = kMapWidth * std::max(buffer.first_step, 0) / steps;
    const double x1 = kMapWidth * (std::min(buffer.last_step, steps - 1) + 1) / steps;
    const double y = kMapHeight * static_cast<double>(buffer.offset) / bytes;
    const double height = kMapHeight * static_cast<double>(buffer.bytes) / bytes;
    hue = (hue + kHueStep) % 360;
    writer.format(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"hsl({},55%,62%)\" stroke=\"#333\" "
        "stroke-width=\".5\">"
        "<title>{}: {} bytes at {}, steps {} to {}</title></rect>",
        x0, y, std::max(x1 - x0, 1.0), std::max(height, 1.0), hue, html_text(buffer.name), with_commas(buffer.bytes),
        with_commas(buffer.offset), buffer.first_step, buffer.last_step);
  }
  writer.line("</svg>");
  writer.format(
      "<p class=how>{} steps from left to right, {} bytes from top to bottom; lower bound {} bytes, reached at step "
      "{}.</p>",
      report.steps, with_commas(*report.workspace_bytes.value), with_commas(report.lower_bound), report.peak_step);
}

void layer_table(TextWriter& writer, const Report& report) {
  int64_t most = 1;
  for (const LayerReport& layer : report.layers) most = std::max(most, layer.cycles.nominal.value_or(0));
  writer.line(
      "<table><tr><th>layer</th><th>nodes</th><th>kernel</th><th>output</th><th class=n>MACs</th><th "
      "class=n>weights</th>"
      "<th class=n>code</th><th class=n>live</th><th class=n>cycles</th><th style=\"width:12em\"></th></tr>");
  for (const LayerReport& layer : report.layers) {
    const int64_t cycles = layer.cycles.nominal.value_or(0);
    writer.format(
        "<tr><td>{}</td><td>{}</td><td title=\"{}\">{}</td><td>{}</td><td class=n>{}</td><td class=n>{}</td><td "
        "class=n>{}</td><td class=n>{}</td>"
        "<td class=n>{}</td><td><div class=bar style=\"width:{:.1f}%\"></div></td></tr>",
        html_text(layer.name), html_text(joined(layer.nodes, ", ")), html_text(layer.why), html_text(layer.kernel),
        html_text(layer.output), with_commas(layer.macs), with_commas(layer.weights_bytes),
        layer.code_bytes.value ? with_commas(*layer.code_bytes.value) : "", with_commas(layer.live_bytes),
        with_commas(cycles), 100.0 * static_cast<double>(cycles) / static_cast<double>(most));
  }
  writer.line("</table>");
}

void float_layers(TextWriter& writer, const Report& report) {
  if (report.float_layers.empty()) return;
  writer.line("<h2>Left in floats</h2><table><tr><th>operator</th><th>result</th><th>nodes</th><th>reason</th></tr>");
  for (const FloatLayer& layer : report.float_layers) {
    writer.format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>", layer.op, html_text(layer.name),
                  html_text(joined(layer.nodes, ", ")), html_text(layer.reason));
  }
  writer.line("</table>");
}

// A bar per region, and what lies in it.
void memories(TextWriter& writer, const Report& report) {
  const RegionPlan& plan = report.memories;
  if (!plan.placed()) return;
  writer.line(
      "<h2>Memories</h2><table><tr><th>region</th><th>address</th><th class=n>bytes</th><th class=n>used</th><th "
      "style=\"width:12em\"></th><th>waits</th><th>arrays</th></tr>");
  for (size_t r = 0; r < plan.regions.size(); ++r) {
    const MemoryRegion& region = plan.regions[r];
    if (!region.data) continue;
    std::string arrays;
    for (const PlacedArray& array : plan.arrays) {
      if (array.region == static_cast<int>(r))
        arrays += fmt::format("{}{} ({} B)", arrays.empty() ? "" : ", ", array.name, with_commas(array.bytes));
    }
    const int64_t used = plan.used(static_cast<int>(r));
    writer.format(
        "<tr><td>{}</td><td>0x{:08x}</td><td class=n>{}</td><td class=n>{}</td><td><div class=bar "
        "style=\"width:{:.1f}%\"></div></td><td title=\"{}\">{}</td><td>{}</td></tr>",
        html_text(region.name), region.base, with_commas(static_cast<int64_t>(region.bytes)), with_commas(used),
        100.0 * static_cast<double>(used) / static_cast<double>(region.bytes), html_text(region.basis),
        waits_text(region), html_text(arrays));
  }
  writer.format("</table><p class=how>Waiting for them: {} cycles, modelled, besides the cycles above.</p>",
                with_commas(static_cast<int64_t>(plan.wait_cycles)));
}

}  // namespace

std::string report_html(const Report& report) {
  TextWriter writer;
  writer.raw(html_beginning(fmt::format("{} on {}", report.options.name, report.target->name)));
  writer.format("<p>{}, sha256 {}<br>tinyc {}: <code>{}</code></p>", html_text(report.options.model_file),
                report.options.model_sha256, report.options.tool_version, html_text(report.options.command_line));
  figures_table(writer, report);
  writer.line("<h2>Workspace over time</h2>");
  memory_map(writer, report);
  memories(writer, report);
  writer.line("<h2>Layers</h2>");
  layer_table(writer, report);
  float_layers(writer, report);
  writer.line("</html>");
  return writer.take();
}

}  // namespace tinyc
