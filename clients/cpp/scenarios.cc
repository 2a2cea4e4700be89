// Carries out the steps of scenarios with this client: one JSON line in, one out. ../scenarios/README.md describes them.
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/wrappers.pb.h>

#include <deque>
#include <iostream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "exchange/client.h"
#include "exchange/v1/worker.pb.h"  // a payload in an Any

using namespace exchange;
using google::protobuf::ListValue;
using google::protobuf::Message;
using google::protobuf::Struct;
using google::protobuf::Value;

namespace {

// JSON as google.protobuf.Struct, so that the runner needs no other library.
void Check(const google::protobuf::util::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

std::string Text(const Message& message) {
  std::string text;
  Check(google::protobuf::util::MessageToJsonString(message, &text));
  return text;
}

template <typename M>
M Read(const Message& json) {
  M message;
  Check(google::protobuf::util::JsonStringToMessage(Text(json), &message));
  return message;
}

template <typename M>
M Read(const Struct& step, const std::string& name) {
  const auto found = step.fields().find(name);
  return found == step.fields().end() ? M() : Read<M>(found->second.struct_value());
}

Struct Json(const Message& message) {
  Struct json;
  Check(google::protobuf::util::JsonStringToMessage(Text(message), &json));
  return json;
}

Value& Field(Struct& json, const std::string& name) { return (*json.mutable_fields())[name]; }

std::string String(const Struct& step, const std::string& name) {
  const auto found = step.fields().find(name);
  return found == step.fields().end() ? "" : found->second.string_value();
}

int Number(const Struct& step, const std::string& name) {
  const auto found = step.fields().find(name);
  return found == step.fields().end() ? 0 : static_cast<int>(found->second.number_value());
}

bool Has(const Struct& json, const std::string& name) { return json.fields().count(name) > 0; }

Struct Describe(const Error& error) {
  Struct json;
  Field(json, "code").set_string_value(error.code_name());
  Field(json, "reason").set_string_value(error.reason);
  Struct& metadata = *Field(json, "metadata").mutable_struct_value();
  for (const auto& [key, value] : error.metadata) Field(metadata, key).set_string_value(value);
  ListValue& violations = *Field(json, "violations").mutable_list_value();
  for (const auto& violation : error.violations) {
    Struct& bad = *violations.add_values()->mutable_struct_value();
    Field(bad, "field").set_string_value(violation.field);
    Field(bad, "description").set_string_value(violation.description);
  }
  return json;
}

Struct Of(const std::string& name, const Struct& value) {
  Struct json;
  *Field(json, name).mutable_struct_value() = value;
  return json;
}

Struct OfText(const std::string& name, const std::string& value) {
  Struct json;
  Field(json, name).set_string_value(value);
  return json;
}

struct ApplyFailed {};

// A watch, which goes on in the background.
class Watching {
 public:
  Watching(std::shared_ptr<const Client> client, const Struct& step)
      : client_(std::move(client)), token_(String(step, "token")), until_failure_(Number(step, "failAt")),
        thread_(&Watching::Run, this, step) {}

  ~Watching() { End(); }

  // Waits for so many events, or up to one of that kind.
  Struct Take(const Struct& step) {
    const std::string until = String(step, "until");
    const int count = Number(step, "count");
    Struct answer;
    ListValue& taken = *Field(answer, "events").mutable_list_value();
    while (!(count > 0 && taken.values_size() == count)) {
      const int last = taken.values_size() - 1;
      if (last >= 0 && Has(taken.values(last).struct_value(), until)) break;
      const Struct event = Next(taken.values_size());
      if (Has(event, "error") && until != "error") {
        Field(answer, "error") = event.fields().at("error");
        return answer;
      }
      *taken.add_values()->mutable_struct_value() = event;
    }
    Field(answer, "token").set_string_value(token_.Load());
    return answer;
  }

  Struct End() {
    stop_.Request();
    if (thread_.joinable()) thread_.join();
    return OfText("token", token_.Load());
  }

 private:
  Struct Next(int taken) {
    std::unique_lock guard(lock_);
    if (!changed_.wait_for(guard, std::chrono::seconds(20), [this] { return !events_.empty(); })) {
      throw std::runtime_error("only " + std::to_string(taken) + " events came");
    }
    Struct event = events_.front();
    events_.pop_front();
    return event;
  }

  void Run(const Struct& step) {
    const auto start_over = [this] { Put(Of("startOver", {})); };
    try {
      if (String(step, "of") == "placements") {
        client_->WatchPlacements(Read<v1::PlacementFilter>(step, "filter"), token_, start_over,
                                 [this](const auto& response) { Apply(response); }, stop_);
      } else {
        client_->WatchVacancies(Read<v1::VacancyFilter>(step, "filter"), token_, start_over,
                                [this](const auto& response) { Apply(response); }, stop_);
      }
    } catch (const Error& error) {
      Put(Of("error", Describe(error)));
    } catch (const ApplyFailed&) {
      Put(Of("error", OfText("code", "APPLY_FAILED")));
    }
  }

  void Apply(const Message& response) {
    if (--until_failure_ == 0) throw ApplyFailed();
    Struct event = Json(response);
    event.mutable_fields()->erase("resumeToken");
    Put(event);
  }

  void Put(const Struct& event) {
    const std::lock_guard guard(lock_);
    events_.push_back(event);
    changed_.notify_all();
  }

  const std::shared_ptr<const Client> client_;
  MemoryToken token_;
  int until_failure_;
  Stop stop_;
  std::mutex lock_;
  std::condition_variable changed_;
  std::deque<Struct> events_;
  std::thread thread_;
};

std::unique_ptr<Message> New(const std::string& type) {
  const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(type);
  return std::unique_ptr<Message>(google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
}

template <typename Stub, typename Request, typename Response>
Struct Call(const Client& client, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*), const Struct& step) {
  std::optional<std::chrono::milliseconds> deadline;
  if (Has(step, "deadlineMs")) deadline = std::chrono::milliseconds(Number(step, "deadlineMs"));
  return Of("response", Json(client.Call(method, Read<Request>(step, "request"), deadline)));
}

// A Struct has its fields in any order, and from JSON a payload gets them in that order: the same request twice must be the same.
v1::BatchPutRecordsRequest Ordered(v1::BatchPutRecordsRequest request) {
  for (auto& item : *request.mutable_items()) {
    auto& payload = *item.mutable_record()->mutable_payload();
    const std::string name = payload.type_url().substr(payload.type_url().rfind('/') + 1);
    const std::unique_ptr<Message> message = New(name);
    message->ParseFromString(payload.value());
    payload.set_value(message->SerializeAsString());
  }
  return request;
}

Struct Call(const Client& client, const Struct& step) {
  const std::string method = String(step, "method");
  if (method == "vacancies.GetVacancy") return Call(client, &v1::VacancyService::Stub::GetVacancy, step);
  if (method == "vacancies.ListVacancies") return Call(client, &v1::VacancyService::Stub::ListVacancies, step);
  if (method == "records.BatchPutRecords") {
    const auto request = Ordered(Read<v1::BatchPutRecordsRequest>(step, "request"));
    return Of("response", Json(client.Call(&v1::RecordService::Stub::BatchPutRecords, request)));
  }
  if (method == "placements.RecordPlacementEvent") return Call(client, &v1::PlacementService::Stub::RecordPlacementEvent, step);
  if (method == "node.GetNode") return Call(client, &v1::NodeService::Stub::GetNode, step);
  throw std::runtime_error("no method " + method);
}

Struct List(const Client& client, const Struct& step) {
  Struct answer;
  ListValue& found = *Field(answer, "vacancies").mutable_list_value();
  client.ListVacancies(Read<v1::VacancyFilter>(step, "filter"), Number(step, "pageSize"), [&](const v1::VacancyRecord& vacancy) {
    *found.add_values()->mutable_struct_value() = Json(vacancy);
  });
  return answer;
}

Struct Publish(const Client& client, const Struct& step) {
  const ListValue& items = step.fields().at("items").list_value();
  Struct answer;
  ListValue& answers = *Field(answer, "answers").mutable_list_value();
  const auto items_after = [&](std::uint64_t number) -> Next {
    Field(answer, "resumedAfter").set_number_value(static_cast<double>(number));
    return [&items, number](v1::PublishVacancyItem& item) mutable {
      if (number == static_cast<std::uint64_t>(items.values_size())) return false;
      item = Read<v1::PublishVacancyItem>(items.values(static_cast<int>(number++)).struct_value());
      return true;
    };
  };
  client.PublishVacancies(String(step, "publisher"), String(step, "stream"), items_after,
                          [&](const auto&, const v1::PutRecordAnswer& answered) {
                            Struct told = Json(answered);
                            if (answered.has_error()) {
                              *Field(told, "error").mutable_struct_value() = Describe(Error::Of(answered.error()));
                            }
                            *answers.add_values()->mutable_struct_value() = told;
                          });
  return answer;
}

// Bytes are base64 in JSON: a message with one field of bytes translates them.
Struct Reencode(const Struct& step) {
  google::protobuf::BytesValue bytes;
  Check(google::protobuf::util::JsonStringToMessage("\"" + String(step, "bytes") + "\"", &bytes));
  const std::unique_ptr<Message> message = New(String(step, "type"));
  message->ParseFromString(bytes.value());
  bytes.set_value(message->SerializeAsString());
  const std::string quoted = Text(bytes);
  return OfText("bytes", quoted.substr(1, quoted.size() - 2));
}

class Runner {
 public:
  Struct Do(const Struct& step) {
    const std::string op = String(step, "op"), watch = String(step, "watch");
    if (op == "connect") {
      Options options;
      options.token = String(step, "token");
      options.certificate = String(step, "certificate");
      options.client_certificate = String(step, "clientCertificate");
      options.client_key = String(step, "clientKey");
      client_ = std::make_shared<const Client>(String(step, "address"), options);
      return {};
    }
    if (op == "call") return Call(*client_, step);
    if (op == "list") return List(*client_, step);
    if (op == "publish") return Publish(*client_, step);
    if (op == "take") return watches_.at(watch)->Take(step);
    if (op == "stop") return watches_.at(watch)->End();
    if (op == "reencode") return Reencode(step);
    watches_[watch] = std::make_unique<Watching>(client_, step);
    return {};
  }

 private:
  std::shared_ptr<const Client> client_;
  std::map<std::string, std::unique_ptr<Watching>> watches_;
};

std::string Protobuf() {
  const auto part = [](int divisor) { return std::to_string(GOOGLE_PROTOBUF_VERSION / divisor % 1000); };
  return part(1'000'000) + "." + part(1000) + "." + part(1);
}

}  // namespace

int main() {
  Struct about;
  Field(about, "language").set_string_value("C++");
  Field(about, "versions").set_string_value(
      std::string("g++ ") + __VERSION__ + ", grpc " + grpc::Version() + ", protobuf " + Protobuf());
  std::cout << Text(about) << std::endl;
  Runner runner;
  std::string line;
  while (std::getline(std::cin, line)) {
    Struct answer;
    try {
      Struct step;
      Check(google::protobuf::util::JsonStringToMessage(line, &step));
      answer = runner.Do(step);
    } catch (const Error& error) {
      answer = Of("error", Describe(error));
    } catch (const std::exception& failure) {
      answer = OfText("failure", failure.what());
    }
    std::cout << Text(answer) << std::endl;
  }
}
