// SPDX-License-Identifier: Apache-2.0
// The order of the passes, each with its reason.
#include "passes/pass.h"

namespace tinyc {

#define TINYC_ENTRY(name) extern const PassDef name##_pass;
#include "passes/all_passes.inc"
#undef TINYC_ENTRY

namespace {
constexpr PipelineRow kPipeline[] = {
    {&fold_constants_pass, false, "importers leave arithmetic on constants behind"},
    {&eliminate_dead_code_pass, false, "unused outputs, dead branches and shape arithmetic"},
};
}  // namespace

std::span<const PipelineRow> default_pipeline() { return kPipeline; }

}  // namespace tinyc
