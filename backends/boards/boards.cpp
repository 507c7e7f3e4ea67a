// SPDX-License-Identifier: Apache-2.0
// The table of boards, made from boards.list: the build turns each line NAME into TINYC_ENTRY(NAME) in
// all_boards.inc. Objects that register themselves would be dropped from a static library.
#include <algorithm>

#include "backends/target.h"

namespace tinyc {
namespace boards {

#define TINYC_ENTRY(name) extern const Board name;
#include "backends/boards/all_boards.inc"
#undef TINYC_ENTRY

}  // namespace boards

namespace {

constexpr const Board* kBoards[] = {
#define TINYC_ENTRY(name) &boards::name,
#include "backends/boards/all_boards.inc"
#undef TINYC_ENTRY
};

}  // namespace

std::span<const Board* const> all_boards() { return kBoards; }

const Board* find_board(std::string_view name) {
  const auto* found =
      std::ranges::find(kBoards, name, [](const Board* board) { return std::string_view(board->name); });
  return found == std::end(kBoards) ? nullptr : *found;
}

}  // namespace tinyc
