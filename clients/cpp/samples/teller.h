#pragma once

#include <iostream>
#include <string>

#include "exchange/stop.h"

/// Writes lines, and ends a watch after so many.
class Teller {
 public:
  /// `count` is how many; 0 for no end.
  Teller(exchange::Stop& stop, int count) : stop_(stop), left_(count) {}

  void Tell(const std::string& line) {
    std::cout << line << std::endl;
    if (--left_ == 0) stop_.Request();
  }

 private:
  exchange::Stop& stop_;
  int left_;
};
