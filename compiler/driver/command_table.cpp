// SPDX-License-Identifier: Apache-2.0
// The commands, and the help made from both tables.
#include <fmt/format.h>

#include "compiler/driver/option_table.h"

namespace tinyc {
namespace {

constexpr CommandRow kCommands[] = {
    {Command::compile, "compile", "tinyc MODEL.onnx --target T [options]",
     "write NAME.h, NAME.cpp, NAME_test.cpp and NAME_report.{json,txt}",
     "Compiles a model to C++ for one core. All files are written, or none. The word `compile` may be left out.",
     "tinyc kws.onnx --target cortex-m4 -o gen\n"
     "tinyc kws.onnx --board arduino-nano-33-ble --name kws --golden kws/test_data_set_0 -o gen\n"
     "tinyc net.onnx --target cortex-m7 --ram 64K --dim batch=1 --io-layout rows\n"
     "tinyc wake=wake.onnx words=kws.onnx --share-workspace --target cortex-m4 -o gen\n"},
    {Command::check, "check", "tinyc check MODEL.onnx --target T|--board B [options]",
     "does it fit? operators, kernels, figures, all problems at once",
     "Says what the model needs and whether the target can do it. Writes no files.",
     "tinyc check kws.onnx --board nucleo-l4r5zi\n"
     "tinyc check kws.onnx --target cortex-m0 --ram 16K --flash 128K --json\n"},
    {Command::run, "run", "tinyc run MODEL.onnx --target T --input FILE... --output DIR [options]",
     "compile, build, run on inputs, write output_N.pb",
     "Runs on this machine for the target host, else in the emulator. Outputs are written as TensorProto, named as in "
     "the model.",
     "tinyc run kws.onnx --target host --input input_0.pb --output out\n"
     "tinyc run lstm.onnx --target cortex-m4 --input x.pb h.pb c.pb --output out\n"},
    {Command::verify, "verify", "tinyc verify MODEL.onnx --target T --data DIR... [options]",
     "the same, compared with recorded outputs",
     "Data folders have the layout of ONNX's backend tests: input_N.pb and output_N.pb, or test_data_set_K folders "
     "with "
     "them. Prints the largest difference per output and the first element that is too far off.",
     "tinyc verify kws/model.onnx --target cortex-m4 --data kws\n"
     "tinyc verify kws/model.onnx --target rv32imc --data kws/test_data_set_0 --accept index.json --json\n"
     "tinyc verify net.onnx --target host --data sets --rtol 1e-4 --atol 1e-6 --steps 1\n"},
    {Command::accuracy, "accuracy", "tinyc accuracy A.onnx [B.onnx] --data DIR... [options]",
     "how far the compiled model is from its floats, layer by layer",
     "One model: its integers after all passes against the floats that ONNX defines (QuantizeLinear and "
     "DequantizeLinear\n"
     "included). Two models: B as compiled against A, layers matched by their tensors' names. Per layer: "
     "signal-to-noise\n"
     "ratio, cosine, largest difference in real units and in steps of the quantisation, worst channel. The emitted "
     "code\n"
     "is run as well where a compiler for the target (default: host) is there.",
     "tinyc accuracy kws_int8.onnx --data kws_int8\n"
     "tinyc accuracy kws_float.onnx kws_int8.onnx --data kws_float/test_data_set_0 --json\n"},
    {Command::plan, "plan", "tinyc plan MODEL.onnx --target T [options]",
     "what RAM costs: schedules from the fastest to the smallest",
     "Prints, per schedule, the RAM, the weights and the estimated cycles; the one that compiling with the same "
     "options "
     "takes is marked. Each RAM figure is a planned and checked workspace that --ram accepts.",
     "tinyc plan kws.onnx --target cortex-m4\n"
     "tinyc plan kws.onnx --target cortex-m4 --io-layout rows --ram 8K --picture kws.svg\n"},
    {Command::bench, "bench", "tinyc bench MODEL.onnx|PROGRAM.elf --target T [--data DIR] [--per-layer] [options]",
     "instructions and modelled cycles of one inference, in the emulator",
     "Builds the emitted code, runs it in QEMU with a plugin that counts (instructions are exact), and prices the "
     "instructions with the core's cycle table: memory without wait states, low and high where the manuals leave room. "
     "Inputs come from --data, else from a fixed seed. Of an ELF program it counts the first call of --function.",
     "tinyc bench kws.onnx --target cortex-m4 --per-layer\n"
     "tinyc bench kws.onnx --target cortex-m0 -O3 --json\n"
     "tinyc bench program.elf --target cortex-m4 --function run_model\n"},
    {Command::ir, "ir", "tinyc ir MODEL.onnx [--after PASS] [options]", "print the graph",
     "Prints the graph after all passes, or after one. Constants with more than 16 elements are left out.",
     "tinyc ir kws.onnx\ntinyc ir kws.onnx --after import\ntinyc ir kws.onnx --after lower-qdq --target cortex-m4\n"},
    {Command::print_ops, "--print-ops", "tinyc --print-ops [--json]", "operators and the ONNX forms they come from", "",
     "tinyc --print-ops\n"},
    {Command::print_passes, "--print-passes", "tinyc --print-passes [--json]", "passes and their order, with reasons",
     "", "tinyc --print-passes\n"},
    {Command::print_targets, "--print-targets", "tinyc --print-targets [--json]", "cores and boards", "",
     "tinyc --print-targets\n"},
    {Command::print_kernels, "--print-kernels", "tinyc --print-kernels [--json]", "kernels by instruction set", "",
     "tinyc --print-kernels\n"},
    {Command::explain, "--explain", "tinyc --explain CODE", "what a diagnostic means", "", "tinyc --explain T0201\n"},
    {Command::explain_all, "--explain-all", "tinyc --explain-all", "what every diagnostic means", "",
     "tinyc --explain-all\n"},
    {Command::help, "--help", "tinyc --help, tinyc COMMAND --help", "this text, or about one command", "",
     "tinyc verify --help\n"},
    {Command::version, "--version", "tinyc --version", "the version", "", "tinyc --version\n"},
};

constexpr std::string_view kExitStatus =
    "Exit status: 0 done, 1 the model or the call was refused, 2 verify found differences, 70 a bug of tinyc.\n";

constexpr OptionGroup kGroups[] = {OptionGroup::target,     OptionGroup::model, OptionGroup::output, OptionGroup::data,
                                   OptionGroup::comparison, OptionGroup::build, OptionGroup::passes};

std::string signature(const OptionRow& row) {
  std::string text = row.short_name.empty() ? std::string(row.name) : fmt::format("{}, {}", row.short_name, row.name);
  if (!row.value.empty()) text += fmt::format(" {}{}", row.value, row.many ? "..." : "");
  return text;
}

std::string options_text(CommandSet commands) {
  std::string text;
  for (const OptionGroup group : kGroups) {
    std::string rows;
    for (const OptionRow& row : option_table()) {
      if (row.group == group && (row.commands & commands))
        rows += fmt::format("  {:<24} {}\n", signature(row), row.help);
    }
    if (!rows.empty()) text += fmt::format("\n{}\n{}", option_group_title(group), rows);
  }
  return text;
}

std::string indented(std::string_view lines) {
  std::string text;
  while (!lines.empty()) {
    const size_t end = lines.find('\n');
    text += "  " + std::string(lines.substr(0, end + 1));
    lines.remove_prefix(end + 1);
  }
  return text;
}

std::string general_help() {
  std::string text = "tinyc - ONNX models to C++ for microcontrollers\n\nCommands\n";
  for (const CommandRow& row : kCommands) text += fmt::format("  {}\n      {}\n", row.usage, row.summary);
  text += options_text(kOnModels) + "\nExamples\n";
  for (const Command command : {Command::compile, Command::check, Command::verify}) {
    text += indented(command_row(command).examples);
  }
  return text + "\n" + std::string(kExitStatus);
}

}  // namespace

std::span<const CommandRow> command_table() { return kCommands; }

const CommandRow* find_command(std::string_view name) {
  if (name == "-h") name = "--help";
  for (const CommandRow& row : kCommands) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

const CommandRow& command_row(Command command) { return kCommands[static_cast<size_t>(command)]; }

std::string help_text(Command about) {
  if (about == Command::help) return general_help();
  const CommandRow& row = command_row(about);
  std::string text = fmt::format("{}\n  {}\n", row.usage, row.summary);
  if (!row.doc.empty()) text += fmt::format("\n{}\n", row.doc);
  return text + options_text(only(about)) + "\nExamples\n" + indented(row.examples) + "\n" + std::string(kExitStatus);
}

}  // namespace tinyc
