// Publishes three vacancies, one of them bad. Run it twice: the second time it goes on at the refused one.
#include <cstdlib>
#include <iostream>
#include <vector>

#include "exchange/client.h"

using namespace exchange;

// readme: publish
v1::PublishVacancyItem Item(const std::string& job, const std::string& title, int headcount) {
  v1::PublishVacancyItem item;
  item.mutable_external_key()->set_source("dongguan-hr");
  item.mutable_external_key()->set_source_id(job);
  item.mutable_vacancy()->set_title(title);
  item.mutable_vacancy()->set_headcount(headcount);
  item.mutable_vacancy()->mutable_work_place()->set_division_code("4419");
  item.mutable_vacancy()->mutable_work_place()->set_words("东莞市大岭山镇");
  item.mutable_vacancy()->set_status(v1::VACANCY_STATUS_OPEN);
  return item;
}

const std::vector<v1::PublishVacancyItem> kItems = {Item("JOB-1", "鞋厂普工", 200), Item("JOB-2", "质检员", -1), Item("JOB-3", "焊工", 15)};

Next ItemsAfterNumber(std::uint64_t number) {
  std::cout << number << " were answered before\n";
  return [number](v1::PublishVacancyItem& item) mutable {
    if (number == kItems.size()) return false;
    item = kItems[number++];
    return true;
  };
}

void Answered(const v1::PublishVacancyItem& item, const v1::PutRecordAnswer& answer) {
  std::cout << item.external_key().source_id();
  if (answer.has_error()) {
    const Error error = Error::Of(answer.error());
    std::cout << " refused: " << error.reason << " " << error.violations[0].field << "\n";
  } else {
    std::cout << " accepted\n";
  }
}

int main() {
  const Client client(std::getenv("EXCHANGE_ADDRESS"), Options::FromEnvironment());
  client.PublishVacancies("dongguan-hr", "sample", ItemsAfterNumber, Answered);
}
// readme: end
