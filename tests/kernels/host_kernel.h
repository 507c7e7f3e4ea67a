// SPDX-License-Identifier: Apache-2.0
// Calls the entry of any kernel on the host. How many rows and pointers an entry takes, and whether it takes a functor,
// is found at compile time by trying; arguments convert themselves to what the entry asks for.
#pragma once

#include <cstring>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

#include "backends/kernel.h"
#include "runtime-stubs/tinyc_kernel.h"
#include "tests/kernels/host_function.h"

namespace tinyc {

struct HostCall {
  std::vector<std::byte> geometry;
  std::vector<Rows> rows;             // operands, then results
  size_t array_rows = 0;              // the first so many are passed as one array
  std::vector<const void*> pointers;  // constants, then scratch
  const HostFunction* function = nullptr;
  int32_t y0 = 0;
  int32_t y1 = 0;
};

struct HostKernel {
  const KernelDef* def;
  // Fails (throws) when the call does not fit the entry.
  void (*call)(const HostCall& call);
};

// Becomes a reference to whatever geometry struct the entry has.
struct AnyGeometry {
  const std::vector<std::byte>* bytes;
  template <class G>
  operator const G&() const {
    if (sizeof(G) != bytes->size()) throw std::runtime_error("geometry has another size than the struct");
    return *reinterpret_cast<const G*>(bytes->data());
  }
};

struct AnyPointer {
  const void* address = nullptr;
  template <class T>
  operator T*() const {
    return static_cast<T*>(const_cast<void*>(address));
  }
};

template <class Entry, bool kArray, bool kFunction, size_t... R, size_t... P>
constexpr bool entry_takes(std::index_sequence<R...>, std::index_sequence<P...>) {
  using Row = Rows;
  if constexpr (kArray && kFunction) {
    return std::is_invocable_v<Entry, AnyGeometry&, AnyPointer&, decltype((void(R), std::declval<Row&>()))...,
                               decltype((void(P), std::declval<AnyPointer&>()))..., HostFunction&, int32_t, int32_t>;
  } else if constexpr (kArray) {
    return std::is_invocable_v<Entry, AnyGeometry&, AnyPointer&, decltype((void(R), std::declval<Row&>()))...,
                               decltype((void(P), std::declval<AnyPointer&>()))..., int32_t, int32_t>;
  } else if constexpr (kFunction) {
    return std::is_invocable_v<Entry, AnyGeometry&, decltype((void(R), std::declval<Row&>()))...,
                               decltype((void(P), std::declval<AnyPointer&>()))..., HostFunction&, int32_t, int32_t>;
  } else {
    return std::is_invocable_v<Entry, AnyGeometry&, decltype((void(R), std::declval<Row&>()))...,
                               decltype((void(P), std::declval<AnyPointer&>()))..., int32_t, int32_t>;
  }
}

template <class Entry, bool kArray, bool kFunction, size_t... R, size_t... P>
void call_entry(const HostCall& call, std::index_sequence<R...>, std::index_sequence<P...>) {
  if ((call.array_rows > 0) != kArray || call.rows.size() - call.array_rows != sizeof...(R) ||
      call.pointers.size() != sizeof...(P) || (call.function != nullptr) != kFunction)
    throw std::runtime_error("the call has other arguments than the entry");
  const Entry entry;
  AnyGeometry geometry{&call.geometry};
  AnyPointer array{call.rows.data()};
  const Rows* rows = call.rows.data() + call.array_rows;
  if constexpr (kArray && kFunction) {
    entry(geometry, array, rows[R]..., AnyPointer{call.pointers[P]}..., HostFunction(*call.function), call.y0, call.y1);
  } else if constexpr (kArray) {
    entry(geometry, array, rows[R]..., AnyPointer{call.pointers[P]}..., call.y0, call.y1);
  } else if constexpr (kFunction) {
    entry(geometry, rows[R]..., AnyPointer{call.pointers[P]}..., HostFunction(*call.function), call.y0, call.y1);
  } else {
    entry(geometry, rows[R]..., AnyPointer{call.pointers[P]}..., call.y0, call.y1);
  }
}

inline constexpr size_t kMostRows = 10;
inline constexpr size_t kMostPointers = 12;

// Tries functors before none: a template would also take a pointer for its functor.
template <class Entry, bool kArray, bool kFunction, size_t kRows, size_t kPointers>
constexpr auto find_entry() {
  using R = std::make_index_sequence<kRows>;
  using P = std::make_index_sequence<kPointers>;
  if constexpr (entry_takes<Entry, kArray, kFunction>(R{}, P{})) {
    return [](const HostCall& call) { call_entry<Entry, kArray, kFunction>(call, R{}, P{}); };
  } else if constexpr (kPointers < kMostPointers) {
    return find_entry<Entry, kArray, kFunction, kRows, kPointers + 1>();
  } else if constexpr (kRows < kMostRows) {
    return find_entry<Entry, kArray, kFunction, kRows + 1, 0>();
  } else if constexpr (!kArray) {
    return find_entry<Entry, true, kFunction, 1, 0>();
  } else {
    static_assert(kFunction, "the entry has no form that the host can call");
    return find_entry<Entry, false, false, 1, 0>();
  }
}

template <class Entry>
HostKernel make_host_kernel(const KernelDef* def, Entry) {
  return {def, find_entry<Entry, false, true, 1, 0>()};
}

std::vector<HostKernel> all_host_kernels();

}  // namespace tinyc
