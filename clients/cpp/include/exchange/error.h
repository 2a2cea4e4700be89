#pragma once

#include <grpcpp/support/status.h>

#include <chrono>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "google/rpc/status.pb.h"

namespace exchange {

/// A bad field of a request, with what is wrong and what to do.
struct Violation {
  std::string field, description;
};

/// A call or an item that failed. Messages of nodes hold no personal data; this library adds none.
class Error : public std::runtime_error {
 public:
  /// The error of an item's google.rpc.Status.
  static Error Of(const google::rpc::Status& status);

  /// The error of a call that failed.
  static Error Of(const grpc::Status& status);

  Error(grpc::StatusCode failed, const std::string& message);

  /// The code's name in the contract: "NOT_FOUND".
  std::string code_name() const;

  grpc::StatusCode code;

  /// The name of an ErrorReason, such as "ERROR_REASON_FIELD_INVALID"; empty when the node said none.
  std::string reason;

  /// What varies in the message.
  std::map<std::string, std::string> metadata;

  std::vector<Violation> violations;

  /// How long to wait before another try; 0 when nothing is stated.
  std::chrono::milliseconds retry_delay{0};
};

}  // namespace exchange
