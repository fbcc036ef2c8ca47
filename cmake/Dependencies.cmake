# Every third-party package of the platform. All but three come from Debian's packages: librdkafka is built from
# pinned source by `./dev setup` (docs/adr/0005), and the headers of jsoncons (docs/adr/0012) and the dashboard's modules (docs/adr/0020) are fetched by it.

find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(cpprestsdk CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(simdjson CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(fmt CONFIG REQUIRED)
find_package(GTest REQUIRED)
find_package(Boost REQUIRED)
# Beast 1.74 asserts of strangers' bytes what it does not need: that the last chunk of a body comes in one piece
# (basic_parser.ipp, parse_chunk_header). No endpoint and no client may end a process.
target_compile_definitions(Boost::headers INTERFACE BOOST_DISABLE_ASSERTS)
find_package(ZLIB REQUIRED)

find_package(PkgConfig REQUIRED)
pkg_check_modules(PQXX REQUIRED IMPORTED_TARGET libpqxx libpq)
pkg_check_modules(IDN2 REQUIRED IMPORTED_TARGET libidn2)
pkg_check_modules(URIPARSER REQUIRED IMPORTED_TARGET liburiparser)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(CARES REQUIRED IMPORTED_TARGET libcares)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(JEMALLOC REQUIRED IMPORTED_TARGET jemalloc)
# The services' allocator (docs/adr/0021); sanitizers bring their own.
add_library(webhook_allocator INTERFACE)
add_library(webhook::allocator ALIAS webhook_allocator)
if(NOT WEBHOOK_SANITIZE)
  target_link_libraries(webhook_allocator INTERFACE PkgConfig::JEMALLOC)
endif()

set(WEBHOOK_RDKAFKA_ROOT "${PROJECT_SOURCE_DIR}/.dev/deps/librdkafka" CACHE PATH "Prefix with librdkafka.a and its headers")
if(NOT EXISTS ${WEBHOOK_RDKAFKA_ROOT}/lib/librdkafka.a)
  message(FATAL_ERROR "librdkafka is not at ${WEBHOOK_RDKAFKA_ROOT}; run ./dev setup first")
endif()
set(WEBHOOK_JSONCONS_ROOT "${PROJECT_SOURCE_DIR}/.dev/deps/jsoncons" CACHE PATH "Prefix with the headers of jsoncons")
if(NOT EXISTS ${WEBHOOK_JSONCONS_ROOT}/include/jsoncons/json.hpp)
  message(FATAL_ERROR "jsoncons is not at ${WEBHOOK_JSONCONS_ROOT}; run ./dev setup first")
endif()
set(WEBHOOK_DASHBOARD_MODULES_ROOT "${PROJECT_SOURCE_DIR}/.dev/deps/dashboard" CACHE PATH "Prefix with the dashboard's node_modules")
if(NOT EXISTS ${WEBHOOK_DASHBOARD_MODULES_ROOT}/stamp)
  message(FATAL_ERROR "The dashboard's modules are not at ${WEBHOOK_DASHBOARD_MODULES_ROOT}; run ./dev setup first")
endif()
add_library(jsoncons::jsoncons INTERFACE IMPORTED GLOBAL)
set_target_properties(jsoncons::jsoncons PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${WEBHOOK_JSONCONS_ROOT}/include)
add_library(rdkafka::rdkafka STATIC IMPORTED GLOBAL)
set_target_properties(
  rdkafka::rdkafka PROPERTIES IMPORTED_LOCATION ${WEBHOOK_RDKAFKA_ROOT}/lib/librdkafka.a
                              INTERFACE_INCLUDE_DIRECTORIES ${WEBHOOK_RDKAFKA_ROOT}/include)
target_link_libraries(rdkafka::rdkafka INTERFACE OpenSSL::SSL OpenSSL::Crypto ZLIB::ZLIB PkgConfig::ZSTD Threads::Threads dl rt m)
