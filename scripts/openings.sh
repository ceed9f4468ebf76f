#!/usr/bin/env bash
# Counts from outside, with strace, how often one edit and one small evaluation open each file of model, suite and pictures.
# Usage: scripts/openings.sh LORWEB
# Ends with 1 if a weight file, a config or a vocabulary is opened again; the autoencoder's weights may be, for its two halves.
set -euo pipefail
stop() { printf 'openings: %s\n' "$*" >&2; exit 1; }
[ $# = 1 ] && [ -x "$1" ] || stop "name the built tool, such as scripts/openings.sh .build/release/lorweb."
command -v strace >/dev/null || stop "strace is missing, which this needs (Debian, Ubuntu: apt-get install strace)."
lorweb=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# follow NAME ARGUMENT...: runs the tool. What each of its threads opened lies in a file of its own: no line is cut in two.
follow() {
  mkdir "$scratch/$1"
  strace -ff -qq -e trace=open,openat,openat2 -e signal=none -o "$scratch/$1/thread" "$lorweb" "${@:2}" >/dev/null </dev/null
}

# table NAME TITLE: what was opened to be read, with how often it may be; status 1 where something is above that.
table() {
  printf '\n%s\n\n| Opened | times | at most | what |\n| --- | ---: | ---: | --- |\n' "$2"
  cat "$scratch/$1"/thread.* | awk -v root="$PWD/" -v scratch="$scratch/" '
    /O_WRONLY|O_RDWR|O_DIRECTORY/ || !/ = [0-9]+$/ { next }
    match($0, /"[^"]+"/) {
      path = substr($0, RSTART + 1, RLENGTH - 2)
      sub(/.*LoRWeB_LoRWeB\.(resources|bundle)\//, "", path)
      if (index(path, root) == 1) path = substr(path, length(root) + 1)
      if (index(path, scratch) == 1) path = substr(path, length(scratch) + 1)
      if (path ~ /\.safetensors$/) kind = "weights"
      else if (path ~ /(vocab\.json|merges\.txt|spiece\.model)$/) kind = "vocabulary"
      else if (path ~ /\.(json|ya?ml)$/) kind = "config"
      else if (path ~ /\.(png|jpe?g|webp)$/) kind = "picture"
      else next
      times[path]++
      kinds[path] = kind
    }
    END {
      for (path in times) {
        most = kinds[path] == "picture" ? "" : path ~ /\/vae\/.*\.safetensors$/ ? 2 : 1
        verdict = (most != "" && times[path] > most) ? ", TOO OFTEN" : ""
        printf("| %s | %d | %s | %s%s |\n", path, times[path], most, kinds[path], verdict)
      }
    }' | LC_ALL=C sort -t '|' -k 5,5 -k 2,2 >"$scratch/$1/table"
  cat "$scratch/$1/table"
  grep -q '| weights' "$scratch/$1/table" || stop "no weight file was seen: strace followed nothing."
  ! grep -q 'TOO OFTEN' "$scratch/$1/table"
}

pair=demo/pairs/night
follow edit edit "$pair-a.jpg" "$pair-a2.jpg" demo/photos/china.jpg -o "$scratch/edited.png" --quiet

material=Tests/AnalogyDataTests/Fixtures/material
"$lorweb" data suite --suite U2 --material $material --count 1 --out "$scratch/suite" --quiet >/dev/null
python3 - "$scratch/suite/suite.json" <<'PYTHON'
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    suite = json.load(file)
suite["items"] = suite["items"][:3]
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump(suite, file)
PYTHON
methods=copy,color-map,prompt,canvas,canvas-prompt,lorweb,lorweb-prompt,truth
follow evaluation evaluate --suite "$scratch/suite" --plain --methods $methods --output "$scratch/result" --quiet

status=0
table edit "One edit, the embedded model" || status=1
table evaluation "One evaluation, three items, $methods" || status=1
[ $status = 0 ] || printf '\nopenings: something was opened more often than it may be; see TOO OFTEN.\n' >&2
exit $status
