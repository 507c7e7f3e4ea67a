// SPDX-License-Identifier: 0BSD
// Classifies held-out handwritten digits (8 x 8 pixels, 0 to 16) and counts the right answers.
#include <stdint.h>

#include "digits.h"
#include "images.h"
#include "platform.h"

namespace {

alignas(DIGITS_WORKSPACE_ALIGN) uint8_t workspace[DIGITS_WORKSPACE_BYTES];

void print(uint32_t number) {
  char text[11] = {};
  char* at = text + 10;
  do *--at = static_cast<char>('0' + number % 10);
  while ((number /= 10) != 0);
  platform_print(at);
}

// The input is written where the model reads it, and the result read where the model leaves it: nothing is copied.
int classify(const uint8_t* pixels) {
  float* input = digits_input_0(workspace);
  for (int i = 0; i < DIGITS_INPUT_0_ELEMENTS; ++i) input[i] = static_cast<float>(pixels[i]);
  if (digits_infer(nullptr, nullptr, workspace) != DIGITS_OK) return -1;
  const float* scores = digits_output_0(workspace);
  int best = 0;
  for (int i = 1; i < DIGITS_OUTPUT_0_ELEMENTS; ++i) {
    if (scores[i] > scores[best]) best = i;
  }
  return best;
}

}  // namespace

int main() {
  uint32_t right = 0;
  char line[] = "true 0  predicted 0 \n";
  for (int i = 0; i < kImages; ++i) {
    const int answer = classify(images[i]);
    if (answer < 0) return 1;
    const bool is_right = answer == labels[i];
    right += is_right ? 1 : 0;
    line[5] = static_cast<char>('0' + labels[i]);
    line[18] = static_cast<char>('0' + answer);
    line[19] = is_right ? ' ' : '!';
    platform_print(line);
  }
  print(right);
  platform_print(" of ");
  print(kImages);
  platform_print(" held-out digits are right\n");
  return right * 10 >= kImages * 9 ? 0 : 2;
}
