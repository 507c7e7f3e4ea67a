// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/progress.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "compiler/support/process.h"

namespace tinyc {
namespace {

constexpr std::chrono::seconds kPatience{2};

}  // namespace

Progress::Progress(std::string phase) : phase_(std::move(phase)) {
  if (is_terminal(stderr) || std::getenv("TINYC_PROGRESS")) watcher_ = std::thread([this] { watch(); });
}

Progress::~Progress() {
  if (!watcher_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  ended_.notify_one();
  watcher_.join();
}

void Progress::watch() {
  std::unique_lock lock(mutex_);
  if (ended_.wait_for(lock, kPatience, [this] { return over_; })) return;
  fmt::print(stderr, "tinyc: {} ...\n", phase_);
}

}  // namespace tinyc
