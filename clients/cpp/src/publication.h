#pragma once

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "backoff.h"
#include "exchange/client.h"

namespace exchange {

/// Publishes items with a window of unanswered ones, and goes on from the last answer when the call is cut.
class Publication {
 public:
  Publication(std::shared_ptr<grpc::Channel> channel, std::string token, v1::PublishVacanciesRequest open,
              const ItemsAfter& items_after, const OnAnswer& on_answer, Backoff backoff, Stop* stop);
  ~Publication();

  void Run();

 private:
  using Stream = grpc::ClientReaderWriter<v1::PublishVacanciesRequest, v1::PublishVacanciesResponse>;

  bool RunCall();
  void Received(const v1::PublishVacanciesResponse& response, Stream& stream, std::thread& sending);
  void Pull(std::uint64_t number);
  void Send(Stream& stream);
  void Answered(const v1::PutRecordAnswer& answer);

  const std::unique_ptr<v1::VacancyService::Stub> stub_;
  const std::string token_;
  const v1::PublishVacanciesRequest open_;
  const ItemsAfter& items_after_;
  const OnAnswer& on_answer_;
  Backoff backoff_;
  Stop* const stop_;

  std::thread puller_;  // because the caller's Next may wait for the next vacancy while a call is cut

  std::mutex lock_;
  std::condition_variable changed_;
  std::deque<v1::PublishVacancyItem> unanswered_;
  std::size_t sent_ = 0;        // how many of the unanswered were given to the present call
  bool call_over_ = true;
  bool ended_ = false;          // no more items come
  bool over_ = false;           // the publication has failed
  std::exception_ptr failure_;  // what the caller's Next threw
};

}  // namespace exchange
