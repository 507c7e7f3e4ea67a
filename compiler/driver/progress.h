// SPDX-License-Identifier: Apache-2.0
// Tells a person at a terminal what takes so long: after two seconds in a phase, one line on standard error.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace tinyc {

// Lives as long as the phase. Silent unless standard error is a terminal or TINYC_PROGRESS is set.
class Progress {
 public:
  explicit Progress(std::string phase);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

 private:
  void watch();

  std::string phase_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool over_ = false;
  std::thread watcher_;
};

}  // namespace tinyc
