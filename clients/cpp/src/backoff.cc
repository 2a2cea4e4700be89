#include "backoff.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace exchange {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

Backoff::Backoff(std::shared_ptr<grpc::Channel> channel, milliseconds patience)
    : channel_(std::move(channel)), patience_(patience) {
  Reset();
}

void Backoff::Reset() {
  next_ = kFirstWait;
  until_ = steady_clock::now() + patience_;
}

bool Backoff::Wait(const Stop* stop, milliseconds at_least) {
  // Jitter, so that clients cut off together don't come back together.
  const milliseconds wait =
      std::max(at_least, milliseconds(std::uniform_int_distribution<>(next_.count() / 2, next_.count())(random_)));
  next_ = std::min(2 * next_, kLongestWait);
  const auto end = steady_clock::now() + wait;
  if (end > until_) return false;
  while (steady_clock::now() < end) {
    if (stop != nullptr && stop->Requested()) return false;
    const auto slice = std::min(std::chrono::duration_cast<milliseconds>(end - steady_clock::now()), milliseconds(100));
    // Between calls gRPC looks at its sockets only for somebody who waits for the channel: without this it wouldn't notice that the
    // line is back.
    if (channel_->WaitForConnected(std::chrono::system_clock::now() + slice)) std::this_thread::sleep_for(slice);
  }
  return true;
}

}  // namespace exchange
