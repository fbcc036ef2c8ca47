#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "runtime/thread.h"

namespace webhook {

// One connection that a ScriptedPeer has accepted. All methods block; after the other side has closed, reads
// give "" and writes do nothing.
class PeerConnection {
 public:
  using Tcp = boost::asio::ip::tcp;

  PeerConnection(Tcp::socket socket, boost::asio::ssl::context* tls);

  // The TLS handshake; false where it failed. Nothing for a plain peer.
  bool Handshake();
  // The handshake resumed a session. REQUIRES: TLS.
  bool Resumed();
  // Head and body (by Content-Length) of the next request; "" where there is none.
  std::string ReadRequest();
  void Write(const std::string& text);
  // Some of what comes; "" where nothing comes any more.
  std::string ReadSome();
  // What is written while it is corked leaves at once with the rest, if it is less than a segment.
  void Cork(bool corked);
  // Changes the key that we write with, as TLS 1.3 can: a message that is no data. False: the other side has
  // gone.
  bool UpdateKey();
  // Until the other side goes.
  void Hold();
  void Close();

 private:
  Tcp::socket socket_;
  std::optional<boost::asio::ssl::stream<Tcp::socket&>> tls_;
  std::string pending_;
};

// A server on a free port of 127.0.0.1 that does to each connection what its script says, and then closes it:
// for peers that no well-behaved server can play.
class ScriptedPeer {
 public:
  // `number`: 0 for the first connection. Called on a thread of the connection's own.
  using Script = std::function<void(PeerConnection&, int number)>;

  // Who makes the TLS handshake: the peer, before the script, or the script itself.
  enum class Shake { kPeer, kScript };

  // certificate, key: PEM files; empty: no TLS.
  explicit ScriptedPeer(Script script, const std::string& certificate = "", const std::string& key = "",
                        Shake shake = Shake::kPeer);
  ~ScriptedPeer();  // closes all connections

  std::uint16_t port() const { return port_; }
  int connections() const { return accepted_; }

 private:
  void Accept();

  Script script_;
  const Shake shake_;
  boost::asio::io_context context_;
  std::optional<boost::asio::ssl::context> tls_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  std::atomic<int> accepted_{0};
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::vector<std::shared_ptr<PeerConnection>> open_;
  std::vector<runtime::Thread> serving_;
  runtime::Thread accepting_;
};

}  // namespace webhook
