#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "core/check.h"

namespace webhook {

// An authority of the test's own and what it certifies, made by OpenSSL's command, in a directory that goes
// with it.
class Authority {
 public:
  Authority() : dir_(std::filesystem::temp_directory_path() / ("webhook-tls-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(dir_);
    Run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "
        "/CN=Test-Authority -keyout ca.key -out ca.pem");
  }
  ~Authority() { std::filesystem::remove_all(dir_); }
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  // Makes NAME.key and NAME.pem. `san`: "DNS:localhost"; `days`: "-days 2"; `more`: a line of extensions.
  void Certify(const std::string& name, const std::string& san, const std::string& days = "-days 2",
               const std::string& more = "") const {
    Run("openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=" + name + " -keyout " +
        name + ".key -out " + name + ".csr");
    Run("printf 'subjectAltName=%s\\n%s\\n' '" + san + "' '" + more + "' > " + name +
        ".ext && openssl x509 -req -in " + name + ".csr -CA ca.pem -CAkey ca.key -CAcreateserial " + days +
        " -extfile " + name + ".ext -out " + name + ".pem");
  }
  // A command of the shell in the directory.
  void Run(const std::string& command) const {
    const int code = std::system(("cd " + dir_.string() + " && " + command + " 2>>openssl.log").c_str());
    CHECK(code == 0, command.c_str());
  }
  std::filesystem::path operator/(const std::string& file) const { return dir_ / file; }

 private:
  const std::filesystem::path dir_;
};

}  // namespace webhook
