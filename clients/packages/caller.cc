#include <cstdlib>
#include <iostream>

#include "exchange/client.h"

int main() {
  const exchange::Client client(std::getenv("EXCHANGE_ADDRESS"), exchange::Options::FromEnvironment());
  std::cout << client.Call(&exchange::v1::NodeService::Stub::GetNode, exchange::v1::GetNodeRequest()).node().id() << std::endl;
}
