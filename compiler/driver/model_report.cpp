// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/model_report.h"

#include "backends/schedule/select_kernel.h"
#include "passes/leftovers.h"

namespace tinyc {

Report report_of(const CompiledModel& model, const Options& options) {
  Report report = make_report(model.emission, options.board, options.use);
  for (const FloatIsland& island : find_leftovers(*model.graph, has_kernel_on(*options.target)).float_islands) {
    report.float_layers.push_back(
        {island.op->result()->name, std::string(island.op->name()), island.op->origin, island.reason});
  }
  return report;
}

}  // namespace tinyc
