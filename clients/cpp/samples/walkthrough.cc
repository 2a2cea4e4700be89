// From nothing to a resumed stream of vacancies in one go, with what can go wrong on the way.
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <vector>

#include "exchange/client.h"
#include "teller.h"

using namespace exchange;

namespace {

v1::PublishVacancyItem Item(const std::string& job, const std::string& title, const std::string& etag = "",
                            v1::VacancyStatus status = v1::VACANCY_STATUS_OPEN) {
  v1::PublishVacancyItem item;
  item.mutable_external_key()->set_source("walkthrough");
  item.mutable_external_key()->set_source_id(job);
  item.set_etag(etag);
  item.mutable_vacancy()->set_title(title);
  item.mutable_vacancy()->mutable_work_place()->set_words("东莞");
  item.mutable_vacancy()->set_status(status);
  return item;
}

std::vector<v1::PutRecordAnswer> Publish(const Client& client, const std::string& stream,
                                         const std::vector<v1::PublishVacancyItem>& items) {
  std::vector<v1::PutRecordAnswer> answers;
  const auto items_after = [&](std::uint64_t number) -> Next {
    return [&items, number](v1::PublishVacancyItem& item) mutable {
      if (number == items.size()) return false;
      item = items[number++];
      return true;
    };
  };
  client.PublishVacancies("walkthrough", stream, items_after,
                          [&](const auto&, const v1::PutRecordAnswer& answer) { answers.push_back(answer); });
  return answers;
}

// Watches until so many lines were told.
void Watch(const Client& client, TokenStore& token, int count) {
  Stop stop;
  Teller teller(stop, count);
  v1::VacancyFilter filter;
  filter.set_source("walkthrough");
  filter.add_statuses(v1::VACANCY_STATUS_OPEN);
  const auto apply = [&](const v1::WatchVacanciesResponse& response) {
    if (response.has_vacancy()) {
      teller.Tell("   + " + response.vacancy().external_key().source_id() + " " + response.vacancy().vacancy().title());
    } else {
      teller.Tell(response.has_removed() ? "   - a vacancy" : "   = complete");
    }
  };
  client.WatchVacancies(filter, token, [&] { teller.Tell("   = begins"); }, apply, stop);
}

v1::VacancyRecord Get(const Client& client, const std::string& id) {
  v1::GetVacancyRequest request;
  request.set_id(id);
  return client.Call(&v1::VacancyService::Stub::GetVacancy, request).vacancy();
}

}  // namespace

int main() {
  const Client client(std::getenv("EXCHANGE_ADDRESS"), Options::FromEnvironment());

  std::cout << "1. Two vacancies are published. Each is answered by itself.\n";
  const auto answers = Publish(client, "first", {Item("JOB-1", "鞋厂普工"), Item("JOB-2", "焊工")});
  std::cout << "   " << std::count_if(answers.begin(), answers.end(), [](const auto& one) { return one.created(); })
            << " are new\n";

  std::cout << "2. The same stream is published again, as after a crash. Nothing is sent twice.\n";
  std::cout << "   " << Publish(client, "first", {Item("JOB-1", "鞋厂普工"), Item("JOB-2", "焊工")}).size() << " were sent\n";

  std::cout << "3. A watch without a token begins with a snapshot.\n";
  MemoryToken token;
  Watch(client, token, 4);

  std::cout << "4. One is filled and one is new. The watch goes on from its token and tells only that.\n";
  Publish(client, "second", {Item("JOB-1", "鞋厂普工", "", v1::VACANCY_STATUS_FILLED), Item("JOB-3", "质检员")});
  Watch(client, token, 2);

  std::cout << "5. Somebody updates from an old version and is refused.\n";
  const auto read = Get(client, answers[1].id());
  Publish(client, "third", {Item("JOB-2", "焊工（夜班）", read.etag())});
  const auto late = Publish(client, "fourth", {Item("JOB-2", "电焊工", read.etag())});
  std::cout << "   " << Error::Of(late[0].error()).reason << "\n";

  std::cout << "6. What isn't there is an error with a reason.\n";
  try {
    Get(client, "019a0000-0000-7000-8000-000000000000");
  } catch (const Error& error) {
    std::cout << "   " << error.code_name() << " " << error.reason << "\n";
  }
}
