// SPDX-License-Identifier: Apache-2.0
// Vectors published with FIPS 180-4, and every length around a block's end against values from Python's hashlib.
#include "compiler/support/sha256.h"

#include "tests/unit/catch.h"

using tinyc::sha256_hex;

TEST_CASE("sha256 gives the published digests", "[sha256]") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256_hex("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmno"
                   "pqrstnopqrstu") == "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
  CHECK(sha256_hex(std::string(1000000, 'a')) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("sha256 pads every length", "[sha256]") {
  std::string digests;
  for (size_t length = 0; length <= 130; ++length)
    digests += sha256_hex(std::string(length, static_cast<char>(length)));
  // hashlib.sha256("".join(hashlib.sha256(bytes([n]) * n).hexdigest() for n in range(131)).encode()).hexdigest()
  CHECK(sha256_hex(digests) == "d0baea72526dad7349caefa1eb0367cdf14831720b58b6ab382f9386e8ad7be9");
}
