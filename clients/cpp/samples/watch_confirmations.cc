// Watches how placements stand, by the publisher's own job code: watch_confirmations TOKEN_FILE [COUNT].
#include <cstdio>
#include <cstdlib>

#include "exchange/client.h"
#include "teller.h"

using namespace exchange;

// readme: confirmations
// Write the new state to your own system here. The token is saved after this has returned.
void Apply(const v1::WatchPlacementsResponse& response, Teller& teller) {
  if (response.has_placement()) {
    const v1::Placement& placement = response.placement();
    char day[16];
    std::snprintf(day, sizeof day, "%04d-%02d-%02d",
                  placement.state_date().year(), placement.state_date().month(), placement.state_date().day());
    teller.Tell(placement.vacancy_source_id() + " " + v1::PlacementState_Name(placement.state()) + " " + day);
  } else if (response.has_removed()) {
    teller.Tell("- a placement");
  } else {
    teller.Tell("= the snapshot is complete: drop what it didn't contain");
  }
}

void Run(TokenStore& token, Teller& teller, Stop& stop) {
  const Client client(std::getenv("EXCHANGE_ADDRESS"), Options::FromEnvironment());
  client.WatchPlacements(
      {}, token, [&] { teller.Tell("= a snapshot begins"); },
      [&](const v1::WatchPlacementsResponse& response) { Apply(response, teller); }, stop);
}
// readme: end

int main(int count, char** arguments) {
  Stop stop;
  Teller teller(stop, count > 2 ? std::atoi(arguments[2]) : 0);
  FileToken token(arguments[1]);
  Run(token, teller, stop);
}
