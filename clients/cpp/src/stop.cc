#include "exchange/stop.h"

namespace exchange {

void Stop::Request() {
  const std::lock_guard guard(lock_);
  requested_ = true;
  if (call_ != nullptr) call_->TryCancel();
  changed_.notify_all();
}

bool Stop::Requested() const {
  const std::lock_guard guard(lock_);
  return requested_;
}

bool Stop::WaitFor(std::chrono::milliseconds time) const {
  std::unique_lock guard(lock_);
  return changed_.wait_for(guard, time, [this] { return requested_; });
}

void Stop::Attach(grpc::ClientContext* call) {
  const std::lock_guard guard(lock_);
  call_ = call;
  if (call_ != nullptr && requested_) call_->TryCancel();
}

}  // namespace exchange
