// SPDX-License-Identifier: Apache-2.0
// Runs the reader on bytes and keeps what it said.
#pragma once

#include "compiler/frontend/onnx_reader.h"
#include "tests/unit/frontend/wire.h"

namespace tinyc::test {

struct Reading {
  std::optional<ir::OnnxModel> model;
  std::string text;  // all diagnostics, rendered
  int errors = 0;
  Code code{};  // of the last error
};

inline Reading read(const std::string& bytes, std::optional<std::string> folder = std::nullopt) {
  Diagnostics diagnostics;
  Reading reading;
  reading.model = parse_onnx_model(bytes, "m.onnx", std::move(folder), diagnostics);
  for (const Diagnostic& one : diagnostics.all()) {
    reading.text += render(one, false);
    if (one.severity != Severity::error) continue;
    ++reading.errors;
    reading.code = one.code;
  }
  return reading;
}

inline Reading read(const Wire& wire) { return read(wire.text()); }

}  // namespace tinyc::test
