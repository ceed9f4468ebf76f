#!/usr/bin/env bash
# Makes the demo's pairs: each task of analogies.txt done to the middle square of its photo by the procedural set's own program.
# Usage: demo/make_pairs.sh LORWEB        writes demo/pairs/NAME-a.jpg and NAME-a2.jpg
set -euo pipefail
lorweb=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "$0")"
rm -rf pairs
mkdir pairs
while read -r name task a b; do
  case $name in '#'* | '') continue ;; esac
  "$lorweb" data paint "photos/$a.jpg" --task "$task" --before "pairs/$name-a.jpg" --after "pairs/$name-a2.jpg" </dev/null
done <analogies.txt
