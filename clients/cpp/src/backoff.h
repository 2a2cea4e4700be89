#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <random>

#include "exchange/stop.h"

namespace exchange {

constexpr std::chrono::milliseconds kFirstWait{200}, kLongestWait{10'000};

/// Waits between tries: twice as long each time up to a limit, and never quite the same.
class Backoff {
 public:
  /// `patience` is how long to go on without any sign of the node.
  Backoff(std::shared_ptr<grpc::Channel> channel, std::chrono::milliseconds patience);

  /// Something went well: begins anew.
  void Reset();

  /// Waits; returns false, at once, when another try would come too late or `stop` was requested.
  bool Wait(const Stop* stop, std::chrono::milliseconds at_least);

 private:
  const std::shared_ptr<grpc::Channel> channel_;
  const std::chrono::milliseconds patience_;
  std::chrono::milliseconds next_{kFirstWait};
  std::chrono::steady_clock::time_point until_;
  std::mt19937 random_{std::random_device{}()};
};

}  // namespace exchange
