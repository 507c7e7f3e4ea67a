# SPDX-License-Identifier: Apache-2.0
# tinyc_test(<name> <label> command...): label quick (no emulator, seconds), emulated (QEMU) or slow (minutes).
# Exit status 77 means skipped.
function(tinyc_test name label)
  if(NOT label MATCHES "^(quick|emulated|slow)$")
    message(FATAL_ERROR "tinyc_test(${name}): label ${label}")
  endif()
  add_test(NAME "${name}" COMMAND ${ARGN})
  set_tests_properties("${name}" PROPERTIES LABELS "${label}" SKIP_RETURN_CODE 77 TIMEOUT 1800)
endfunction()
