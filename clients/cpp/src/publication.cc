#include "publication.h"

#include <utility>

#include "call_context.h"

namespace exchange {

namespace {

constexpr std::size_t kWindow = 500;

}  // namespace

Publication::Publication(std::shared_ptr<grpc::Channel> channel, std::string token, v1::PublishVacanciesRequest open,
                         const ItemsAfter& items_after, const OnAnswer& on_answer, Backoff backoff, Stop* stop)
    : stub_(v1::VacancyService::NewStub(channel)), token_(std::move(token)), open_(std::move(open)), items_after_(items_after),
      on_answer_(on_answer), backoff_(std::move(backoff)), stop_(stop) {}

Publication::~Publication() {
  {
    const std::lock_guard guard(lock_);
    over_ = true;
    changed_.notify_all();
  }
  if (puller_.joinable()) puller_.join();
}

void Publication::Run() {
  while (!RunCall()) {
  }
  if (failure_) std::rethrow_exception(failure_);
}

// Returns false when the line was cut and it is time for another call.
bool Publication::RunCall() {
  CallContext call(token_, stop_);
  const auto stream = stub_->PublishVacancies(&call.context);
  std::thread sending;
  std::exception_ptr thrown;
  try {
    // What sending fails with, Finish tells.
    stream->Write(open_);
    v1::PublishVacanciesResponse response;
    while (stream->Read(&response)) {
      backoff_.Reset();
      Received(response, *stream, sending);
    }
  } catch (...) {
    thrown = std::current_exception();
    call.context.TryCancel();
  }
  {
    const std::lock_guard guard(lock_);
    call_over_ = true;
    changed_.notify_all();
  }
  if (sending.joinable()) sending.join();
  const grpc::Status status = stream->Finish();
  if (thrown) std::rethrow_exception(thrown);
  if (status.ok()) {
    const std::lock_guard guard(lock_);
    if (ended_ && unanswered_.empty()) return true;
  }
  const Error error = status.ok()
      ? Error(grpc::UNAVAILABLE, "The node ended the call before every item was answered.") : Error::Of(status);
  if (error.code != grpc::UNAVAILABLE || !backoff_.Wait(stop_, error.retry_delay)) throw error;
  return false;
}

void Publication::Received(const v1::PublishVacanciesResponse& response, Stream& stream, std::thread& sending) {
  if (response.has_answer()) {
    Answered(response.answer());
    return;
  }
  if (!puller_.joinable()) puller_ = std::thread(&Publication::Pull, this, response.opened().last_number());
  {
    const std::lock_guard guard(lock_);
    sent_ = 0;
    call_over_ = false;
  }
  sending = std::thread(&Publication::Send, this, std::ref(stream));
}

void Publication::Pull(std::uint64_t number) {
  std::exception_ptr failure;
  try {
    const Next next = items_after_(number);
    v1::PublishVacancyItem item;
    while (next(item)) {
      item.set_number(++number);
      std::unique_lock guard(lock_);
      changed_.wait(guard, [this] { return unanswered_.size() < kWindow || over_; });
      if (over_) return;
      unanswered_.push_back(std::move(item));
      item = {};
      changed_.notify_all();
    }
  } catch (...) {
    failure = std::current_exception();
  }
  const std::lock_guard guard(lock_);
  failure_ = failure;
  ended_ = true;
  changed_.notify_all();
}

void Publication::Send(Stream& stream) {
  v1::PublishVacanciesRequest request;
  std::unique_lock guard(lock_);
  while (true) {
    changed_.wait(guard, [this] { return sent_ < unanswered_.size() || ended_ || call_over_; });
    if (call_over_) return;
    const bool last = sent_ == unanswered_.size();
    if (!last) *request.mutable_item() = unanswered_[sent_++];
    // Without the lock, because it may wait until the node reads on, which it may not do before its answers were read.
    guard.unlock();
    if (last) {
      stream.WritesDone();
      return;
    }
    if (!stream.Write(request)) return;
    guard.lock();
  }
}

void Publication::Answered(const v1::PutRecordAnswer& answer) {
  v1::PublishVacancyItem item;
  {
    const std::lock_guard guard(lock_);
    if (!unanswered_.empty()) item = unanswered_.front();
  }
  if (item.number() != answer.number()) {
    throw Error(grpc::INTERNAL,
                "Item " + std::to_string(item.number()) + " was due, " + std::to_string(answer.number()) + " was answered.");
  }
  on_answer_(item, answer);
  const std::lock_guard guard(lock_);
  unanswered_.pop_front();
  --sent_;
  changed_.notify_all();
}

}  // namespace exchange
