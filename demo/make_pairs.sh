#!/usr/bin/env bash
# Makes the demo's analogies by the procedural set's own programs, as analogies.txt says.
# Usage: demo/make_pairs.sh LORWEB        writes demo/pairs/NAME-a, NAME-a2 and, where b isn't a photo as it is, NAME-b
set -euo pipefail
lorweb=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "$0")"
rm -rf pairs
mkdir pairs
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$lorweb" data suite --suite U0 --count 4 --size 192 --material ../Tests/AnalogyDataTests/Fixtures/material --out "$scratch/scenes" \
  --quiet

while read -r name task a b; do
  case $name in '#'* | '') continue ;; esac
  if [ "$a" = scene ]; then
    for part in a a2 b; do cp "$scratch/scenes/$task/$b/$part.png" "pairs/$name-$part.png"; done
    continue
  fi
  "$lorweb" data paint "photos/$a.jpg" --task "$task" --before "pairs/$name-a.jpg" --after "pairs/$name-a2.jpg" </dev/null
  case $task in
    # Restoration: what is to be restored is painted, too.
    C*) "$lorweb" data paint "photos/$b.jpg" --task "$task" --before "pairs/$name-b.jpg" --after "$scratch/clean.jpg" </dev/null ;;
  esac
done <analogies.txt
