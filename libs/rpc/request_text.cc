#include "rpc/request_text.h"

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

namespace webhook::rpc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Path of the first text that holds it; empty: none.
std::string FindNul(const Message& message, const std::string& at) {
  const auto* const reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string path = at + field->name();
    const bool text = field->type() == FieldDescriptor::TYPE_STRING;
    const bool nested = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (!text && !nested) continue;
    const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      const std::string here = field->is_repeated() ? path + "[" + std::to_string(i) + "]" : path;
      if (nested) {
        const Message& inner = field->is_repeated() ? reflection->GetRepeatedMessage(message, field, i)
                                                    : reflection->GetMessage(message, field);
        if (std::string found = FindNul(inner, here + "."); !found.empty()) return found;
        continue;
      }
      const std::string value = field->is_repeated() ? reflection->GetRepeatedString(message, field, i)
                                                     : reflection->GetString(message, field);
      if (value.find('\0') != std::string::npos) return here;
    }
  }
  return "";
}

}  // namespace

Status RefuseNul(const Message& request) {
  const std::string found = FindNul(request, "");
  if (found.empty()) return Ok();
  return InvalidError({{found, "bad_text", "holds U+0000, which cannot be stored"}});
}

}  // namespace webhook::rpc
