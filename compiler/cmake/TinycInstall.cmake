# SPDX-License-Identifier: Apache-2.0
# The package: for find_package(tinyc) from an install prefix, and from the build tree (-Dtinyc_DIR=<build>).
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/tinyc")
set(config_source "${PROJECT_SOURCE_DIR}/compiler/cmake/tinycConfig.cmake.in")

# Build tree: absolute places.
set(TINYC_STUBS "${PROJECT_SOURCE_DIR}/runtime-stubs")
set(TINYC_PROGRAM "${PROJECT_BINARY_DIR}/tinyc")
set(TINYC_CMAKE "${PROJECT_SOURCE_DIR}/compiler/cmake")
configure_package_config_file("${config_source}" "${PROJECT_BINARY_DIR}/tinycConfig.cmake"
  INSTALL_DESTINATION "${PROJECT_BINARY_DIR}" INSTALL_PREFIX "${PROJECT_BINARY_DIR}"
  PATH_VARS TINYC_STUBS TINYC_PROGRAM TINYC_CMAKE)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/tinycConfigVersion.cmake" COMPATIBILITY SameMinorVersion
  ARCH_INDEPENDENT)

# Installed: relative to the config file, so that the folder may be moved.
set(TINYC_STUBS "${CMAKE_INSTALL_DATADIR}/tinyc/runtime-stubs")
set(TINYC_PROGRAM "${CMAKE_INSTALL_BINDIR}/tinyc")
set(TINYC_CMAKE "${package_folder}")
configure_package_config_file("${config_source}" "${PROJECT_BINARY_DIR}/install/tinycConfig.cmake"
  INSTALL_DESTINATION "${package_folder}" PATH_VARS TINYC_STUBS TINYC_PROGRAM TINYC_CMAKE)
install(TARGETS tinyc RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(TARGETS tinyc_qemu_counter LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}/tinyc")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/runtime-stubs" DESTINATION "${CMAKE_INSTALL_DATADIR}/tinyc")
install(FILES "${PROJECT_BINARY_DIR}/install/tinycConfig.cmake" "${PROJECT_BINARY_DIR}/tinycConfigVersion.cmake"
  "${PROJECT_SOURCE_DIR}/compiler/cmake/TinycAddModel.cmake" DESTINATION "${package_folder}")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" "${PROJECT_SOURCE_DIR}/LICENSES/0BSD.txt"
  DESTINATION "${CMAKE_INSTALL_DOCDIR}")
