// Code that checks X-Platform-Signature: the hex HMAC-SHA256 of the body's bytes, keyed with the secret's own text. Each has
// the body as it came in, before anything parses it, and compares in constant time.
export const snippets = [
  {
    language: 'JavaScript',
    code: `import crypto from 'node:crypto';

// body: the raw bytes, a Buffer; with Express: express.raw({type: '*/*'}).
export function isOurs(body, signature, secret) {
  const expected = 'sha256=' + crypto.createHmac('sha256', secret).update(body).digest('hex');
  const given = Buffer.from(signature ?? '');
  return given.length === expected.length && crypto.timingSafeEqual(given, Buffer.from(expected));
}

// isOurs(req.body, req.get('X-Platform-Signature'), process.env.WEBHOOK_SECRET)
`,
  },
  {
    language: 'Python',
    code: `import hashlib
import hmac


# body: the raw bytes; with Flask: request.get_data(), with Django: request.body.
def is_ours(body: bytes, signature: str | None, secret: str) -> bool:
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest((signature or "").encode(), expected.encode())


# is_ours(request.get_data(), request.headers.get("X-Platform-Signature"), os.environ["WEBHOOK_SECRET"])
`,
  },
  {
    language: 'Go',
    code: `package webhooks

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

// IsOurs tells whether the body, as io.ReadAll(r.Body) has it, was signed with the secret.
func IsOurs(body []byte, signature, secret string) bool {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	expected := "sha256=" + hex.EncodeToString(mac.Sum(nil))
	return hmac.Equal([]byte(signature), []byte(expected))
}

// IsOurs(body, r.Header.Get("X-Platform-Signature"), os.Getenv("WEBHOOK_SECRET"))
`,
  },
  {
    language: 'Ruby',
    code: `require "openssl"

# body: the raw bytes; with Rack: request.body.read, with Rails: request.raw_post.
def ours?(body, signature, secret)
  expected = "sha256=" + OpenSSL::HMAC.hexdigest("SHA256", secret, body)
  OpenSSL.secure_compare(signature.to_s, expected)
end

# ours?(request.raw_post, request.headers["X-Platform-Signature"], ENV.fetch("WEBHOOK_SECRET"))
`,
  },
  {
    language: 'PHP',
    code: `<?php
// $body: the raw bytes, file_get_contents('php://input').
function is_ours(string $body, ?string $signature, string $secret): bool
{
    $expected = 'sha256=' . hash_hmac('sha256', $body, $secret);
    return hash_equals($expected, $signature ?? '');
}

// is_ours(file_get_contents('php://input'), $_SERVER['HTTP_X_PLATFORM_SIGNATURE'] ?? null, getenv('WEBHOOK_SECRET'))
`,
  },
  {
    language: 'Java',
    code: `import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

final class WebhookSignature {
  // body: the raw bytes; with Spring: @RequestBody byte[] body.
  static boolean isOurs(byte[] body, String signature, String secret) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    String expected = "sha256=" + HexFormat.of().formatHex(mac.doFinal(body));
    return signature != null
        && MessageDigest.isEqual(
            signature.getBytes(StandardCharsets.UTF_8), expected.getBytes(StandardCharsets.UTF_8));
  }
}

// WebhookSignature.isOurs(body, request.getHeader("X-Platform-Signature"), System.getenv("WEBHOOK_SECRET"))
`,
  },
  {
    language: 'C#',
    code: `using System;
using System.Security.Cryptography;
using System.Text;

static class WebhookSignature
{
    // body: the raw bytes of Request.Body, before model binding reads it.
    public static bool IsOurs(byte[] body, string? signature, string secret)
    {
        byte[] mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body);
        string expected = "sha256=" + Convert.ToHexString(mac).ToLowerInvariant();
        return CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(signature ?? ""), Encoding.UTF8.GetBytes(expected));
    }
}

// WebhookSignature.IsOurs(body, Request.Headers["X-Platform-Signature"], Environment.GetEnvironmentVariable("WEBHOOK_SECRET")!)
`,
  },
  {
    language: 'Rust',
    code: `// Cargo.toml: hex = "0.4", hmac = "0.12", sha2 = "0.10"
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// Whether the body, as it came in, was signed with the secret; verify_slice compares in constant time.
pub fn is_ours(body: &[u8], signature: &str, secret: &str) -> bool {
    let Some(given) = signature.strip_prefix("sha256=").and_then(|text| hex::decode(text).ok()) else {
        return false;
    };
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(body);
    mac.verify_slice(&given).is_ok()
}

// is_ours(&body, headers.get("x-platform-signature").map_or("", |v| v.to_str().unwrap_or("")), &secret)
`,
  },
  {
    language: 'Shell',
    code: `#!/bin/sh
# WEBHOOK_SECRET=whsec_… SIGNATURE=sha256=… ./is_ours.sh body.json
# To look at one request by hand: the secret is seen in the list of processes for a moment.
expected="sha256=$(openssl dgst -sha256 -hmac "$WEBHOOK_SECRET" -r "$1" | cut -d ' ' -f 1)"

# Two MACs under a key that nobody knows: how long their comparison takes tells nothing.
once=$(openssl rand -hex 32)
mac() { printf %s "$1" | openssl dgst -sha256 -hmac "$once" -r; }
if [ "$(mac "$SIGNATURE")" = "$(mac "$expected")" ]; then
  echo "It is ours."
else
  echo "It is not ours, or was changed." >&2
  exit 1
fi
`,
  },
];
