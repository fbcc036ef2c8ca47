#pragma once

#include <string>
#include <string_view>

namespace webhook::runtime {

// A file that is nowhere but in memory, for what wants a path: gone with the process, however that ends. Its
// path is good in this process alone. Replace() from one thread.
class MemoryFile {
 public:
  // `name`: for people who look at the process. Ends the process where there is no descriptor or memory.
  explicit MemoryFile(const char* name);
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  // Who opens the path afterwards finds this content, who has opened it before the earlier one: never a part.
  void Replace(std::string_view content);
  const std::string& path() const { return path_; }

 private:
  const char* const name_;
  int descriptor_;
  std::string path_;
};

}  // namespace webhook::runtime
