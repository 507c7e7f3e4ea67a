// SPDX-License-Identifier: Apache-2.0
// AccuracyReport -> one self-contained HTML page: a bar per layer, longer where less of the signal is left.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/quantizer/accuracy_report.h"
#include "compiler/support/html.h"
#include "compiler/support/text_writer.h"

namespace tinyc {
namespace {

// From here on noise is no concern: the bar is empty. 8 bits of a full range give some 50 dB.
constexpr double kQuietDb = 60;

double bar_percent(double snr_db) { return 100 * (1 - std::clamp(snr_db, 0.0, kQuietDb) / kQuietDb); }

std::string decibels(double value) {
  if (std::isinf(value)) return value > 0 ? "exact" : "none";
  return fmt::format("{:.1f}", value);
}

void layer_row(TextWriter& writer, const LayerAccuracy& layer) {
  const ValueDifference& d = layer.difference;
  const auto worst = d.worst_channel();
  writer.format(
      "<tr><td title=\"{}, matched with {} by {}\">{}</td><td>{}</td><td class=n>{}</td>"
      "<td><div class=bar style=\"width:{:.1f}%\"></div></td><td class=n>{:.7f}</td><td class=n>{:.4g}</td>"
      "<td class=n>{}</td><td class=n>{}</td><td>{}</td></tr>",
      html_text(layer.type), html_text(layer.reference), layer.matched_by, html_text(layer.name), layer.op,
      decibels(d.snr_db()), bar_percent(d.snr_db()), d.cosine(), d.largest(),
      layer.step ? fmt::format("{:.2f}", d.largest() / *layer.step) : "",
      fmt::format("{} of {}", with_commas(d.unequal()), with_commas(d.elements())),
      worst ? fmt::format("{} ({} dB)", worst->index, decibels(worst->snr_db)) : "");
}

void unmatched_list(TextWriter& writer, const std::vector<UnmatchedLayer>& layers, std::string_view title) {
  if (layers.empty()) return;
  writer.format("<h2>{}</h2><ul>", title);
  for (const UnmatchedLayer& layer : layers) writer.format("<li>{} ({})</li>", html_text(layer.name), layer.op);
  writer.line("</ul>");
}

}  // namespace

std::string accuracy_html(const AccuracyReport& report) {
  TextWriter writer;
  writer.raw(html_beginning("Accuracy of " + report.executed.file));
  for (const ComparedModel* model : {&report.reference, &report.executed}) {
    writer.format("<p>{}, sha256 {}<br>{}</p>", html_text(model->file), model->sha256, html_text(model->execution));
  }
  writer.format(
      "<p class=how>{} data sets. Bars: noise, empty from {} dB on, full at 0 dB. Largest differences in real units "
      "and in "
      "steps of the quantisation.</p>",
      report.sets.size(), kQuietDb);
  writer.line(
      "<table><tr><th>layer</th><th>op</th><th class=n>SNR dB</th><th style=\"width:10em\"></th><th class=n>cosine</th>"
      "<th class=n>largest</th><th class=n>steps</th><th class=n>unequal</th><th>worst channel</th></tr>");
  for (const LayerAccuracy& layer : report.layers) layer_row(writer, layer);
  writer.line("</table>");
  unmatched_list(writer, report.only_in_reference, "Layers of the reference without a partner");
  unmatched_list(writer, report.only_in_executed, "Executed layers without a partner");
  writer.line("</html>");
  return writer.take();
}

}  // namespace tinyc
