// Both sides of every interoperability case with gRPC C++: `server`, or `client PORT`.
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <functional>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "interop.grpc.pb.h"

using namespace grpc::testing;
using grpc::ClientContext;
using grpc::ServerContext;
using grpc::Status;
using grpc::StatusCode;

namespace {

const std::string kInitial = "x-grpc-test-echo-initial";
const std::string kTrailing = "x-grpc-test-echo-trailing-bin";

grpc::WriteOptions Plain() { return grpc::WriteOptions().set_no_compression(); }

void Echo(ServerContext* context) {
  for (const auto& [key, value] : context->client_metadata()) {
    const std::string name(key.data(), key.size()), text(value.data(), value.size());
    if (name == kInitial) context->AddInitialMetadata(name, text);
    if (name == kTrailing) context->AddTrailingMetadata(name, text);
  }
}

Status Asked(const EchoStatus& status) {
  return status.code() == 0 ? Status::OK : Status(static_cast<StatusCode>(status.code()), status.message());
}

class Service final : public TestService::Service {
  Status EmptyCall(ServerContext* context, const Empty*, Empty*) override {
    Echo(context);
    return Status::OK;
  }

  Status UnaryCall(ServerContext* context, const SimpleRequest* request, SimpleResponse* response) override {
    Echo(context);
    context->set_compression_algorithm(request->response_compressed().value() ? GRPC_COMPRESS_GZIP : GRPC_COMPRESS_NONE);
    response->mutable_payload()->set_body(std::string(request->response_size(), '\0'));
    return Asked(request->response_status());
  }

  Status StreamingOutputCall(ServerContext* context, const StreamingOutputCallRequest* request,
                             grpc::ServerWriter<StreamingOutputCallResponse>* writer) override {
    for (const auto& asked : request->response_parameters()) {
      if (asked.compressed().value()) context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
    }
    Answer(*request, writer);
    return Status::OK;
  }

  Status StreamingInputCall(ServerContext*, grpc::ServerReader<StreamingInputCallRequest>* reader,
                            StreamingInputCallResponse* response) override {
    StreamingInputCallRequest request;
    int size = 0;
    while (reader->Read(&request)) size += static_cast<int>(request.payload().body().size());
    response->set_aggregated_payload_size(size);
    return Status::OK;
  }

  Status FullDuplexCall(
      ServerContext* context,
      grpc::ServerReaderWriter<StreamingOutputCallResponse, StreamingOutputCallRequest>* stream) override {
    Echo(context);
    StreamingOutputCallRequest request;
    while (stream->Read(&request)) {
      if (request.response_status().code() != 0) return Asked(request.response_status());
      Answer(request, stream);
    }
    return Status::OK;
  }

  template <typename Writer>
  void Answer(const StreamingOutputCallRequest& request, Writer* writer) {
    for (const auto& asked : request.response_parameters()) {
      std::this_thread::sleep_for(std::chrono::microseconds(asked.interval_us()));
      StreamingOutputCallResponse response;
      response.mutable_payload()->set_body(std::string(asked.size(), '\0'));
      writer->Write(response, asked.compressed().value() ? grpc::WriteOptions() : Plain());
    }
  }
};

template <typename A, typename B>
void Equal(const A& expected, const B& actual, const std::string& what) {
  if (!(expected == actual)) throw std::runtime_error(what + " isn't as expected");
}

void Good(const Status& status) {
  if (!status.ok()) throw std::runtime_error(std::to_string(status.error_code()) + " " + status.error_message());
}

void Fails(StatusCode code, const Status& status) {
  if (status.error_code() != code) throw std::runtime_error("it ended with " + std::to_string(status.error_code()));
}

StreamingOutputCallRequest Ask(int size, int sent) {
  StreamingOutputCallRequest request;
  request.add_response_parameters()->set_size(size);
  request.mutable_payload()->set_body(std::string(sent, '\0'));
  return request;
}

SimpleRequest Large() {
  SimpleRequest request;
  request.set_response_size(314159);
  request.mutable_payload()->set_body(std::string(271828, '\0'));
  return request;
}

class Cases {
 public:
  explicit Cases(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(TestService::NewStub(channel)), nobody_(UnimplementedService::NewStub(channel)) {}

  std::vector<std::pair<std::string, std::function<void()>>> All() {
    return {
        {"empty_unary", [this] { ClientContext context; Empty answer; Good(stub_->EmptyCall(&context, Empty(), &answer)); }},
        {"large_unary", [this] { Unary(Large(), GRPC_COMPRESS_NONE); }},
        {"client_streaming", [this] { Input({27182, 8, 1828, 45904}, false); }},
        {"server_streaming", [this] { Output({31415, 9, 2653, 58979}, {}); }},
        {"ping_pong", [this] { PingPong(); }},
        {"empty_stream", [this] { EmptyStream(); }},
        {"cancel_after_begin", [this] { CancelAfterBegin(); }},
        {"cancel_after_first_response", [this] { CancelAfterFirstResponse(); }},
        {"timeout_on_sleeping_server", [this] { Timeout(); }},
        {"status_code_and_message", [this] { StatusCase("test status message"); }},
        {"special_status_message",
         [this] { StatusCase("\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"); }},
        {"custom_metadata", [this] { CustomMetadata(); }},
        {"unimplemented_method",
         [this] {
           ClientContext context; Empty answer;
           Fails(StatusCode::UNIMPLEMENTED, stub_->UnimplementedCall(&context, Empty(), &answer));
         }},
        {"unimplemented_service",
         [this] {
           ClientContext context; Empty answer;
           Fails(StatusCode::UNIMPLEMENTED, nobody_->UnimplementedCall(&context, Empty(), &answer));
         }},
        {"client_compressed_unary",
         [this] {
           auto request = Large();
           request.mutable_expect_compressed()->set_value(true);
           Unary(request, GRPC_COMPRESS_GZIP);
           request.mutable_expect_compressed()->set_value(false);
           Unary(request, GRPC_COMPRESS_NONE);
         }},
        {"server_compressed_unary",
         [this] {
           auto request = Large();
           request.mutable_response_compressed()->set_value(true);
           Unary(request, GRPC_COMPRESS_NONE);
           request.mutable_response_compressed()->set_value(false);
           Unary(request, GRPC_COMPRESS_NONE);
         }},
        {"client_compressed_streaming", [this] { Input({27182, 45904}, true); }},
        {"server_compressed_streaming", [this] { Output({31415, 92653}, {true, false}); }},
    };
  }

 private:
  void Unary(const SimpleRequest& request, grpc_compression_algorithm algorithm) {
    ClientContext context;
    context.set_compression_algorithm(algorithm);
    SimpleResponse response;
    Good(stub_->UnaryCall(&context, request, &response));
    Equal(314159u, response.payload().body().size(), "the body's size");
  }

  void Input(const std::vector<int>& sizes, bool first_compressed) {
    ClientContext context;
    if (first_compressed) context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
    StreamingInputCallResponse response;
    auto writer = stub_->StreamingInputCall(&context, &response);
    int sum = 0;
    for (int size : sizes) {
      StreamingInputCallRequest request;
      request.mutable_payload()->set_body(std::string(size, '\0'));
      const bool compressed = first_compressed && sum == 0;
      request.mutable_expect_compressed()->set_value(compressed);
      writer->Write(request, compressed ? grpc::WriteOptions() : Plain());
      sum += size;
    }
    writer->WritesDone();
    Good(writer->Finish());
    Equal(sum, response.aggregated_payload_size(), "the sum of the sizes");
  }

  void Output(const std::vector<int>& sizes, const std::vector<bool>& compressed) {
    StreamingOutputCallRequest request;
    for (size_t i = 0; i < sizes.size(); ++i) {
      auto* asked = request.add_response_parameters();
      asked->set_size(sizes[i]);
      if (i < compressed.size()) asked->mutable_compressed()->set_value(compressed[i]);
    }
    ClientContext context;
    auto reader = stub_->StreamingOutputCall(&context, request);
    StreamingOutputCallResponse response;
    std::vector<int> got;
    while (reader->Read(&response)) got.push_back(static_cast<int>(response.payload().body().size()));
    Good(reader->Finish());
    Equal(sizes, got, "the sizes");
  }

  void PingPong() {
    ClientContext context;
    auto stream = stub_->FullDuplexCall(&context);
    const std::vector<std::pair<int, int>> sizes = {{31415, 27182}, {9, 8}, {2653, 1828}, {58979, 45904}};
    for (const auto& [size, sent] : sizes) {
      stream->Write(Ask(size, sent));
      StreamingOutputCallResponse response;
      Equal(true, stream->Read(&response), "a response");
      Equal(static_cast<size_t>(size), response.payload().body().size(), "the body's size");
    }
    stream->WritesDone();
    Good(stream->Finish());
  }

  void EmptyStream() {
    ClientContext context;
    auto stream = stub_->FullDuplexCall(&context);
    stream->WritesDone();
    StreamingOutputCallResponse response;
    Equal(false, stream->Read(&response), "the end");
    Good(stream->Finish());
  }

  void CancelAfterBegin() {
    ClientContext context;
    StreamingInputCallResponse response;
    auto writer = stub_->StreamingInputCall(&context, &response);
    context.TryCancel();
    Fails(StatusCode::CANCELLED, writer->Finish());
  }

  void CancelAfterFirstResponse() {
    ClientContext context;
    auto stream = stub_->FullDuplexCall(&context);
    stream->Write(Ask(31415, 27182));
    StreamingOutputCallResponse response;
    Equal(true, stream->Read(&response), "a response");
    context.TryCancel();
    Equal(false, stream->Read(&response), "the end");
    Fails(StatusCode::CANCELLED, stream->Finish());
  }

  void Timeout() {
    ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(100));
    auto stream = stub_->FullDuplexCall(&context);
    StreamingOutputCallResponse response;
    Equal(false, stream->Read(&response), "the end");
    Fails(StatusCode::DEADLINE_EXCEEDED, stream->Finish());
  }

  void StatusCase(const std::string& message) {
    SimpleRequest request;
    request.mutable_response_status()->set_code(2);
    request.mutable_response_status()->set_message(message);
    ClientContext unary_context, stream_context;
    SimpleResponse answer;
    const auto unary = stub_->UnaryCall(&unary_context, request, &answer);
    auto stream = stub_->FullDuplexCall(&stream_context);
    StreamingOutputCallRequest asked;
    *asked.mutable_response_status() = request.response_status();
    stream->Write(asked);
    stream->WritesDone();
    for (const auto& status : {unary, stream->Finish()}) {
      Fails(StatusCode::UNKNOWN, status);
      Equal(message, status.error_message(), "the message");
    }
  }

  void CustomMetadata() {
    ClientContext unary, duplex;
    for (auto* context : {&unary, &duplex}) {
      context->AddMetadata(kInitial, "test_initial_metadata_value");
      context->AddMetadata(kTrailing, "\xab\xab\xab");
    }
    SimpleRequest request;
    request.set_response_size(1);
    SimpleResponse answer;
    Good(stub_->UnaryCall(&unary, request, &answer));
    auto stream = stub_->FullDuplexCall(&duplex);
    stream->Write(Ask(1, 1));
    StreamingOutputCallResponse response;
    Equal(true, stream->Read(&response), "a response");
    stream->WritesDone();
    Good(stream->Finish());
    for (auto* context : {&unary, &duplex}) {
      Equal(std::string("test_initial_metadata_value"), Value(context->GetServerInitialMetadata(), kInitial), "the header");
      Equal(std::string("\xab\xab\xab"), Value(context->GetServerTrailingMetadata(), kTrailing), "the trailer");
    }
  }

  static std::string Value(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata, const std::string& name) {
    const auto found = metadata.find(name);
    return found == metadata.end() ? "" : std::string(found->second.data(), found->second.size());
  }

  std::unique_ptr<TestService::Stub> stub_;
  std::unique_ptr<UnimplementedService::Stub> nobody_;
};

int Serve() {
  Service service;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  auto server = builder.BuildAndStart();
  std::cout << port << std::endl;
  std::cin.get();
  return 0;
}

int Run(const std::string& port) {
  Cases cases(grpc::CreateChannel("127.0.0.1:" + port, grpc::InsecureChannelCredentials()));
  int failed = 0;
  for (const auto& [name, run] : cases.All()) {
    try {
      run();
      std::cout << "ok " << name << std::endl;
    } catch (const std::exception& failure) {
      ++failed;
      std::cout << "failed " << name << ": " << failure.what() << std::endl;
    }
  }
  return failed == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  return std::string(arguments[1]) == "server" ? Serve() : Run(count > 2 ? arguments[2] : "");
}
