# webhook_module(): one static library and one unit-test executable for each folder of code.
#
#   webhook_module(NAME core SRCS a.cc TESTS a_test.cc DEPS x PRIVATE_DEPS y)
#
# makes webhook_core (alias webhook::core), and core_test with label `unit` where TESTS are named.
# DEPS and PRIVATE_DEPS are modules (`core`) or any CMake target with `::` in its name.

add_library(webhook_flags INTERFACE)
target_compile_features(webhook_flags INTERFACE cxx_std_20)
target_include_directories(webhook_flags INTERFACE ${PROJECT_SOURCE_DIR}/libs ${PROJECT_SOURCE_DIR})
target_compile_options(
  webhook_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Werror)

target_compile_definitions(webhook_flags INTERFACE WEBHOOK_VERSION="${PROJECT_VERSION}")

option(WEBHOOK_SANITIZE "address,undefined or thread; empty: none" "")
if(WEBHOOK_SANITIZE)
  add_compile_options(-fsanitize=${WEBHOOK_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${WEBHOOK_SANITIZE})
  # GCC's sanitizers raise false maybe-uninitialized warnings inside the standard library.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(webhook_flags INTERFACE -Wno-maybe-uninitialized)
  endif()
  if(WEBHOOK_SANITIZE STREQUAL "thread")
    # Asio's fences stand beside locks that the sanitizer does see.
    target_compile_options(webhook_flags INTERFACE -Wno-tsan)
  endif()
endif()

find_program(WEBHOOK_MOLD mold)
if(WEBHOOK_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

set_property(GLOBAL PROPERTY WEBHOOK_SOURCES "")

# What ./dev test builds of a preset under which not all is run.
add_custom_target(unit_tests)
add_custom_target(integration_tests)

function(webhook_claim_sources)
  foreach(source IN LISTS ARGN)
    set_property(GLOBAL APPEND PROPERTY WEBHOOK_SOURCES ${CMAKE_CURRENT_SOURCE_DIR}/${source})
  endforeach()
endfunction()

function(webhook_targets out)
  set(result "")
  foreach(dep IN LISTS ARGN)
    if(dep MATCHES "::")
      list(APPEND result ${dep})
    else()
      list(APPEND result webhook::${dep})
    endif()
  endforeach()
  set(${out} ${result} PARENT_SCOPE)
endfunction()

function(webhook_module)
  cmake_parse_arguments(M "" "NAME" "SRCS;TESTS;DEPS;PRIVATE_DEPS;TEST_DEPS" ${ARGN})
  webhook_claim_sources(${M_SRCS} ${M_TESTS})
  webhook_targets(deps ${M_DEPS})
  webhook_targets(private_deps ${M_PRIVATE_DEPS})
  webhook_targets(test_deps ${M_TEST_DEPS})
  if(M_SRCS)
    add_library(webhook_${M_NAME} STATIC ${M_SRCS})
    target_link_libraries(webhook_${M_NAME} PUBLIC ${deps} PRIVATE webhook_flags ${private_deps})
  else()
    add_library(webhook_${M_NAME} INTERFACE)
    target_link_libraries(webhook_${M_NAME} INTERFACE ${deps} ${private_deps})
  endif()
  add_library(webhook::${M_NAME} ALIAS webhook_${M_NAME})
  if(M_TESTS)
    add_executable(${M_NAME}_test ${M_TESTS})
    target_link_libraries(${M_NAME}_test PRIVATE webhook_flags webhook::${M_NAME} ${private_deps} ${test_deps} GTest::gmock_main)
    add_dependencies(unit_tests ${M_NAME}_test)
    add_test(NAME unit.${M_NAME} COMMAND ${M_NAME}_test)
    set_tests_properties(unit.${M_NAME} PROPERTIES LABELS unit TIMEOUT 120)
  endif()
endfunction()

# An executable of ours: webhook_binary(NAME x SRCS main.cc DEPS …).
function(webhook_binary)
  cmake_parse_arguments(M "" "NAME" "SRCS;DEPS" ${ARGN})
  webhook_claim_sources(${M_SRCS})
  webhook_targets(deps ${M_DEPS})
  add_executable(${M_NAME} ${M_SRCS})
  target_link_libraries(${M_NAME} PRIVATE webhook_flags ${deps})
  set_target_properties(${M_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
endfunction()

# A source that no target builds is a configure error: a forgotten _test.cc must not look green.
function(webhook_refuse_forgotten_sources)
  file(GLOB_RECURSE all ${PROJECT_SOURCE_DIR}/libs/*.cc ${PROJECT_SOURCE_DIR}/services/*.cc
       ${PROJECT_SOURCE_DIR}/tools/*.cc ${PROJECT_SOURCE_DIR}/tests/*.cc)
  get_property(claimed GLOBAL PROPERTY WEBHOOK_SOURCES)
  list(REMOVE_ITEM all ${claimed})
  list(FILTER all EXCLUDE REGEX "/node_modules/")
  if(all)
    list(JOIN all "\n  " text)
    message(FATAL_ERROR "No target builds these sources; name them in a webhook_module():\n  ${text}")
  endif()
endfunction()
