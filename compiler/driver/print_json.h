// SPDX-License-Identifier: Apache-2.0
// JSON forms that several commands print.
#pragma once

#include "compiler/support/diagnostics.h"
#include "compiler/support/json.h"

namespace tinyc {

Json problems_json(const Diagnostics& diagnostics);

}  // namespace tinyc
