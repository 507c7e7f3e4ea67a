// SPDX-License-Identifier: Apache-2.0
// --share-workspace: several models that run one after the other in one workspace, as large as the largest of theirs.
// Each keeps its own state. Exit codes as of the commands.
#pragma once

#include "compiler/driver/options.h"

namespace tinyc {

// Writes the files of every model, and NAME.h and NAME_report.json about all.
int compile_together(const Options& options, Diagnostics& diagnostics);

// Writes nothing.
int check_together(const Options& options, Diagnostics& diagnostics);

}  // namespace tinyc
