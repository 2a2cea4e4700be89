/// A client for Exchange nodes. Messages and stubs are generated from the contract; this is what everybody would write anyway. It
/// logs nothing.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "exchange/error.h"
#include "exchange/stop.h"
#include "exchange/tokens.h"
#include "exchange/v1/node_service.grpc.pb.h"
#include "exchange/v1/placement_service.grpc.pb.h"
#include "exchange/v1/record_service.grpc.pb.h"
#include "exchange/v1/vacancy_service.grpc.pb.h"

namespace exchange {

/// Who the caller is and whom it trusts. All of it may be left out.
struct Options {
  /// An API token.
  std::string token;

  /// PEM of the certificate that the node must show, or of the authority that signed it. Default: the system's authorities.
  std::string certificate;

  /// PEM, for mutual TLS.
  std::string client_certificate, client_key;

  /// For a unary call, tries and waits together, unless it names its own.
  std::chrono::milliseconds deadline{30'000};

  /// How long a watch or a publication goes on while the node is silent.
  std::chrono::milliseconds patience{300'000};

  /// As the program `exchange` takes them: EXCHANGE_TOKEN holds an API token, EXCHANGE_CERTIFICATE, EXCHANGE_CLIENT_CERTIFICATE and
  /// EXCHANGE_CLIENT_KEY name PEM files.
  static Options FromEnvironment();
};

/// Gives the next item; false after the last one. It may wait for what comes.
using Next = std::function<bool(v1::PublishVacancyItem&)>;

/// The items that follow the item of that number, in an order that never changes. It is called once, on a thread of its own, with
/// the number up to which the node answered in earlier runs.
using ItemsAfter = std::function<Next(std::uint64_t number)>;

using OnAnswer = std::function<void(const v1::PublishVacancyItem&, const v1::PutRecordAnswer&)>;

/// Waits between tries; client.cc.
class Backoff;

/// Calls a node. What calls fail with is an Error.
class Client {
 public:
  /// Makes a client for "https://host:port"; http is refused unless the host is this machine. The first call opens the connection.
  explicit Client(const std::string& address, Options options = {});

  /// Makes a unary call: client.Call(&v1::VacancyService::Stub::GetVacancy, request). It is repeated only where that is safe.
  template <typename Stub, typename Request, typename Response>
  Response Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*), const Request& request,
                std::optional<std::chrono::milliseconds> deadline = {}) const {
    Stub stub(channel_);
    Response response;
    Unary(request, deadline.value_or(options_.deadline), [&](grpc::ClientContext* context) {
      response.Clear();
      return (stub.*method)(context, request, &response);
    });
    return response;
  }

  /// Calls `each` with every matching vacancy, page by page. A page may be empty without being the last.
  void ListVacancies(const v1::VacancyFilter& filter, int page_size, const std::function<void(const v1::VacancyRecord&)>& each) const;

  /// Publishes vacancies and returns once each was answered. Items are numbered here. A cut call is taken up again: what wasn't
  /// answered is sent again, and the node writes nothing twice. `on_answer` is called for each item in order; a refused one has an
  /// error, to be read with Error::Of. It doesn't return before the last call of the caller's Next has.
  void PublishVacancies(const std::string& publisher, const std::string& stream, const ItemsAfter& items_after,
                        const OnAnswer& on_answer, Stop* stop = nullptr) const;

  /// Watches until `stop` is requested. `apply` is called for a vacancy, a removal and the end of the snapshot; the response's token
  /// is saved after it has returned. `start_over` says that a snapshot begins; what it doesn't contain up to its end is gone.
  void WatchVacancies(const v1::VacancyFilter& filter, TokenStore& token, const std::function<void()>& start_over,
                      const std::function<void(const v1::WatchVacanciesResponse&)>& apply, Stop& stop) const;

  /// Watches how placements stand, as WatchVacancies does.
  void WatchPlacements(const v1::PlacementFilter& filter, TokenStore& token, const std::function<void()>& start_over,
                       const std::function<void(const v1::WatchPlacementsResponse&)>& apply, Stop& stop) const;

 private:
  void Unary(const google::protobuf::Message& request, std::chrono::milliseconds deadline,
             const std::function<grpc::Status(grpc::ClientContext*)>& call) const;

  template <typename Stub, typename Request, typename Response>
  void Watch(std::unique_ptr<grpc::ClientReader<Response>> (Stub::*method)(grpc::ClientContext*, const Request&), Request request,
             TokenStore& token, const std::function<void()>& start_over, const std::function<void(const Response&)>& apply,
             Stop& stop) const;

  Options options_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace exchange
