#include "exchange/client.h"

#include <arpa/inet.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "backoff.h"
#include "call_context.h"
#include "publication.h"

namespace exchange {

using std::chrono::milliseconds;

namespace {

constexpr const char* kDefaultPort = ":7070";

bool Begins(const std::string& text, const std::string& with) { return text.compare(0, with.size(), with) == 0; }

std::string File(const char* variable) {
  const char* path = std::getenv(variable);
  if (path == nullptr || *path == '\0') return "";
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(std::string(variable) + " names a file that can't be read: " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool IsThisMachine(const std::string& host) {
  in_addr four;
  return host == "localhost" || host == "[::1]" || (inet_pton(AF_INET, host.c_str(), &four) == 1 && ntohl(four.s_addr) >> 24 == 127);
}

std::shared_ptr<grpc::Channel> Connect(const std::string& address, const Options& options) {
  const bool secure = Begins(address, "https://");
  const std::size_t begin = address.find("://") + 3, end = address.find('/', begin);
  std::string target = address.substr(begin, end == std::string::npos ? end : end - begin);
  const std::size_t colon = target.rfind(':'), bracket = target.rfind(']');
  const bool has_port = colon != std::string::npos && (bracket == std::string::npos || colon > bracket);
  if (!secure && !(Begins(address, "http://") && IsThisMachine(target.substr(0, has_port ? colon : std::string::npos)))) {
    throw std::invalid_argument("An address begins with https://, or with http:// and a loopback address.");
  }
  if (!has_port) target += kDefaultPort;
  grpc::ChannelArguments arguments;
  // A line that died without a farewell is noticed by pings, not after hours by TCP.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  // How long one attempt to connect may take, whatever the name says.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5'000);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, static_cast<int>(kFirstWait.count()));
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, static_cast<int>(kLongestWait.count()));
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  const auto credentials =
      secure ? grpc::SslCredentials({options.certificate, options.client_key, options.client_certificate})
             : grpc::InsecureChannelCredentials();
  return grpc::CreateCustomChannel(target, credentials, arguments);
}

// A write whose outcome is unknown may only be sent again when the node can tell that it is the same one.
bool IsSafeToRepeat(const google::protobuf::Message& request) {
  const auto* type = request.GetDescriptor();
  const auto* id = type->FindFieldByName("request_id");
  return Begins(type->name(), "Get") || Begins(type->name(), "List") ||
         (id != nullptr && !request.GetReflection()->GetString(request, id).empty());
}

template <typename Response>
bool IsQuiet(const Response& response) {
  return response.has_bookmark() || response.event_case() == Response::EVENT_NOT_SET;
}

bool IsForgotten(const Error& error) {
  return error.reason == "ERROR_REASON_RESUME_TOKEN_FOREIGN" || error.reason == "ERROR_REASON_RESUME_TOKEN_EXPIRED";
}

}  // namespace

Options Options::FromEnvironment() {
  Options options;
  const char* token = std::getenv("EXCHANGE_TOKEN");
  options.token = token == nullptr ? "" : token;
  options.certificate = File("EXCHANGE_CERTIFICATE");
  options.client_certificate = File("EXCHANGE_CLIENT_CERTIFICATE");
  options.client_key = File("EXCHANGE_CLIENT_KEY");
  return options;
}

Client::Client(const std::string& address, Options options)
    : options_(std::move(options)), channel_(Connect(address, options_)) {}

void Client::Unary(const google::protobuf::Message& request, milliseconds deadline,
                   const std::function<grpc::Status(grpc::ClientContext*)>& call) const {
  const auto until = std::chrono::system_clock::now() + deadline;
  Backoff backoff(channel_, deadline);
  while (true) {
    CallContext one(options_.token, nullptr);
    one.context.set_deadline(until);
    const grpc::Status status = call(&one.context);
    if (status.ok()) return;
    const Error error = Error::Of(status);
    const bool again = error.code == grpc::UNAVAILABLE && IsSafeToRepeat(request);
    if (!again || !backoff.Wait(nullptr, error.retry_delay)) throw error;
  }
}

void Client::ListVacancies(const v1::VacancyFilter& filter, int page_size,
                           const std::function<void(const v1::VacancyRecord&)>& each) const {
  v1::ListVacanciesRequest request;
  *request.mutable_filter() = filter;
  request.set_page_size(page_size);
  do {
    const auto page = Call(&v1::VacancyService::Stub::ListVacancies, request);
    for (const auto& vacancy : page.vacancies()) each(vacancy);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
}

void Client::PublishVacancies(const std::string& publisher, const std::string& stream, const ItemsAfter& items_after,
                              const OnAnswer& on_answer, Stop* stop) const {
  v1::PublishVacanciesRequest open;
  open.mutable_open()->set_publisher(publisher);
  open.mutable_open()->set_stream(stream);
  Publication(channel_, options_.token, open, items_after, on_answer, Backoff(channel_, options_.patience), stop).Run();
}

void Client::WatchVacancies(const v1::VacancyFilter& filter, TokenStore& token, const std::function<void()>& start_over,
                            const std::function<void(const v1::WatchVacanciesResponse&)>& apply, Stop& stop) const {
  v1::WatchVacanciesRequest request;
  *request.mutable_filter() = filter;
  Watch(&v1::VacancyService::Stub::WatchVacancies, request, token, start_over, apply, stop);
}

void Client::WatchPlacements(const v1::PlacementFilter& filter, TokenStore& token, const std::function<void()>& start_over,
                             const std::function<void(const v1::WatchPlacementsResponse&)>& apply, Stop& stop) const {
  v1::WatchPlacementsRequest request;
  *request.mutable_filter() = filter;
  Watch(&v1::PlacementService::Stub::WatchPlacements, request, token, start_over, apply, stop);
}

template <typename Stub, typename Request, typename Response>
void Client::Watch(std::unique_ptr<grpc::ClientReader<Response>> (Stub::*method)(grpc::ClientContext*, const Request&),
                   Request request, TokenStore& token, const std::function<void()>& start_over,
                   const std::function<void(const Response&)>& apply, Stop& stop) const {
  Stub stub(channel_);
  Backoff backoff(channel_, options_.patience);
  request.set_resume_token(token.Load());
  while (!stop.Requested()) {
    if (request.resume_token().empty()) start_over();
    CallContext call(options_.token, &stop);
    const auto reader = (stub.*method)(&call.context, request);
    Response response;
    try {
      while (!stop.Requested() && reader->Read(&response)) {
        backoff.Reset();
        if (!IsQuiet(response)) apply(response);
        // After it was applied: a crash in between repeats a response, the other way round it would lose one.
        request.set_resume_token(response.resume_token());
        token.Save(response.resume_token());
      }
    } catch (...) {
      call.context.TryCancel();
      reader->Finish();
      throw;
    }
    if (stop.Requested()) call.context.TryCancel();
    const Error error = Error::Of(reader->Finish());
    if (stop.Requested()) return;
    if (IsForgotten(error)) {
      request.clear_resume_token();
      continue;
    }
    if (error.code != grpc::OK && error.code != grpc::UNAVAILABLE) throw error;
    if (!backoff.Wait(&stop, error.retry_delay) && !stop.Requested()) {
      throw Error(grpc::UNAVAILABLE, "The node was silent for longer than the patience.");
    }
  }
}

}  // namespace exchange
