// SPDX-License-Identifier: Apache-2.0
// What `tinyc accuracy` found, as data, and its printers (JSON: docs/report-schema.md).
#pragma once

#include <string>
#include <vector>

#include "compiler/quantizer/layer_accuracy.h"

namespace tinyc {

struct ComparedModel {
  std::string file;
  std::string sha256;
  std::string execution;  // what was computed, in words
};

// An output of the emitted code against the interpreter's, over all data sets.
struct EmittedOutput {
  std::string name;
  int64_t elements = 0;
  int64_t unequal = 0;
  double largest = 0;  // steps for integers, absolute for floats
  bool integer = false;
};

struct AccuracyReport {
  ComparedModel reference;
  ComparedModel executed;
  std::string target;
  std::vector<std::string> sets;
  std::vector<LayerAccuracy> layers;
  std::vector<UnmatchedLayer> only_in_reference;
  std::vector<UnmatchedLayer> only_in_executed;
  std::string not_run;  // why the emitted code was not run; empty if it was
  std::vector<EmittedOutput> emitted;
};

std::string accuracy_text(const AccuracyReport& report);
std::string accuracy_json(const AccuracyReport& report);
std::string accuracy_html(const AccuracyReport& report);

}  // namespace tinyc
