#include "exchange/tokens.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <system_error>

namespace exchange {

std::string MemoryToken::Load() {
  const std::lock_guard guard(lock_);
  return token_;
}

void MemoryToken::Save(const std::string& token) {
  const std::lock_guard guard(lock_);
  token_ = token;
}

std::string FileToken::Load() {
  std::ifstream file(path_);
  std::string token;
  std::getline(file, token);
  return token;
}

void FileToken::Save(const std::string& token) {
  const std::string written = path_ + ".new", line = token + "\n";
  const int file = open(written.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  const bool kept = file >= 0 && write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && fsync(file) == 0;
  const int failure = errno;
  if (file >= 0) close(file);
  if (!kept) throw std::system_error(failure, std::generic_category(), written);
  if (std::rename(written.c_str(), path_.c_str()) != 0) throw std::system_error(errno, std::generic_category(), path_);
}

}  // namespace exchange
