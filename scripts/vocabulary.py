#!/usr/bin/env python3
"""Makes the embedded model's two vocabularies out of the procedural tasks' instructions.

    lorweb data synthesize --tasks all --count 1200 --size 32 --seed 5 --material material --out words   # and U3, U4, U5
    python3 scripts/vocabulary.py --into model --material material words/analogy_metadata.json ...

writes tokenizer/ (CLIP's byte pairs) and tokenizer_2/ (T5's sentencepiece unigrams) into a model folder. Needs pip's
`tokenizers` and `sentencepiece`. The sizes are those of the presets `mini` and `tiny`, so that configurations stay as they are.
"""

import argparse
import json
import pathlib
import shutil
import tempfile

import sentencepiece
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

CLIP_SIZE, T5_SIZE = 1227, 744
CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,:;!?'-\"()&/"


def corpus(files, material):
    texts = sorted({entry["edit_prompt"] for file in files for entry in json.loads(pathlib.Path(file).read_text())})
    names = sorted({cutout["name"].lower() for cutout in json.loads((material / "manifest.json").read_text())["cutouts"]})
    # Instructions weigh most; the objects' names bring words that users write and no task has.
    return texts * 20 + [f"put a {name} on it" for name in names]


def clip(texts, folder):
    def train(size):
        tokenizer = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
        tokenizer.normalizer = normalizers.Lowercase()
        tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
        trainer = trainers.BpeTrainer(
            vocab_size=size, end_of_word_suffix="</w>", special_tokens=[], initial_alphabet=list(CHARACTERS), show_progress=False)
        tokenizer.train_from_iterator(texts, trainer)
        model = json.loads(tokenizer.to_str())["model"]
        vocabulary = dict(model["vocab"])
        # CLIP's tokenizer needs every character at the end of a word and elsewhere.
        for character in CHARACTERS:
            for form in (character, character + "</w>"):
                vocabulary.setdefault(form, len(vocabulary))
        return vocabulary, model["merges"]

    size = CLIP_SIZE - 2
    vocabulary, merges = train(size)
    while len(vocabulary) > CLIP_SIZE - 2:
        size -= len(vocabulary) - (CLIP_SIZE - 2)
        vocabulary, merges = train(size)
    ids = {form: number for number, form in enumerate(sorted(vocabulary, key=vocabulary.get))}
    while len(ids) < CLIP_SIZE - 2:  # a small corpus runs out of merges
        ids[f"<unused{len(ids)}>"] = len(ids)
    ids["<|startoftext|>"], ids["<|endoftext|>"] = CLIP_SIZE - 2, CLIP_SIZE - 1
    folder.joinpath("vocab.json").write_text(json.dumps(ids, ensure_ascii=False))
    lines = [merge if isinstance(merge, str) else " ".join(merge) for merge in merges]
    folder.joinpath("merges.txt").write_text("\n".join(["#version: 0.2"] + lines) + "\n")


def t5(texts, folder):
    with tempfile.TemporaryDirectory() as scratch:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(texts), model_prefix=f"{scratch}/spiece", vocab_size=T5_SIZE, hard_vocab_limit=False, model_type="unigram", pad_id=0,
            eos_id=1, unk_id=2, bos_id=-1, character_coverage=1.0, minloglevel=2,
            required_chars=CHARACTERS + CHARACTERS.upper(), num_threads=1)
        shutil.copy(f"{scratch}/spiece.model", folder / "spiece.model")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--into", required=True, type=pathlib.Path, help="a model folder")
    arguments.add_argument("--material", required=True, type=pathlib.Path, help="the folder of lorweb data material")
    arguments.add_argument("files", nargs="+", help="analogy_metadata.json of synthesized sets")
    given = arguments.parse_args()
    texts = corpus(given.files, given.material)
    clip(texts, given.into / "tokenizer")
    t5(texts, given.into / "tokenizer_2")
    given.into.joinpath("tokenizer_2/tokenizer.json").unlink(missing_ok=True)
    print(f"{len(texts)} texts")


if __name__ == "__main__":
    main()
