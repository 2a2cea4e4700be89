#pragma once

#include <grpcpp/client_context.h>

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace exchange {

/// Ends a watch or a publication, from another thread or from what they call.
class Stop {
 public:
  /// Cancels the present call and ends waits.
  void Request();

  bool Requested() const;

  /// Waits; true as soon as it is requested.
  bool WaitFor(std::chrono::milliseconds time) const;

 private:
  friend class CallContext;

  void Attach(grpc::ClientContext* call);

  mutable std::mutex lock_;
  mutable std::condition_variable changed_;
  bool requested_ = false;
  grpc::ClientContext* call_ = nullptr;
};

}  // namespace exchange
