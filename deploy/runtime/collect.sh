#!/usr/bin/env bash
# Gathers all that one binary needs to run, for an image made from nothing: collect.sh BINARY ROOT
set -euo pipefail

binary="$1"
root="$2"

# The package that a library is of, which lists it under one of its two paths.
owner() { { dpkg-query -S "$1" 2>/dev/null || dpkg-query -S "/usr$1"; } | sed 's/:.*//;q'; }

mkdir -p "$root"/usr/lib/ssl "$root"/usr/lib64 "$root"/etc/ssl/certs "$root"/var/lib/dpkg/status.d
ln -s usr/lib "$root/lib"
ln -s usr/lib64 "$root/lib64"

install -D "$binary" "$root/usr/local/bin/$(basename "$binary")"
strip "$root/usr/local/bin/$(basename "$binary")"

packages=(base-files ca-certificates)
while IFS= read -r library; do
  install -D -m 644 "$library" "$root/usr/${library#/usr/}"
  packages+=("$(owner "$library")")
done < <(ldd "$binary" | grep -o '/[^ ]*')
chmod 755 "$root"/usr/lib64/*

# Whose certificates are trusted: where OpenSSL looks, and where gRPC and librdkafka do.
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
ln -s /etc/ssl/certs/ca-certificates.crt "$root/usr/lib/ssl/cert.pem"
cp /etc/os-release "$root/etc/os-release"
echo "hosts: files dns" >"$root/etc/nsswitch.conf"
echo "nonroot:x:65532:65532::/nonexistent:/nonexistent" >"$root/etc/passwd"
echo "nonroot:x:65532:" >"$root/etc/group"

# Vulnerability scanners read what packages the files are of from here, and lawyers the licences.
while IFS= read -r package; do
  dpkg-query -s "$package" >"$root/var/lib/dpkg/status.d/$package"
  install -D -m 644 "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/copyright"
done < <(printf '%s\n' "${packages[@]}" | sort -u)
