// SPDX-License-Identifier: Apache-2.0
#include "compiler/driver/region_option.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "backends/emit/names.h"
#include "compiler/support/text_writer.h"

namespace tinyc {
namespace {

constexpr double kMostWait = 1000;

template <class T>
std::optional<T> number_from(std::string_view text, auto... base) {
  T number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base...);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<uint64_t> address_from(std::string_view text) {
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  return number_from<uint64_t>(hex ? text.substr(2) : text, hex ? 16 : 10);
}

// "0x20000000 to 0x2001ffff"
std::string place_of(const MemoryRegion& region) {
  return fmt::format("{} (0x{:08x} to 0x{:08x})", region.name, region.base, region.base + region.bytes - 1);
}

// The text up to a separator, which is taken too; all of it where there is none.
std::string_view cut(std::string_view& text, char separator) {
  const size_t at = text.find(separator);
  const std::string_view head = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  return head;
}

std::string take_place(MemoryRegion& region, std::string_view text) {
  const std::string_view kind = cut(text, '@');
  const std::string_view address = cut(text, '+');
  if (kind != "ram" && kind != "flash") return fmt::format("'{}' is not one of flash, ram", kind);
  region.writable = kind == "ram";
  const auto base = address_from(address);
  if (!base || *base >= uint64_t{1} << 48) return fmt::format("'{}' is not an address: 0x20000000", address);
  region.base = *base;
  const auto bytes = size_from(std::string(text));
  if (!bytes) return fmt::format("'{}' is not a size: a positive number with an optional K or M", text);
  region.bytes = static_cast<uint64_t>(*bytes);
  return "";
}

}  // namespace

std::optional<int64_t> size_from(std::string text) {
  int64_t unit = 1;
  if (text.ends_with('K') || text.ends_with('k')) unit = 1024;
  if (text.ends_with('M') || text.ends_with('m')) unit = 1024 * 1024;
  if (unit > 1) text.pop_back();
  const auto number = number_from<int64_t>(text);
  if (!number || *number <= 0 || *number > (int64_t{1} << 40) / unit) return std::nullopt;
  return *number * unit;
}

std::string take_region(Options& options, const std::string& value) {
  std::string_view text = value;
  MemoryRegion region;
  region.name = cut(text, '=');
  if (text.empty()) return "'" + value + "' is not NAME=KIND@ADDRESS+SIZE[,wait=N], e.g. psram=ram@0x60000000+8M";
  if (!is_c_identifier(region.name)) return "'" + region.name + "' is not a C identifier";
  if (std::string problem = take_place(region, cut(text, ',')); !problem.empty())
    return fmt::format("{}: {}", region.name, problem);
  if (!text.empty()) {
    const std::string_view key = cut(text, '=');
    const auto wait = number_from<double>(text);
    if (key != "wait" || !wait || !(*wait >= 0) || *wait > kMostWait)
      return fmt::format("{}: '{}={}' is not wait=N, extra cycles per word read, 0 to 1000", region.name, key, text);
    region.wait_cycles = *wait;
    region.basis = "--region";
  }
  options.regions.push_back(std::move(region));
  return "";
}

std::string take_stack(Options& options, const std::string& value) {
  std::string_view text = value;
  const auto bytes = size_from(std::string(cut(text, '@')));
  if (!bytes) return "'" + value + "' is not SIZE[@REGION], e.g. 8K@dtcm";
  options.stack = {*bytes, std::string(text)};
  return "";
}

std::string regions_problem(const std::vector<MemoryRegion>& regions, int pointer_bytes) {
  std::string problem;
  const auto add = [&](const std::string& text) { problem += (problem.empty() ? "" : "; ") + text; };
  for (size_t i = 0; i < regions.size(); ++i) {
    const MemoryRegion& one = regions[i];
    if (pointer_bytes < 8 && one.base + one.bytes > uint64_t{1} << (8 * pointer_bytes))
      add(fmt::format("{} is out of reach of the core's {}-bit addresses", place_of(one), 8 * pointer_bytes));
    for (size_t k = 0; k < i; ++k) {
      if (regions[k].name == one.name) add(fmt::format("there are two regions '{}'", one.name));
      if (overlap(regions[k], one)) add(fmt::format("{} overlaps {}", place_of(one), place_of(regions[k])));
    }
  }
  return problem;
}

}  // namespace tinyc
