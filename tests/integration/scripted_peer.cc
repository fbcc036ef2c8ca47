#include "tests/integration/scripted_peer.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <utility>

namespace webhook {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// Of a request's head; 0: it has none.
std::size_t BodyLength(const std::string& head) {
  const std::string name = "Content-Length: ";
  const std::size_t found = head.find(name);
  return found == std::string::npos ? 0 : std::stoul(head.substr(found + name.size()));
}

}  // namespace

PeerConnection::PeerConnection(Tcp::socket socket, asio::ssl::context* tls) : socket_(std::move(socket)) {
  // What was written is on its way, as the tests believe.
  socket_.set_option(Tcp::no_delay(true));
  if (tls != nullptr) tls_.emplace(socket_, *tls);
}

bool PeerConnection::Handshake() {
  error_code error;
  if (tls_) tls_->handshake(asio::ssl::stream_base::server, error);
  return !error;
}

bool PeerConnection::Resumed() {
  return SSL_session_reused(tls_->native_handle()) == 1;
}

std::string PeerConnection::ReadSome() {
  std::array<char, 4096> bytes;
  error_code error;
  const std::size_t got =
      tls_ ? tls_->read_some(asio::buffer(bytes), error) : socket_.read_some(asio::buffer(bytes), error);
  return std::string(bytes.data(), got);
}

std::string PeerConnection::ReadRequest() {
  for (;;) {
    const std::size_t end = pending_.find("\r\n\r\n");
    if (end != std::string::npos) {
      const std::size_t length = end + 4 + BodyLength(pending_.substr(0, end));
      if (pending_.size() >= length) {
        std::string request = pending_.substr(0, length);
        pending_.erase(0, length);
        return request;
      }
    }
    const std::string more = ReadSome();
    if (more.empty()) return "";
    pending_ += more;
  }
}

void PeerConnection::Write(const std::string& text) {
  error_code ignored;
  if (tls_) {
    asio::write(*tls_, asio::buffer(text), ignored);
  } else {
    asio::write(socket_, asio::buffer(text), ignored);
  }
}

void PeerConnection::Cork(bool corked) {
  const int value = corked ? 1 : 0;
  setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_CORK, &value, sizeof value);
}

bool PeerConnection::UpdateKey() {
  return SSL_key_update(tls_->native_handle(), SSL_KEY_UPDATE_NOT_REQUESTED) == 1 && Handshake();
}

void PeerConnection::Hold() {
  while (!ReadSome().empty()) {
  }
}

void PeerConnection::Close() {
  // Not close(): another thread may be reading.
  shutdown(socket_.native_handle(), SHUT_RDWR);
}

ScriptedPeer::ScriptedPeer(Script script, const std::string& certificate, const std::string& key, Shake shake)
    : script_(std::move(script)), shake_(shake), acceptor_(context_, {asio::ip::address_v4::loopback(), 0}) {
  if (!certificate.empty()) {
    tls_.emplace(asio::ssl::context::tls_server);
    tls_->use_certificate_chain_file(certificate);
    tls_->use_private_key_file(key, asio::ssl::context::pem);
  }
  port_ = acceptor_.local_endpoint().port();
  accepting_ = runtime::Thread("peer-accept", [this] { Accept(); });
}

ScriptedPeer::~ScriptedPeer() {
  stopping_ = true;
  shutdown(acceptor_.native_handle(), SHUT_RDWR);
  accepting_.Join();
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& connection : open_) connection->Close();
  }
  serving_.clear();  // joins
}

void ScriptedPeer::Accept() {
  for (;;) {
    error_code error;
    auto socket = acceptor_.accept(error);
    if (stopping_) return;
    if (error) continue;
    auto connection = std::make_shared<PeerConnection>(std::move(socket), tls_ ? &*tls_ : nullptr);
    const int number = accepted_++;
    const std::scoped_lock lock(mutex_);
    open_.push_back(connection);
    serving_.emplace_back("peer", [this, connection, number] {
      if (shake_ == Shake::kScript || connection->Handshake()) script_(*connection, number);
      connection->Close();
    });
  }
}

}  // namespace webhook
