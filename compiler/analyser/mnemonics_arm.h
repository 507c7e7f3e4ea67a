// SPDX-License-Identifier: Apache-2.0
// Instructions of Thumb that the analyser computes or follows, by their mnemonics.
#pragma once

#include <string_view>

#include "compiler/analyser/operation.h"

namespace tinyc {

struct MnemonicRow {
  std::string_view word;
  Op op;
  uint8_t width = 4;
  bool is_signed = false;
};

// nullptr: not one of them.
const MnemonicRow* mnemonic_row(std::string_view word);

}  // namespace tinyc
