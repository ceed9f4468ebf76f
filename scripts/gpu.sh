#!/usr/bin/env bash
# Parity goldens, one edit and a short training on a CUDA machine that has torch and g++ but neither Swift nor a network.
# Usage: scripts/gpu.sh pack FOLDER               here, after make build: what travels, as two archives
#        scripts/gpu.sh run FOLDER OUT [DEVICE]   there, in a folder that holds this script and the archives: results to OUT
# DEVICE is cuda unless named; with cpu every step can be rehearsed anywhere. The machine's python3 must import torch.
# The archives may come one after the other: without the model's, only what needs no embedded model is run.
set -euo pipefail
stop() { printf 'gpu: %s\n' "$*" >&2; exit 1; }
say() { printf '\n== %s (%s s)\n' "$*" "$SECONDS"; }

pack() {
  local bundle=.build/debug/LoRWeBPackageTests.xctest tool=.build/debug/lorweb folder library
  folder=$(realpath -m "$1")
  cd "$(dirname "$0")/.."
  [ -x "$bundle" ] && [ -x "$tool" ] || stop "$bundle or $tool is missing; run make build."
  [ ! -e "$folder" ] || stop "$folder is there already; name a new folder."
  mkdir -p "$folder/pack/bin" "$folder/pack/shim"
  pwd >"$folder/pack/root"  # the tests find their files below it; debug builds check every operator's devices
  strip -s -o "$folder/pack/bin/tests" "$bundle"
  strip -s -o "$folder/pack/bin/lorweb" "$tool"
  # Swift's and the pictures' libraries; libtorch, the shim and what every Linux has are found there.
  ldd "$bundle" "$tool" | awk '$2 == "=>" && /\/(libswift|lib_?Foundation|lib_?Testing|libXCTest|libdispatch|libBlocks|libpng|libjpeg|libwebp|libsharpyuv|liblcms)/ { print $3 }' |
    sort -u | while read -r library; do strip -s -o "$folder/pack/bin/${library##*/}" "$library"; done
  cp -r Packages/CTorch/Sources/CTorch/. "$folder/pack/shim"
  tar c Tests/ParityTests/Goldens Tests/ParityTests/Edits demo/photos/astronaut.jpg demo/pairs/night-a.jpg demo/pairs/night-a2.jpg |
    tar x -C "$folder/pack"
  tar c -C "$folder/pack" . | xz -T0 -6 >"$folder/engine.tar.xz"
  rm -r "$folder/pack"
  tar c Sources/LoRWeB/Embedded | xz -T0 -6 >"$folder/model.tar.xz"
  ls -l "$folder"
}

run() {
  local folder out=$2 device=${3:-cuda} torch root failed=0
  folder=$(cd "$1" && pwd)
  mkdir -p "$out" && out=$(cd "$out" && pwd)
  torch=$(python3 -c 'import os, torch; print(os.path.dirname(torch.__file__))') || stop "python3 there can't import torch."
  say "unpacking"
  local skip=() archive
  for archive in "$folder"/*.tar.xz; do tar xf "$archive" -C "$folder"; done
  cd "$folder"
  [ -d Sources ] || skip=(--skip 'EditParity|EmbeddedEncoderParity|AutoencoderParity/largePhoto')
  root=$(cat root)
  if [ ! -e "$root" ]; then mkdir -p "$(dirname "$root")" && ln -s "$PWD" "$root"; fi
  ln -sfn ../Sources/LoRWeB/Embedded bin/LoRWeB_LoRWeB.resources

  say "building the shim against torch $(python3 -c 'import torch; print(torch.__version__)')"
  local part
  [ -e bin/libctorch.so ] || for part in shim/*.cpp; do
    g++ -std=c++20 -O2 -fPIC -w -c -isystem "$torch/include" -isystem "$torch/include/torch/csrc/api/include" -Ishim/include \
      "$part" -o "${part%.cpp}.o" &
  done
  wait
  g++ -shared shim/*.o -o bin/libctorch.so -L"$torch/lib" -ltorch_cpu -lc10 -Wl,--allow-shlib-undefined -Wl,-rpath,"$torch/lib"
  export LD_LIBRARY_PATH=$PWD/bin:$torch/lib

  say "goldens on $device"
  LORWEB_GOLDENS=$PWD/Tests/ParityTests/Goldens LORWEB_DEVICE=$device timeout 180 bin/tests --testing-library swift-testing --filter ParityTests "${skip[@]}" >"$out/goldens.txt" 2>&1 || failed=1
  grep -E 'recorded an issue|Test run with' "$out/goldens.txt" || tail -3 "$out/goldens.txt"

  if [ ${#skip[@]} != 0 ]; then
    say "done without the embedded model, $([ $failed = 0 ] && echo all right || echo something failed)"
    return $failed
  fi

  say "an edit on $device and on the CPU"
  local edit=(edit demo/pairs/night-a.jpg demo/pairs/night-a2.jpg demo/photos/astronaut.jpg --dtype float32 --details model --quiet)
  timeout 60 bin/lorweb "${edit[@]}" --device "$device" -o "$out/edit.png" || failed=1
  timeout 60 bin/lorweb "${edit[@]}" -o "$out/edit-cpu.png" || failed=1
  python3 - "$out/edit.png" "$out/edit-cpu.png" <<'PY' || failed=1
import sys, numpy as np
from PIL import Image
one, other = (np.asarray(Image.open(path).convert("RGB")).astype(int) for path in sys.argv[1:])
apart = abs(one - other)
print(f"pictures: {one.shape[1]} x {one.shape[0]}, {100 * (apart <= 1).mean():.3f} % of samples within one level, largest {apart.max()}")
sys.exit(int((apart <= 1).mean() < 0.999))
PY

  say "eight training steps on $device and on the CPU"
  local train=(train --rehearse --preset mini --model Sources/LoRWeB/Embedded/mini --canvas 256 --text-tokens 16
    --set steps=8 --set batch=1 --set samples=0 --log-every 1 --quiet)
  timeout 60 bin/lorweb "${train[@]}" --device "$device" -o "$out/train" || failed=1
  timeout 60 bin/lorweb "${train[@]}" -o "$out/train-cpu" || failed=1
  python3 - "$out/train/metrics.jsonl" "$out/train-cpu/metrics.jsonl" <<'PY' || failed=1
import json, sys
one, other = ([json.loads(line) for line in open(path)] for path in sys.argv[1:])
pairs = [(a["loss"], b["loss"]) for a, b in zip(one, other) if "loss" in a]
apart = max(abs(a - b) / abs(b) for a, b in pairs)
print(f"losses: {len(pairs)} steps, first {pairs[0]}, last {pairs[-1]}, relative difference at most {apart:.1e}")
sys.exit(int(len(pairs) < 8 or apart > 1e-3))
PY
  say "done, $([ $failed = 0 ] && echo all right || echo something failed)"
  return $failed
}

case ${1:-} in
  pack) [ $# = 2 ] || stop "name the folder to be made."; pack "$2" ;;
  run) [ $# -ge 3 ] || stop "name the folder of the archives and the one for results."; run "${@:2}" ;;
  *) stop "say pack FOLDER, or run FOLDER OUT [DEVICE]." ;;
esac
