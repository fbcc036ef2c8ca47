#include "services/registry/dashboard/dashboard.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "services/registry/dashboard/assets.h"

namespace webhook::dashboard {
namespace {

constexpr std::string_view kRoot = "/dashboard";
constexpr std::string_view kAssetsRoot = "/dashboard/assets/";

// Scripts, styles and calls of this origin alone; nothing inline, nothing evaluated, no text becomes HTML or
// script (Trusted Types), and no other page may frame it.
constexpr char kPolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'";

const Asset* Find(std::string_view name) {
  const auto& assets = Assets();
  const auto found =
      std::lower_bound(assets.begin(), assets.end(), name,
                       [](const Asset& asset, std::string_view wanted) { return asset.name < wanted; });
  return found == assets.end() || found->name != name ? nullptr : &*found;
}

// Whether the client takes gzip (RFC 9110 section 12.5.3), as browsers say it; in doubt it gets plain text.
bool TakesGzip(const http::Request& request) {
  const std::string_view accepted = request.Header("accept-encoding");
  const std::size_t at = accepted.find("gzip");
  if (at == std::string_view::npos) return false;
  const std::string_view weight = accepted.substr(at + 4, accepted.find(',', at) - at - 4);
  return weight.find("q=0") == std::string_view::npos || weight.find("q=0.") != std::string_view::npos;
}

http::Response Plain(int status, std::string text) {
  http::Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(text);
  return response;
}

http::Response Redirect(std::string to) {
  http::Response response = Plain(302, "");
  response.headers.emplace_back("Location", std::move(to));
  return response;
}

http::Response Show(const Asset& asset, const http::Request& request, const char* caching) {
  http::Response response;
  response.content_type = asset.content_type;
  response.headers.emplace_back("Cache-Control", caching);
  response.headers.emplace_back("Vary", "Accept-Encoding");
  if (TakesGzip(request)) {
    response.headers.emplace_back("Content-Encoding", "gzip");
    response.body = asset.gzip;
  } else {
    response.body = asset.plain;
  }
  return response;
}

// VERSION/NAME. While the platform is being updated a page may come from a replica of one version and ask
// another for its files: it gets those that are there, and does not keep them.
http::Response ShowAsset(std::string_view path, const http::Request& request) {
  const std::size_t slash = path.find('/');
  const std::string_view name = slash == std::string_view::npos ? "" : path.substr(slash + 1);
  const Asset* asset = Find(name);
  if (asset == nullptr || name == "index.html") return Plain(404, "there is no such file\n");
  const bool own = path.substr(0, slash) == kVersion;
  return Show(*asset, request, own ? "public, max-age=31536000, immutable" : "no-store");
}

http::Response Answer(const http::Request& request) {
  if (request.method != "GET" && request.method != "HEAD") {
    http::Response response = Plain(405, "the dashboard takes GET alone\n");
    response.headers.emplace_back("Allow", "GET, HEAD");
    return response;
  }
  const std::string_view path = request.path;
  if (path == "/" || path == kRoot) return Redirect("/dashboard/");
  if (path.substr(0, kAssetsRoot.size()) == kAssetsRoot)
    return ShowAsset(path.substr(kAssetsRoot.size()), request);
  http::Response response = Show(*Find("index.html"), request, "no-cache");
  response.headers.emplace_back("Content-Security-Policy", kPolicy);
  return response;
}

}  // namespace

std::optional<http::Response> Serve(const http::Request& request) {
  const std::string_view path = request.path;
  const bool below = path.substr(0, kRoot.size() + 1) == "/dashboard/";
  if (path != "/" && path != kRoot && !below) return std::nullopt;
  http::Response response = Answer(request);
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  response.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  response.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
  return response;
}

}  // namespace webhook::dashboard
