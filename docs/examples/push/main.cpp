// SPDX-License-Identifier: 0BSD
// A front end makes one frame of features after the other; each goes into the model at once. Then the same frames as a
// whole, which must give the same scores.
#include <algorithm>
#include <cstdio>
#include <cstring>

#include "keyword.h"
#include "keyword_whole.h"

namespace {

constexpr int kFrames = KEYWORD_WHOLE_INPUT_0_ELEMENTS / KEYWORD_ROW_ELEMENTS;

// Stands for a microphone and a filter bank.
void next_frame(int frame, int8_t* features) {
  for (int i = 0; i < KEYWORD_ROW_ELEMENTS; ++i) features[i] = static_cast<int8_t>((37 * frame + 11 * i) % 256 - 128);
}

alignas(KEYWORD_WORKSPACE_ALIGN) unsigned char workspace[KEYWORD_WORKSPACE_BYTES];
alignas(KEYWORD_WHOLE_WORKSPACE_ALIGN) unsigned char whole_workspace[KEYWORD_WHOLE_WORKSPACE_BYTES];

}  // namespace

int main() {
  int8_t features[KEYWORD_ROW_ELEMENTS] = {};
  if (keyword_push_row(features, workspace) != KEYWORD_OUT_OF_ORDER) return 1;  // nothing has begun

  if (keyword_begin(workspace) != KEYWORD_OK) return 2;
  int frame = 0;
  int status = KEYWORD_OK;
  while (status == KEYWORD_OK) {
    next_frame(frame++, features);
    status = keyword_push_row(features, workspace);
  }
  if (status != KEYWORD_READY || frame != KEYWORD_PUSH_ROWS) return 3;
  const int8_t* scores = keyword_output_0(workspace);

  int8_t input[KEYWORD_WHOLE_INPUT_0_ELEMENTS];
  for (int i = 0; i < kFrames; ++i) next_frame(i, input + i * KEYWORD_ROW_ELEMENTS);
  int8_t expected[KEYWORD_WHOLE_OUTPUT_0_ELEMENTS];
  if (keyword_whole_infer(input, expected, whole_workspace) != KEYWORD_WHOLE_OK) return 4;
  if (std::memcmp(scores, expected, sizeof expected) != 0) return 5;

  const auto best = std::max_element(scores, scores + KEYWORD_OUTPUT_0_ELEMENTS) - scores;
  std::printf("keyword %d after %d frames, in %d bytes instead of %d\n", static_cast<int>(best), frame,
              KEYWORD_WORKSPACE_BYTES, KEYWORD_WHOLE_WORKSPACE_BYTES);
}
