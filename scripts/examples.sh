#!/usr/bin/env bash
# Builds the package in Examples/ as an integrator would and runs it on one of the demo's analogies.
set -euo pipefail
cd "$(dirname "$0")/.."
swift build --package-path Examples
output=$(mktemp -d)
trap 'rm -rf "$output"' EXIT
Examples/.build/debug/FirstEdit demo/pairs/night-a.jpg demo/pairs/night-a2.jpg demo/photos/china.jpg "$output/night.png"
[ -s "$output/night.png" ] || { echo "examples: FirstEdit wrote no picture" >&2; exit 1; }
Examples/.build/debug/WarmEdits demo/pairs/night-a.jpg demo/pairs/night-a2.jpg demo/pairs/fog-a.jpg demo/pairs/fog-a2.jpg demo/photos/china.jpg
