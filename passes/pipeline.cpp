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
    {&cancel_quant_casts_pass, false, "every edge between quantised nodes carries two casts"},
    {&move_quantization_pass, true, "transposed weights and reshapes hide dequantize from the integer forms"},
    {&fold_constants_pass, false, "weights were dequantized before they were transposed"},
    {&cancel_quant_casts_pass, false, "casts have met at graph inputs and outputs"},
    {&fuse_activations_pass, true, "a relu between convolution and quantize becomes its clamp"},
    {&move_quantization_pass, true, "the relu has let quantize come to the transpose"},
    {&lower_qdq_pass, false, "everything that stood between them is out of the way"},
    {&fuse_activations_pass, true, "clamps on integers, found by lowering"},
    {&fold_dequantized_constants_pass, false, "no integer operator wants these constants any more"},
    {&eliminate_dead_code_pass, false, "what the passes before have replaced"},
    {&canonicalize_pass, true, "fewer forms for the layout to look at"},
    {&assign_layout_pass, false, "after lowering, so that weights are constants whose order is free"},
    {&canonicalize_pass, true, "transposes of axes of size 1, reshapes of reshapes"},
    {&fuse_activations_pass, true, "operators that a transpose kept apart"},
    {&eliminate_dead_code_pass, false, "constants in their old order"},
    {&eliminate_common_subexpressions_pass, true, "repeated nodes of the model, and constants made per use"},
};
}  // namespace

std::span<const PipelineRow> default_pipeline() { return kPipeline; }

}  // namespace tinyc
