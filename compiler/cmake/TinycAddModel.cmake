# SPDX-License-Identifier: Apache-2.0
# tinyc_add_model(<library> MODEL m.onnx (TARGET <core> | BOARD <board>) [NAME n] [TUNE file] [OPTIONS ...] [DEPENDS file...])
#
# Generates n.h and n.cpp from a model at build time and compiles them into the static library <library>, whose users can
# include "n.h". Generated again when the model, a file named by DEPENDS (external weights, golden data) or tinyc changes.
#   NAME     prefix of the interface; default: <library> as a C identifier
#   TUNE     choose kernels by their machine code (--tune); the file keeps what was found, and may be committed. Needs the core's
#            GNU compiler; pass the flags of your build with OPTIONS -O 3 --cflag ..., since they decide
#   OPTIONS  any other option of `tinyc --help`, e.g. OPTIONS --io-place caller --golden data
# Properties of <library>: TINYC_FOLDER (where the generated files lie), TINYC_TEST_SOURCE (n_test.cpp, the golden test),
# TINYC_REPORT (n_report.txt). Compile flags of the core come from your toolchain file: code generated for another core
# than the one it is compiled for stops with an #error.
function(tinyc_add_model library)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "MODEL;TARGET;BOARD;NAME;TUNE" "OPTIONS;DEPENDS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "tinyc_add_model(${library}): unknown arguments ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_MODEL)
    message(FATAL_ERROR "tinyc_add_model(${library}): no MODEL given")
  endif()
  if(NOT arg_TARGET AND NOT arg_BOARD)
    message(FATAL_ERROR "tinyc_add_model(${library}): give TARGET or BOARD (tinyc --print-targets lists them)")
  endif()
  if(NOT arg_NAME)
    string(MAKE_C_IDENTIFIER "${library}" arg_NAME)
  endif()
  set(files "")
  foreach(file IN LISTS arg_MODEL arg_DEPENDS)
    cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" NORMALIZE)
    list(APPEND files "${file}")
  endforeach()
  list(GET files 0 model)
  set(core "")
  if(arg_TARGET)
    list(APPEND core --target "${arg_TARGET}")
  endif()
  if(arg_BOARD)
    list(APPEND core --board "${arg_BOARD}")
  endif()

  set(tune "")
  if(arg_TUNE)
    cmake_path(ABSOLUTE_PATH arg_TUNE BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" NORMALIZE)
    set(tune --tune --tune-cache "${arg_TUNE}")
  endif()

  set(folder "${CMAKE_CURRENT_BINARY_DIR}/${library}.tinyc")
  set(prefix "${folder}/${arg_NAME}")
  add_custom_command(
    OUTPUT "${prefix}.h" "${prefix}.cpp" "${prefix}_test.cpp" "${prefix}_report.json" "${prefix}_report.txt"
    COMMAND tinyc::tinyc "${model}" ${core} --name "${arg_NAME}" -o "${folder}" ${tune} ${arg_OPTIONS}
    DEPENDS tinyc::tinyc ${files}
    WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
    COMMENT "tinyc: ${arg_NAME} from ${arg_MODEL}"
    VERBATIM)
  add_library(${library} STATIC "${prefix}.h" "${prefix}.cpp")
  target_include_directories(${library} PUBLIC "${folder}")
  target_compile_features(${library} PUBLIC cxx_std_17)
  set_source_files_properties("${prefix}_test.cpp" PROPERTIES GENERATED TRUE)
  set_target_properties(${library} PROPERTIES TINYC_FOLDER "${folder}" TINYC_TEST_SOURCE "${prefix}_test.cpp"
    TINYC_REPORT "${prefix}_report.txt")
endfunction()
