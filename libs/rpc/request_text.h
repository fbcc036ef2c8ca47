#pragma once

#include <google/protobuf/message.h>

#include "core/result.h"

namespace webhook::rpc {

// kInvalid where a text of the request, however deep, holds U+0000: Postgres cannot store it, and its client
// would cut the text there. Names the field by its path.
Status RefuseNul(const google::protobuf::Message& request);

}  // namespace webhook::rpc
