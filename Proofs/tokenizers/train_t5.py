"""Trains the 4,000-piece unigram model that stands in for T5's own pieces, which come with T5's weights.

    python train_t5.py --clip FOLDER --out DIR

The text is made from the words of CLIP's vocabulary (MIT), common ones more often, and the repository's own test strings: no
third party's sentences. Ids of padding, end and unknown are T5's (0, 1, 2); no beginning, no byte fallback, as in T5.
"""
import argparse
import io
import json
import os
import random

import sentencepiece

from strings import EMOJI, NUMBERS, SCRIPTS

PIECES = 4000
SENTENCES = 20000


def text(clip):
    """Sentences of words in CLIP's order of frequency (its merges are in the order of training)."""
    with open(os.path.join(clip, "vocab.json")) as f:
        entries = json.load(f)
    words = [w[:-4] for w, _ in sorted(entries.items(), key=lambda e: e[1]) if w.endswith("</w>") and w[:-4].isalnum() and w.isascii()]
    weights = [1 / (10 + rank) for rank in range(len(words))]
    r = random.Random(4000)
    for _ in range(SENTENCES):
        picked = r.choices(words, weights, k=r.randint(3, 15))
        yield picked[0].capitalize() + " " + " ".join(picked[1:]) + r.choice(".!?,")
        if r.random() < 0.05:
            yield " ".join(r.choice(SCRIPTS + EMOJI + NUMBERS) for _ in range(4))


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--clip", required=True)
    ap.add_argument("--out", required=True)
    o = ap.parse_args()
    os.makedirs(o.out, exist_ok=True)
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=text(o.clip), model_writer=model, model_type="unigram", vocab_size=PIECES, character_coverage=1.0,
        pad_id=0, eos_id=1, unk_id=2, bos_id=-1, num_threads=1, minloglevel=2)
    with open(os.path.join(o.out, "spiece.model"), "wb") as f:
        f.write(model.getvalue())
    config = {"eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>", "extra_ids": 0, "legacy": True,
              "model_max_length": 512, "clean_up_tokenization_spaces": False, "tokenizer_class": "T5Tokenizer"}
    with open(os.path.join(o.out, "tokenizer_config.json"), "w") as f:
        f.write(json.dumps(config, indent=1) + "\n")


if __name__ == "__main__":
    main()
