// Watches vacancies: watch_vacancies TOKEN_FILE [COUNT]. Ends after COUNT lines; without it, with ctrl-C.
#include <cstdlib>

#include "exchange/client.h"
#include "teller.h"

using namespace exchange;

// readme: watch
// Write what happened to your own system here. The token is saved after this has returned.
void Apply(const v1::WatchVacanciesResponse& response, Teller& teller) {
  if (response.has_vacancy()) {
    teller.Tell("+ " + response.vacancy().external_key().source_id() + " " + response.vacancy().vacancy().title());
  } else if (response.has_removed()) {
    teller.Tell("- a vacancy");
  } else {
    teller.Tell("= the snapshot is complete: drop what it didn't contain");
  }
}

void Run(TokenStore& token, Teller& teller, Stop& stop) {
  const Client client(std::getenv("EXCHANGE_ADDRESS"), Options::FromEnvironment());
  v1::VacancyFilter filter;
  filter.set_source("dongguan-hr");
  client.WatchVacancies(
      filter, token, [&] { teller.Tell("= a snapshot begins"); },
      [&](const v1::WatchVacanciesResponse& response) { Apply(response, teller); }, stop);
}
// readme: end

int main(int count, char** arguments) {
  Stop stop;
  Teller teller(stop, count > 2 ? std::atoi(arguments[2]) : 0);
  FileToken token(arguments[1]);
  Run(token, teller, stop);
}
