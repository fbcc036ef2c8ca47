#include "runtime/memory_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/check.h"

namespace webhook::runtime {
namespace {

int NewFile(const char* name) {
  const int descriptor = memfd_create(name, MFD_CLOEXEC);
  CHECK(descriptor >= 0, "a file in memory can be made");
  return descriptor;
}

}  // namespace

MemoryFile::MemoryFile(const char* name)
    : name_(name), descriptor_(NewFile(name)), path_("/proc/self/fd/" + std::to_string(descriptor_)) {}

MemoryFile::~MemoryFile() {
  close(descriptor_);
}

void MemoryFile::Replace(std::string_view content) {
  const int whole = NewFile(name_);
  for (std::string_view rest = content; !rest.empty();) {
    const ssize_t written = write(whole, rest.data(), rest.size());
    CHECK(written > 0, "there is memory for the file");
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  CHECK(dup3(whole, descriptor_, O_CLOEXEC) == descriptor_, "the path leads to the new file at once");
  close(whole);
}

}  // namespace webhook::runtime
