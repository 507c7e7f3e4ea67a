// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/print_json.h"

namespace tinyc {

Json problems_json(const Diagnostics& diagnostics) {
  Json list = Json::array();
  for (const Diagnostic& problem : diagnostics.all()) {
    list.push_back({{"code", code_info(problem.code).name},
                    {"severity", problem.severity == Severity::error ? "error" : "note"},
                    {"node", problem.where.node},
                    {"op", problem.where.op},
                    {"tensor", problem.where.tensor},
                    {"message", problem.message},
                    {"notes", problem.notes},
                    {"help", problem.help}});
  }
  return list;
}

}  // namespace tinyc
