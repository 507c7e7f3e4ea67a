// SPDX-License-Identifier: Apache-2.0
// run_layers(), or push_row() where rows are pushed: calls of the layers in the order of the program.
#pragma once

#include "backends/emit/emission_plan.h"
#include "compiler/support/text_writer.h"

namespace tinyc {

void print_schedule(TextWriter& writer, const EmissionPlan& plan);

}  // namespace tinyc
