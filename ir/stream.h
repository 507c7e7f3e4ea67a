// SPDX-License-Identifier: Apache-2.0
// What a graph that is called again and again keeps from call to call.
#pragma once

#include <cstdint>
#include <vector>

#include "ir/tensor.h"

namespace tinyc::ir {

// State is explicit and functional: the graph's last inputs are the states as a call finds them, its last outputs, one
// for each of these inputs, the states as the call leaves them.
struct Stream {
  std::vector<Tensor> initial;  // per state, of its type: what reset gives
  int64_t frames = 0;           // along the streamed axis of each input, per call; 0: not a stream
  int64_t calls = 1;            // that take the frames of the model's own input
  int64_t first_output = 1;     // calls after a reset until outputs are those of the model
  bool whole_sequence = false;  // a sequence has frames * calls; else every window is one offline inference

  size_t states() const { return initial.size(); }
};

}  // namespace tinyc::ir
