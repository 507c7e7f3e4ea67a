// SPDX-License-Identifier: Apache-2.0
// The order of the passes, each with its reason.
#include "passes/pass.h"

namespace tinyc {

#define TINYC_ENTRY(name) extern const PassDef name##_pass;
#include "passes/all_passes.inc"
#undef TINYC_ENTRY

namespace {
constexpr PipelineRow kPipeline[] = {
    // What the exporter and the importer left behind.
    {&fold_constants_pass, false, "arithmetic on constants; shapes, scales and transposed weights"},
    {&single_precision_pass, false, "constants are folded in their own precision first"},
    {&cancel_quant_casts_pass, false, "every edge between quantised nodes carries two casts"},
    {&move_quantization_pass, true, "transposed weights and reshapes hide dequantize from the integer forms"},
    {&fold_constants_pass, false, "weights were dequantized before they were transposed"},
    {&cancel_quant_casts_pass, false, "casts have met at graph inputs and outputs"},
    {&eliminate_dead_code_pass, false, "what others read decides what can be fused"},
    {&canonicalize_pass, true, "fewer forms for the passes below to look at"},
    {&assign_layout_pass, false, "transposes between a layer and its bias, scale, activation or quantize go"},
    {&canonicalize_pass, true, "reshapes of reshapes, where a transpose was in between"},
    // Whole operators out of pieces.
    {&fuse_matmul_bias_pass, true, "dense layers are exported as product and sum"},
    {&recognize_activations_pass, true, "before the factor of a spelled-out hard swish goes into the next layer"},
    {&fold_scales_pass, true, "batch normalisation and input normalisation"},
    {&fuse_activations_pass, true, "a relu between convolution and quantize becomes its clamp"},
    // Integers.
    {&move_quantization_pass, true, "fusing has let quantize come to the transpose"},
    {&fold_constants_pass, false, "biases that were reshaped as dequantized constants"},
    {&lower_qdq_pass, false, "everything that stood between dequantize, operator and quantize is out of the way"},
    {&fuse_activations_pass, true, "clamps on integers, found by lowering"},
    {&keep_quantized_weights_pass, false, "layers that stay in float, before their weights become float constants"},
    {&fold_dequantized_constants_pass, false, "no integer operator wants these constants any more"},
    {&eliminate_dead_code_pass, false, "the float operators that were lowered"},
    // Memory.
    {&canonicalize_pass, true, "fewer forms for the layout to look at"},
    {&assign_layout_pass, false, "again: weights are constants now, so flattening can go into them"},
    {&view_transposes_pass, false, "one channel or one position: nothing to move"},
    {&canonicalize_pass, true, "reshapes of reshapes, where a transpose was in between"},
    {&fold_pads_pass, true, "pad and convolution are in one layout now"},
    {&fuse_activations_pass, true, "operators that a transpose kept apart"},
    {&eliminate_dead_code_pass, false, "constants in their old order"},
    {&eliminate_common_subexpressions_pass, true, "repeated nodes of the model, and constants made per use"},
    {&tflite_rounding_pass, false, "no other pass has to know of a second arithmetic"},
    {&remove_constant_channels_pass, false, "which channels are constant depends on the rounding"},
};
}  // namespace

std::span<const PipelineRow> default_pipeline() { return kPipeline; }

}  // namespace tinyc
