// SPDX-License-Identifier: Apache-2.0
// Result<T>: a value, or the one-line reason why there is none. For leaf functions; phases that report
// several problems at once take a Diagnostics sink (diagnostics.h) instead.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace tinyc {

// A reason that a user can read: what is wrong, without file or node (the caller knows those).
struct Failure {
  std::string message;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}            // NOLINT(google-explicit-constructor)
  Result(Failure failure) : state_(std::move(failure)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return ok(); }
  const T& operator*() const { return std::get<T>(state_); }
  T& operator*() { return std::get<T>(state_); }
  const T* operator->() const { return &std::get<T>(state_); }
  T* operator->() { return &std::get<T>(state_); }
  T take() { return std::move(std::get<T>(state_)); }
  const std::string& message() const { return std::get<Failure>(state_).message; }
  Failure failure() const { return std::get<Failure>(state_); }

 private:
  std::variant<T, Failure> state_;
};

// Success, or a reason.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Failure failure)
      : failed_(true), message_(std::move(failure.message)) {}  // NOLINT(google-explicit-constructor)
  bool ok() const { return !failed_; }
  explicit operator bool() const { return ok(); }
  const std::string& message() const { return message_; }
  Failure failure() const { return {message_}; }

 private:
  bool failed_ = false;
  std::string message_;
};

}  // namespace tinyc
