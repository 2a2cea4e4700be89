#pragma once

#include <grpcpp/grpcpp.h>

#include <string>

#include "exchange/stop.h"

namespace exchange {

/// The context of one call, which `stop` cancels while it lasts.
class CallContext {
 public:
  CallContext(const std::string& token, Stop* stop) : stop_(stop) {
    if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
    if (stop_ != nullptr) stop_->Attach(&context);
  }

  ~CallContext() {
    if (stop_ != nullptr) stop_->Attach(nullptr);
  }

  CallContext(const CallContext&) = delete;
  CallContext& operator=(const CallContext&) = delete;

  grpc::ClientContext context;

 private:
  Stop* const stop_;
};

}  // namespace exchange
