#!/usr/bin/env bash
# Edits the demo's photos by analogy with the embedded model and lays them on a sheet, all written anew to demo-out/.
# Usage: scripts/demo.sh LORWEB        with A, A2 and B in the environment for a further row of one's own
set -euo pipefail
lorweb=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
own=("${A:-}" "${A2:-}" "${B:-}")
case ${A:+a}${A2:+a}${B:+a} in
  aaa | '') ;;
  *) echo "demo: a row of your own needs all three pictures: make demo A=a.png A2=a-edited.png B=b.png" >&2; exit 1 ;;
esac
cd "$(dirname "$0")/.."

rm -rf demo-out
mkdir demo-out
row=()

# edit NAME A A2 B: one analogy, to demo-out/NAME.png and the sheet's next row.
edit() {
  "$lorweb" edit "$2" "$3" "$4" -o "demo-out/$1.png" --quiet </dev/null
  row+=("$2" "$3" "$4" "demo-out/$1.png")
}

while read -r name _ _ b; do
  case $name in '#'* | '') continue ;; esac
  kind=jpg
  [ -e "demo/pairs/$name-a.png" ] && kind=png
  to="demo/pairs/$name-b.$kind"
  [ -e "$to" ] || to="demo/photos/$b.jpg"
  edit "$name" "demo/pairs/$name-a.$kind" "demo/pairs/$name-a2.$kind" "$to"
done <demo/analogies.txt
[ -z "${own[0]}" ] || edit yours "${own[@]}"

"$lorweb" sheet -o demo-out/sheet.jpg "${row[@]}"
echo "demo: see demo-out/sheet.jpg; a row is a, a edited, b, and b edited by the model"
