#!/usr/bin/env bash
# Sets up everything the build needs, says what it does, and changes nothing the second time. Run by `make setup`.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'set-up: %s\n' "$*"; }
stop() { printf 'set-up: %s\n' "$*" >&2; exit 1; }

# Tools ----------------------------------------------------------------------------------------------------------------------

swift_needed=6.1
command -v swift >/dev/null || stop "Swift is missing; install Swift $swift_needed or newer from swift.org and put it on PATH."
swift_found=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
newest=$(printf '%s\n' "$swift_needed" "${swift_found:-0}" | sort -t . -k 1,1n -k 2,2n | tail -n 1)
[ "$newest" = "${swift_found:-0}" ] || stop "Swift ${swift_found:-of unknown version} is too old; this package needs $swift_needed or newer."

compiler=
for candidate in c++ clang++ g++; do
  if command -v "$candidate" >/dev/null && echo '#include <vector>' | "$candidate" -x c++ -fsyntax-only - 2>/dev/null; then
    compiler=$candidate
    break
  fi
done
[ -n "$compiler" ] || stop "no working C++ compiler was found; install one (Debian, Ubuntu: apt-get install g++; macOS: xcode-select --install)."

command -v python3 >/dev/null || stop "Python 3 is missing; install it (Debian, Ubuntu: apt-get install python3 python3-pip)."
python3 -m pip --version >/dev/null 2>&1 || stop "pip is missing for $(command -v python3); install it (Debian, Ubuntu: apt-get install python3-pip)."
say "tools: Swift $swift_found, $compiler, Python $(python3 -c 'import platform; print(platform.python_version())')"

# C libraries ----------------------------------------------------------------------------------------------------------------

modules="libpng libjpeg libwebp lcms2 zlib"
apt_packages="pkg-config libpng-dev libjpeg-dev libwebp-dev liblcms2-dev zlib1g-dev"
brew_packages="pkgconf libpng jpeg-turbo webp little-cms2 zlib"

missing_modules() {
  command -v pkg-config >/dev/null || { echo "pkg-config"; return; }
  local absent=
  for module in $modules; do pkg-config --exists "$module" || absent="$absent $module"; done
  echo "${absent# }"
}

missing=$(missing_modules)
if [ -n "$missing" ]; then
  if [ "$(uname)" = Darwin ]; then
    stop "missing: $missing; run: brew install $brew_packages"
  elif ! command -v apt-get >/dev/null; then
    stop "missing: $missing; install pkg-config and the development files of libpng, libjpeg-turbo, libwebp, little-cms 2 and zlib."
  elif [ "$(id -u)" != 0 ]; then
    stop "missing: $missing; run: sudo apt-get update && sudo apt-get install -y --no-install-recommends $apt_packages"
  fi
  say "C libraries: installing with apt-get (about 4 MB): $apt_packages"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  # shellcheck disable=SC2086  # one word a package
  apt-get install -qq -y --no-install-recommends $apt_packages >/dev/null
  missing=$(missing_modules)
  [ -z "$missing" ] || stop "apt-get finished, yet pkg-config still does not know: $missing"
fi
say "C libraries: $modules"

# libtorch and Swift packages ------------------------------------------------------------------------------------------------

python3 scripts/libtorch.py

for package in . Examples; do
  [ -f "$package/Package.swift" ] || continue
  swift package --package-path "$package" resolve || stop "the Swift packages of $package could not be fetched; see the lines above."
done
say "Swift packages: resolved; from here on nothing needs a network"
