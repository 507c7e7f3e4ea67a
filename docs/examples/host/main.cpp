// SPDX-License-Identifier: 0BSD
// Reads an 8 x 8 drawing from standard input ('#' is ink, '+' half ink) and says which digit it is.
#include <algorithm>
#include <cstdio>

#include "digits.h"

int main() {
  float pixels[DIGITS_INPUT_0_ELEMENTS] = {};
  char line[80];
  for (int y = 0; y < 8 && std::fgets(line, sizeof line, stdin); ++y) {
    for (int x = 0; x < 8 && line[x] != '\n' && line[x] != 0; ++x) {
      pixels[8 * y + x] = line[x] == '#' ? 16.0f : line[x] == '+' ? 8.0f : 0.0f;
    }
  }
  alignas(DIGITS_WORKSPACE_ALIGN) static unsigned char workspace[DIGITS_WORKSPACE_BYTES];
  float scores[DIGITS_OUTPUT_0_ELEMENTS];
  if (digits_infer(pixels, scores, workspace) != DIGITS_OK) return 1;
  std::printf("this is a %d\n", static_cast<int>(std::max_element(scores, scores + DIGITS_OUTPUT_0_ELEMENTS) - scores));
}
