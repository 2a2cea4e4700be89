#include "exchange/error.h"

#include <google/protobuf/util/time_util.h>

#include "google/rpc/error_details.pb.h"

namespace exchange {

namespace {

constexpr const char* kNames[] = {
    "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
    "UNAUTHENTICATED"};

}  // namespace

Error::Error(grpc::StatusCode failed, const std::string& message)
    : std::runtime_error(std::string(kNames[failed]) + ": " + message), code(failed) {}

std::string Error::code_name() const { return kNames[code]; }

Error Error::Of(const google::rpc::Status& status) {
  const bool known = status.code() >= grpc::OK && status.code() <= grpc::UNAUTHENTICATED;
  Error error(known ? static_cast<grpc::StatusCode>(status.code()) : grpc::UNKNOWN, status.message());
  google::rpc::ErrorInfo info;
  google::rpc::BadRequest bad;
  google::rpc::RetryInfo retry;
  for (const auto& detail : status.details()) {
    if (detail.UnpackTo(&info)) {
      error.reason = info.reason();
      error.metadata.insert(info.metadata().begin(), info.metadata().end());
    } else if (detail.UnpackTo(&bad)) {
      for (const auto& violation : bad.field_violations()) error.violations.push_back({violation.field(), violation.description()});
    } else if (detail.UnpackTo(&retry)) {
      error.retry_delay =
          std::chrono::milliseconds(google::protobuf::util::TimeUtil::DurationToMilliseconds(retry.retry_delay()));
    }
  }
  return error;
}

Error Error::Of(const grpc::Status& status) {
  google::rpc::Status detailed;
  if (!detailed.ParseFromString(status.error_details())) detailed.Clear();
  detailed.set_code(status.error_code());
  detailed.set_message(status.error_message());
  return Of(detailed);
}

}  // namespace exchange
