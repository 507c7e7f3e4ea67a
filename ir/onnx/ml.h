// SPDX-License-Identifier: Apache-2.0
// What classifiers and regressors of ai.onnx.ml share.
#pragma once

#include "ir/onnx/formula.h"

namespace tinyc::ir {

// A list attribute as a tensor of one axis, or of the shape given.
Term reals_term(OnnxImporter& importer, const std::vector<double>& values, Shape shape = {});

// The input as f32 [samples, features]; one axis is one sample. No value after an error.
Term sample_input(OnnxImporter& importer);

// post_transform of scores [samples, classes or targets].
Term post_transformed(OnnxImporter& importer, Term scores);

// How many classes classlabels_* names; 0 if there are none.
int64_t class_count(OnnxImporter& importer, std::string_view integers, std::string_view strings);
// Output 0 from the class numbers [samples]: the model's integer labels, or the numbers themselves for strings.
void set_labels(OnnxImporter& importer, Term classes, std::string_view integers, std::string_view strings);
// The number of the largest score per sample, [samples].
Term best_class(Term scores);
// 0 or 1 by a condition [samples, 1].
Term class_if(Term condition);

}  // namespace tinyc::ir
