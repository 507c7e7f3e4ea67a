// SPDX-License-Identifier: Apache-2.0
// ONNX operators that are no operators of the IR: shape arithmetic that folds away, and pure decompositions.
#pragma once

#include <span>

#include "ir/op_def.h"

namespace tinyc::ir {

std::span<const OnnxRule> attention_rules();   // attention_rules.cpp: Attention, RotaryEmbedding, ...
std::span<const OnnxRule> container_rules();   // container_rules.cpp: SequenceAt, SplitToSequence, Optional, ...
std::span<const OnnxRule> control_rules();     // control_rules.cpp: If, Loop, Scan
std::span<const OnnxRule> einsum_rules();      // einsum_rules.cpp
std::span<const OnnxRule> index_rules();       // index_rules.cpp: OneHot, GatherND, Trilu, ...
std::span<const OnnxRule> legacy_rules();      // legacy_rules.cpp: arithmetic before opset 7
std::span<const OnnxRule> loss_rules();        // loss_rules.cpp
std::span<const OnnxRule> ml_feature_rules();  // ml_feature_rules.cpp: Scaler, LabelEncoder, ...
std::span<const OnnxRule> ml_linear_rules();   // ml_linear_rules.cpp: linear models, support vector machines
std::span<const OnnxRule> ml_tree_rules();     // ml_tree_rules.cpp
std::span<const OnnxRule> movement_rules();    // movement_rules.cpp: Tile, DepthToSpace, ...
std::span<const OnnxRule> normalize_rules();   // normalize_rules.cpp: BatchNormalization, ...
std::span<const OnnxRule> pool_index_rules();  // pool_index_rules.cpp: MaxUnpool
std::span<const OnnxRule> random_rules();      // random_rules.cpp: RandomUniform, Bernoulli, ...
std::span<const OnnxRule> sequence_rules();    // sequence_rules.cpp: LinearAttention, CausalConvWithState, ...
std::span<const OnnxRule> shape_rules();       // shape_rules.cpp: Shape, Size, Range, ...
std::span<const OnnxRule> signal_rules();      // signal_rules.cpp: DFT, STFT, windows
std::span<const OnnxRule> window_rules();      // window_rules.cpp: LpPool, LRN, Col2Im, ...

// The rules of all operators and of the tables above.
std::vector<const OnnxRule*> all_onnx_rules();
// The rule for an operator of that domain at that opset version, or nullptr.
const OnnxRule* find_onnx_rule(std::string_view domain, std::string_view op_type, int64_t opset);
// What is supported that comes nearest to an operator without a rule: other opsets, another domain, other letter case.
std::string nearest_onnx_rules(std::string_view domain, std::string_view op_type);

}  // namespace tinyc::ir
