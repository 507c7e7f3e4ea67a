// SPDX-License-Identifier: Apache-2.0
#include "compiler/support/text_writer.h"

#include "tests/unit/catch.h"

namespace tinyc {
namespace {

TEST_CASE("names cannot steer a terminal") {
  CHECK(printable("a\nb\x1b[31m\x7f") == "a\\x0ab\\x1b[31m\\x7f");
  CHECK(printable("a\n\tb\r", true) == "a\n\tb\\x0d");
  CHECK(printable("caf\xc3\xa9") == "caf\xc3\xa9");
}

TEST_CASE("names cannot end, nest or continue a comment") {
  CHECK(comment_text("a*/b") == "a* /b");
  CHECK(comment_text("*//") == "* / /");
  CHECK(comment_text("/*x") == "/ *x");
  CHECK(comment_text("?\?/") == "? ?/");
  CHECK(comment_text("end\\") == "end\\.");
  CHECK(comment_text("two\nlines") == "two\\x0alines");
}

}  // namespace
}  // namespace tinyc
