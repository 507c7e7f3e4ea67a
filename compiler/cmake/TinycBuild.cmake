# SPDX-License-Identifier: Apache-2.0
# Compiler settings and the helpers that turn lists of names into sources.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS ON)  # __int128
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE OFF)

# ccache where there is one. Precompiled headers need the sloppiness and the flag to be cached; the base folder lets other
# clones of the project use the same entries.
find_program(TINYC_CCACHE ccache)
if(TINYC_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros
    "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" "${TINYC_CCACHE}")
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-fpch-preprocess)
  endif()
endif()

add_library(tinyc_options INTERFACE)
target_include_directories(tinyc_options INTERFACE "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}/generated")
target_compile_options(tinyc_options INTERFACE -Wall -Wextra -Wconversion -Wshadow -Werror=return-type)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 and 13 warn falsely about std::string (GCC bug 105651).
  target_compile_options(tinyc_options INTERFACE -Wno-restrict -Wno-array-bounds)
endif()
if(TINYC_SANITIZE)
  target_compile_options(tinyc_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(tinyc_options INTERFACE -fsanitize=address,undefined)
endif()
if(TINYC_FUZZ)
  target_compile_options(tinyc_options INTERFACE -fsanitize=fuzzer-no-link,address,undefined)
  target_link_options(tinyc_options INTERFACE -fsanitize=address,undefined)
endif()

# Release means -O2: -O3 costs a third more build time and gains nothing here.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

# Headers that nearly every source of a library includes, parsed once.
function(tinyc_precompile target)
  target_precompile_headers(${target} PRIVATE <algorithm> <cmath> <functional> <map> <memory> <optional> <set> <span>
                            <string> <string_view> <utility> <variant> <vector> <fmt/format.h> ${ARGN})
endfunction()

# Reads a list file: one name per line, '#' comments. Reconfigures when it changes.
function(tinyc_read_list file out)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
  file(STRINGS "${file}" lines)
  set(names "")
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "#.*" "" line "${line}")
    string(STRIP "${line}" line)
    if(line)
      list(APPEND names "${line}")
    endif()
  endforeach()
  set(${out} "${names}" PARENT_SCOPE)
endfunction()

# Writes generated/<path> with TINYC_ENTRY(name) lines for an X-macro include.
function(tinyc_write_entries path)
  set(text "")
  foreach(name IN LISTS ARGN)
    string(APPEND text "TINYC_ENTRY(${name})\n")
  endforeach()
  file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/generated/${path}" CONTENT "${text}" @ONLY)
endfunction()
