#pragma once

#include <mutex>
#include <string>
#include <utility>

namespace exchange {

/// Where a watch keeps its place. A watch saves a token after its response was applied, never before. A system with a database keeps
/// it there, in the transaction that applies the response.
class TokenStore {
 public:
  virtual ~TokenStore() = default;

  /// The token; empty before the first.
  virtual std::string Load() = 0;

  virtual void Save(const std::string& token) = 0;
};

/// A place that is forgotten with the process.
class MemoryToken final : public TokenStore {
 public:
  explicit MemoryToken(std::string token = "") : token_(std::move(token)) {}

  std::string Load() override;
  void Save(const std::string& token) override;

 private:
  std::mutex lock_;
  std::string token_;
};

/// A place in a file, which is written whole or not at all.
class FileToken final : public TokenStore {
 public:
  explicit FileToken(std::string path) : path_(std::move(path)) {}

  std::string Load() override;
  void Save(const std::string& token) override;

 private:
  const std::string path_;
};

}  // namespace exchange
