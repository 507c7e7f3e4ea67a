// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "compiler/driver/commands.h"
#include "compiler/driver/compile_model.h"
#include "ir/print.h"

namespace tinyc {

int command_ir(const Options& options, Diagnostics& diagnostics) {
  const std::optional<LoadedModel> model = load_model(options, diagnostics);
  if (!model) return 1;
  fmt::print("{}", ir::print(*model->graph, {.largest_constant = 16}));
  return 0;
}

}  // namespace tinyc
