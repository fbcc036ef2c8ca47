#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <iostream>

#include "tests/load/sink/sink.h"

int main(int argc, char** argv) {
  std::uint16_t port = 0;
  CLI::App app(
      "load-sink: endpoints for benchmarks, on every address of the machine; prints its port. See sink.h.");
  app.add_option("--port", port, "0: any");
  CLI11_PARSE(app, argc, argv);

  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);

  auto sink = webhook::load::Sink::Listen(port);
  if (!sink) {
    std::cerr << "error: " << sink.error().message << "\n";
    return 1;
  }
  std::cout << (*sink)->port() << std::endl;
  (*sink)->Run();
}
