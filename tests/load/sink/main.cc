#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <iostream>
#include <string>

#include "tests/load/sink/sink.h"

int main(int argc, char** argv) {
  std::uint16_t port = 0;
  std::string ca_file;
  CLI::App app(
      "load-sink: endpoints for benchmarks, on every address of the machine; prints its ports. See sink.h.");
  app.add_option("--port", port, "0: any");
  app.add_option("--ca-file", ca_file,
                 "serves TLS too, on two ports of its own: with session tickets and without; writes the "
                 "authority's certificate there");
  CLI11_PARSE(app, argc, argv);

  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);

  auto sink = webhook::load::Sink::Listen(port, ca_file);
  if (!sink) {
    std::cerr << "error: " << sink.error().message << "\n";
    return 1;
  }
  const auto& ports = (*sink)->ports();
  std::cout << ports.plain;
  if (!ca_file.empty()) std::cout << " " << ports.tls << " " << ports.tls_without_tickets;
  std::cout << std::endl;
  (*sink)->Run();
}
