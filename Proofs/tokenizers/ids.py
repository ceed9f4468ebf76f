"""Writes the ids of the strings: CLIP's as transformers' slow CLIPTokenizer gives them without ftfy, T5's as sentencepiece does.

    python ids.py --strings FILE --clip FOLDER --t5 FOLDER --out DIR

Each answer is a JSON list, one list of ids a string, with beginning and end, cut to the folder's length, without padding.
"""
import argparse
import importlib.util
import json
import os

import sentencepiece
from transformers import CLIPTokenizer, T5TokenizerFast


def main():
    ap = argparse.ArgumentParser()
    for name in ("strings", "clip", "t5", "out"):
        ap.add_argument("--" + name, required=True)
    o = ap.parse_args()
    assert importlib.util.find_spec("ftfy") is None, "with ftfy CLIPTokenizer takes another path"
    os.makedirs(o.out, exist_ok=True)
    with open(o.strings) as f:
        strings = json.load(f)
    clip = CLIPTokenizer.from_pretrained(o.clip)
    pieces = sentencepiece.SentencePieceProcessor(model_file=os.path.join(o.t5, "spiece.model"))
    fast = T5TokenizerFast.from_pretrained(o.t5)
    length = fast.model_max_length
    t5 = [pieces.encode(s)[:length - 1] + [pieces.eos_id()] for s in strings]
    answers = {"clip": [clip(s, truncation=True).input_ids for s in strings], "t5": t5}
    # Padding isn't written out: up to the folder's length, by the end token for CLIP and by piece 0 for T5.
    for s, i in zip(strings, answers["clip"]):
        assert clip(s, truncation=True, padding="max_length").input_ids == i + [clip.eos_token_id] * (clip.model_max_length - len(i))
    assert fast("a", padding="max_length").input_ids == t5[strings.index("a")] + [0] * (length - len(t5[strings.index("a")]))
    for name, ids in answers.items():
        with open(os.path.join(o.out, name + ".json"), "w") as f:
            f.write("[\n" + ",\n".join(json.dumps(i, separators=(",", ":")) for i in ids) + "\n]\n")
    # for information: transformers' own T5 reads special tokens inside a text as such, and normalizes by grapheme clusters
    other = [s for s, i in zip(strings, t5) if fast(s, truncation=True).input_ids != i]
    print(f"{len(strings)} strings; transformers' T5TokenizerFast differs from sentencepiece on {len(other)}")


if __name__ == "__main__":
    main()
