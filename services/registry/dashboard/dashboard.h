#pragma once

#include <optional>

#include "http/server.h"

namespace webhook::dashboard {

// The dashboard is static files: pages that run in the browser and call REST /v2, nothing else. So nothing of
// a customer's passes through here, and no HTML is made by a program.
//
//   /                              leads to /dashboard/
//   /dashboard/…                   index.html, whatever the rest: the page's own router reads it
//   /dashboard/assets/VERSION/…    its files, kept by browsers for ever: the version is of their contents.
//   Asked for
//                                  another replica's version, those of the same name, which are not kept
//
// 404 for a file that is not there, 405 for what is no GET. nullopt: the path is none of these. From any
// thread; does not block.
std::optional<http::Response> Serve(const http::Request& request);

}  // namespace webhook::dashboard
