#!/usr/bin/env bash
# Fetches the headers of jsoncons, pinned: fetch_jsoncons.sh PREFIX. See docs/adr/0012.
set -euo pipefail

prefix="$1"
package=pybind11-jsoncons # carries jsoncons 1.3.2
version=0.1.2
sha256=f75b03940ff53935464b08d2500933fced5de43eaf587fde4e5257bf942a2437

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
/usr/bin/python3 -m pip download --quiet --no-deps --no-binary "$package" "$package==$version"
echo "$sha256  $package-$version.tar.gz" | sha256sum -c -
tar -xzf "$package-$version.tar.gz"
mkdir -p "$prefix"
rm -rf "${prefix:?}/include"
cp -r "$package-$version/src/include" "$prefix/include"
echo "$sha256" >"$prefix/stamp"
