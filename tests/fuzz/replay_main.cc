#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "tests/fuzz/fuzz.h"

// usage: NAME FOLDER: runs the property on each file of the folder.
int main(int argc, char** argv) {
  int replayed = 0;
  if (argc != 2 || !std::filesystem::is_directory(argv[1])) {
    std::cerr << "usage: " << argv[0] << " FOLDER\n";
    return 2;
  }
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string input{std::istreambuf_iterator<char>(file), {}};
    std::cerr << entry.path().filename().string() << "\n";
    webhook::Fuzz(input);
    ++replayed;
  }
  std::cerr << replayed << " inputs\n";
  return replayed > 0 ? 0 : 1;
}
