#include "tools/webhookctl/context.h"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

namespace webhook::ctl {
namespace {

using nlohmann::ordered_json;

std::string Cell(const ordered_json& value) {
  if (value.is_null()) return "-";
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return value.dump();
  std::string joined;
  for (const auto& item : value) joined += (joined.empty() ? "" : ",") + Cell(item);
  return joined;
}

void PrintTable(const ordered_json& rows, const std::vector<std::string>& columns) {
  std::vector<std::size_t> widths;
  for (const std::string& column : columns) {
    std::size_t width = column.size();
    for (const auto& row : rows) width = std::max(width, Cell(row.value(column, ordered_json())).size());
    widths.push_back(width);
  }
  const auto print_line = [&](const std::function<std::string(const std::string&)>& cell) {
    std::string line;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      std::string text = cell(columns[i]);
      text.resize(std::max(text.size(), widths[i]), ' ');
      line += text + "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    std::cout << line << "\n";
  };
  print_line([](const std::string& column) {
    std::string title = column;
    std::transform(title.begin(), title.end(), title.begin(),
                   [](unsigned char c) { return std::toupper(c); });
    return title;
  });
  for (const auto& row : rows)
    print_line([&](const std::string& column) { return Cell(row.value(column, ordered_json())); });
}

}  // namespace

Result<std::string> Context::Need(const std::string& value, const char* variable) const {
  if (!value.empty()) return value;
  return Error{ErrorCode::kInvalid, "usage",
               std::string("set ") + variable + " (./dev up writes it to .dev/env)"};
}

int Fail(const Error& error) {
  std::cerr << "error: " << error.message << (error.reason.empty() ? "" : " [" + error.reason + "]") << "\n";
  for (const FieldViolation& violation : error.violations)
    std::cerr << "  " << violation.pointer << ": " << violation.detail << " [" << violation.code << "]\n";
  return error.reason == "usage" ? kUsage : kFailed;
}

void Print(const Context& context, const ordered_json& value, const std::vector<std::string>& columns) {
  if (context.output == "json") {
    std::cout << value.dump(-1, ' ', false, ordered_json::error_handler_t::replace) << "\n";
  } else if (value.is_array()) {
    PrintTable(value, columns);
  } else {
    for (const auto& [name, member] : value.items()) std::cout << name << ": " << Cell(member) << "\n";
  }
}

Result<std::string> ReadInput(const std::string& path) {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{ErrorCode::kInvalid, "usage", "cannot read " + path};
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace webhook::ctl
