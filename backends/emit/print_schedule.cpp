// SPDX-License-Identifier: Apache-2.0
// A short stage is printed as its calls. A long pipeline is a table of bytes, each naming the layer whose next row is
// computed: some 30 bytes of code per layer and one of flash per row, instead of a call per row.
#include "backends/emit/print_schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "backends/emit/print_parts.h"

namespace tinyc {
namespace {

constexpr size_t kMostCalls = 16;
constexpr size_t kLineWidth = 110;

class SchedulePrinter {
 public:
  SchedulePrinter(TextWriter& writer, const EmissionPlan& plan) : writer_(writer), plan_(plan) {}

  void run() {
    for (size_t i = 0; i < plan_.body->size(); ++i) {
      const Stage& stage = std::get<Stage>((*plan_.body)[i]);
      if (stage.pushed) {
        print_order(stage, i);
      } else if (is_long(stage)) {
        print_order(stage, i);
        print_runner(pipeline_name(i), members_of(stage), goes_upwards(stage));
      }
    }
    if (pushed_stage(plan_)) {
      print_push();
    } else {
      print_run_layers();
    }
  }

 private:
  void print_run_layers() {
    writer_.line("void run_layers(const Memory& memory) {");
    writer_.indent();
    print_stages(0);
    if (plan_.body->empty()) writer_.line("static_cast<void>(memory);");
    writer_.dedent();
    writer_.line("}");
  }

  void print_stages(size_t first) {
    for (size_t i = first; i < plan_.body->size(); ++i) {
      const Stage& stage = std::get<Stage>((*plan_.body)[i]);
      if (is_long(stage)) {
        writer_.format("run_{}(memory);", pipeline_name(i));
      } else {
        print_calls(stage);
      }
    }
  }

  const Instance& instance(int index) const { return plan_.program->instances[static_cast<size_t>(index)]; }
  const EmittedLayer& layer(int index) const { return plan_.layers[static_cast<size_t>(index)]; }

  static std::string pipeline_name(size_t node) { return fmt::format("pipeline_{}", node + 1); }

  // Whether to print a table; it counts single rows.
  bool is_long(const Stage& stage) const {
    if (stage.prologue.size() + stage.steady.size() + stage.epilogue.size() <= kMostCalls) return false;
    const std::vector<RowStep> steps = unrolled(stage);
    return std::all_of(steps.begin(), steps.end(), [&](const RowStep& step) {
      return step.y1 == step.y0 + 1 && !step.reversed && instance(step.instance).rows <= UINT16_MAX;
    });
  }

  std::string call(int index, std::string_view rows) const {
    return fmt::format("TINYC_LAYER_BEGIN({0}, \"{1}\") {1}(memory, {2}); TINYC_LAYER_END({0}, \"{1}\")", index,
                       layer(index).symbol, rows);
  }

  static bool goes_upwards(const Stage& stage) { return unrolled(stage).front().y0 != 0; }

  void print_order(const Stage& stage, size_t node) {
    const std::vector<RowStep> steps = unrolled(stage);
    const std::vector<int> members = members_of(stage);
    const auto place = [&](int index) {
      return std::lower_bound(members.begin(), members.end(), index) - members.begin();
    };
    const std::string name = pipeline_name(node);
    const bool upwards = goes_upwards(stage);
    writer_.format("// Rows of {} to {}, interleaved: whose next row is computed. Rows go from the {} to the {}.",
                   layer(members.front()).symbol, layer(members.back()).symbol, upwards ? "last" : "first",
                   upwards ? "first" : "last");
    writer_.format("constexpr uint8_t {}_order[] = {{", name);
    writer_.indent();
    std::string line;
    for (const RowStep& step : steps) {
      line += fmt::format("{}, ", place(step.instance));
      if (line.size() < kLineWidth) continue;
      line.pop_back();
      writer_.line(line);
      line.clear();
    }
    if (!line.empty()) writer_.line(line.substr(0, line.size() - 1));
    writer_.dedent();
    writer_.line("};");
    writer_.line();
  }

  void print_runner(const std::string& name, const std::vector<int>& members, bool upwards) {
    std::string rows;
    for (const int member : members)
      rows += fmt::format("{}{}", rows.empty() ? "" : ", ", upwards ? instance(member).rows : 0);
    writer_.format("void run_{}(const Memory& memory) {{", name);
    writer_.indent();
    writer_.format("uint16_t rows[] = {{{}}};", rows);
    writer_.format("for (const uint8_t layer : {}_order) {{", name);
    writer_.indent();
    writer_.format("const int32_t y = {};", upwards ? "--rows[layer]" : "rows[layer]++");
    print_switch(members, [](int) { return std::string("y, y + 1"); });
    for (int i = 0; i < 2; ++i) {
      writer_.dedent();
      writer_.line("}");
    }
    writer_.line();
  }

  // rows_of: the rows that a member computes in its step y.
  void print_switch(const std::vector<int>& members, const std::function<std::string(int)>& rows_of) {
    writer_.line("switch (layer) {");
    for (size_t i = 0; i < members.size(); ++i) {
      writer_.format("  case {}:", i);
      writer_.format("    {}", call(members[i], rows_of(members[i])));
      writer_.line("    break;");
    }
    writer_.line("  default:");
    writer_.line("    break;");
    writer_.line("}");
  }

  // The input's rows arrive one by one: the order is run up to where the next one is wanted.
  void print_push() {
    const std::vector<int> members = members_of(*pushed_stage(plan_));
    writer_.line("// Where a pushed inference stands; in the workspace, behind everything else.");
    writer_.line("struct Progress {");
    writer_.line("  uint32_t begun;    // kBegun from begin to the last row");
    writer_.line("  uint32_t step;     // of the order above");
    writer_.format("  uint16_t rows[{}];  // what each layer computes next", members.size());
    writer_.line("};");
    writer_.line("constexpr uint32_t kBegun = 0x70757368;");
    writer_.format("static_assert({} + sizeof(Progress) <= {}_WORKSPACE_BYTES, \"the workspace ends with Progress\");",
                   plan_.plan.progress_offset, plan_.macro);
    writer_.line();
    writer_.line("// Takes the next row of the input and computes what waited for it. True when the output is there.");
    writer_.line("bool push_row(const Memory& memory, Progress& progress) {");
    writer_.indent();
    writer_.line("bool taken = false;");
    writer_.format("for (; progress.step < sizeof {}_order; ++progress.step) {{", pipeline_name(0));
    writer_.indent();
    writer_.format("const uint8_t layer = {}_order[progress.step];", pipeline_name(0));
    writer_.line("if (layer == 0 && taken) return false;  // it waits for the row after this one");
    writer_.line("taken = taken || layer == 0;");
    writer_.line("const int32_t y = progress.rows[layer]++;");
    print_switch(members, [&](int member) { return granule_text(instance(member)); });
    writer_.dedent();
    writer_.line("}");
    print_stages(1);
    writer_.line("return true;");
    writer_.dedent();
    writer_.line("}");
  }

  // Rows of the y-th granule.
  static std::string granule_text(const Instance& instance) {
    const int64_t granule = instance.needs.granule;
    if (granule == 1) return "y, y + 1";
    const std::string end = fmt::format("{0} * y + {0}", granule);
    if (instance.rows % granule == 0) return fmt::format("{} * y, {}", granule, end);
    return fmt::format("{0} * y, {1} < {2} ? {1} : {2}", granule, end, instance.rows);
  }

  void print_calls(const Stage& stage) {
    for (const RowStep& step : stage.prologue) writer_.line(step_text(step, false));
    if (stage.count > 0) {
      writer_.format("for (int32_t i = 0; i < {}; ++i) {{", stage.count);
      writer_.indent();
      for (const RowStep& step : stage.steady) writer_.line(step_text(step, true));
      writer_.dedent();
      writer_.line("}");
    }
    for (const RowStep& step : stage.epilogue) writer_.line(step_text(step, false));
  }

  std::string step_text(const RowStep& step, bool steady) const {
    if (step.reversed) return reversed_text(step);
    const auto row = [&](int64_t y) {
      if (!steady || step.advance == 0) return std::to_string(y);
      const int64_t by = std::abs(step.advance);
      const std::string times = by == 1 ? "i" : fmt::format("{} * i", by);
      if (step.advance > 0 && y == 0) return times;
      return fmt::format("{} {} {}", y, step.advance < 0 ? '-' : '+', times);
    };
    return call(step.instance, row(step.y0) + ", " + row(step.y1));
  }

  // Rows from the last to the first, so that the result may lie above its operand.
  std::string reversed_text(const RowStep& step) const {
    const int64_t granule = instance(step.instance).needs.granule;
    if (granule == 1)
      return fmt::format("for (int32_t y = {}; y-- > {};) {{ {} }}", step.y1, step.y0, call(step.instance, "y, y + 1"));
    std::string text;
    for (const RowStep& part : granules_of(instance(step.instance), step))
      text += (text.empty() ? "" : " ") + call(step.instance, fmt::format("{}, {}", part.y0, part.y1));
    return text;
  }

  TextWriter& writer_;
  const EmissionPlan& plan_;
};

}  // namespace

void print_schedule(TextWriter& writer, const EmissionPlan& plan) { SchedulePrinter(writer, plan).run(); }

}  // namespace tinyc
