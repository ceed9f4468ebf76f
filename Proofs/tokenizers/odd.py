"""Writes odd strings with what sentencepiece and transformers make of them, a JSON object each.

    python odd.py --clip FOLDER --t5 FOLDER --out DIR

An object of odd.json has the text, CLIP's ids (`clip`), T5's (`t5`), the text as sentencepiece normalizes it (`normalized`), the same
without removing extra spaces (`spaces`) and with all that is done to spaces turned off (`plain`), and what is left of the text
behind its first seven pieces (`rest`). Settings are off where a second normalizer message follows the model's own (`OFF`).
tiny.json holds a model of a few pieces and its own character map, small enough to be damaged at every byte.
"""
import argparse
import base64
import importlib.util
import io
import json
import os
import random
import tempfile
import unicodedata

import sentencepiece
from transformers import CLIPTokenizer, T5Tokenizer

from strings import EMOJI, SCRIPTS, SPACES, assigned

OFF = {"spaces": "1a022000", "plain": "1a06180020002800"}
KEPT = 7
# sentencepiece's notation: hexadecimal code points, a tab, what they become
RULES = "FB01\t66 69\nFF21\t41\n65 301\tE9\n65 301 323\t45\n200D\t\nA0\t20\nAC\t5B 20 20 5D 20\nA6\t20 21\n1F600\t3A 29\n"
PRESENTATION = ["ﬁ", "ﬂ", "ﬃ", "ﬄ", "ﬅ", "ﬆ", "㍿", "㌔", "㋿", "½", "⅔", "x²", "ℌ", "™", "℡", "ﷺ", "ﷻ", "ﻼ", "ｱﾞ", "ﾊﾟﾋﾟ", "Ｆｕｌｌ", "１２３", "￥", "～",
                "｡", "㎏", "㏂", "①", "⑳", "Ⅻ", "ª", "º", "µ", "ſ", "ẛ̣", "𝕬𝖇", "🄰", "🈁", "゛", "´", "¨", "‗", "︐", "﹏"]
MARKS = ["\u0300", "\u0301", "\u0308", "\u0323", "\u0327", "\u031b", "\u0345", "\u05b0", "\u064b", "\u093c", "\u0e38", "\u3099", "\u309a", "\u20e3", "\u1ab0"]
JAMO = [[chr(c) for c in block] for block in (range(0x1100, 0x1113), range(0x1161, 0x1176), range(0x11a8, 0x11c3))]
ODD = ["\u2581", "\ufeff", "\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\u202e", "\u2066", "\ufe0f", "\ufe0e", "\ufffd", "\ufffe", "\uffff",
       "\U0010ffff", "\ue000", "\U000f0000", "\u034f", "\u061c", "\u115f", "\u3164", "\uffa0", "\U000e0001", "\ufff9"]
JOINED = ["👩‍❤️‍💋‍👨", "🏴‍☠️", "👨🏿‍🦰", "🇪🇺🇺", "#️⃣*️⃣", "👁️‍🗨️", "☝🏽", "🧑🏻‍🤝‍🧑🏿", "❤️‍🔥", "🏳️‍⚧️"]


def compositions():
    """Every character that canonical composition makes, taken apart."""
    parts = {chr(c): unicodedata.normalize("NFD", chr(c)) for c in range(0x32000) if not 0xAC00 <= c < 0xD7A4}
    return [d for c, d in parts.items() if d != c and unicodedata.normalize("NFC", d) == c]


def groups(parts, size):
    return ["".join(parts[i:i + size]) for i in range(0, len(parts), size)]


def strings():
    r = random.Random(18)
    codes = assigned()
    words = ["make", "it", "night", "a", "Red", "cat,", "sky.", "III", "don't", "x"]
    odd = ODD + SPACES + [chr(c) for c in (*range(0x20), *range(0x7f, 0xa0))]
    everything = PRESENTATION + MARKS + ODD + JOINED + EMOJI + SCRIPTS + SPACES + words
    syllable = lambda: "".join(r.choice(part) for part in JAMO[:r.randint(1, 3)])
    made = [*PRESENTATION, *JOINED, *odd, *[f"a{o}b" for o in odd], *[f"{o}a b{o}" for o in odd], *[f" {o} " for o in odd]]
    made += ["\u2581" * n for n in (2, 5)] + ["\u2581a", "a\u2581", " \u2581 a", "a \u2581", "\u2581 \u2581", "  a  "]
    made += ["\t\ta\n\n", "\r\na\r\nb\r\n", "\u3000a\u3000\u3000b\u3000"]
    made += groups(compositions(), 16) + ["".join(syllable() for _ in range(r.randint(1, 8))) for _ in range(40)]
    marked = lambda: r.choice("aeuoAsx夜カ") + "".join(r.choice(MARKS) for _ in range(r.randint(1, 6)))
    made += [marked() + r.choice(["", " b"]) for _ in range(60)]
    made += [r.choice(["", " "]).join(r.choice(everything) for _ in range(r.randint(2, 14))) for _ in range(150)]
    made += ["".join(r.choice(odd + codes + words) for _ in range(r.randint(2, 20))) for _ in range(100)]
    made += ["ﬁ" * 600, " " * 1000 + "a", "a" + " " * 1000, "a\u0301" * 600, "\u1112\u1161\u11ab" * 200]
    made += ["👨‍👩‍👧‍👦" * 90, "ﷺ" * 40, "".join(r.choice(codes) for _ in range(1000))]
    return list(dict.fromkeys(made))


def tiny():
    """A model of some twenty pieces with `RULES`, and what it makes of texts."""
    model = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        rules = os.path.join(folder, "rules.tsv")
        with open(rules, "w") as f:
            f.write(RULES)
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(["make it night", "a cat in the sky at night", "fine cat"] * 5), model_writer=model,
            model_type="unigram", vocab_size=40, hard_vocab_limit=False, pad_id=0, eos_id=1, unk_id=2, bos_id=-1,
            normalization_rule_tsv=rules, minloglevel=2, num_threads=1)
    pieces = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    parts = ["a", " ", "  ", "cat", "ﬁne", "\u00a0", "¬", "¦", "e\u0301", "e\u0301\u0323", "e", "\u200d", "😀", "\0", "夜", "[", "Ａ", "\n"]
    r = random.Random(19)
    texts = ["", " ", "\u00a0", "\u200d", "¦", "¬", *["".join(r.choices(parts, k=r.randint(2, 9))) for _ in range(120)]]
    answers = [dict(text=t, ids=pieces.encode(t), normalized=pieces.normalize(t)) for t in texts]
    return dict(model=base64.b64encode(model.getvalue()).decode(), texts=answers)


def write(folder, name, values):
    lines = [json.dumps(v, separators=(",", ":")) for v in values]
    with open(os.path.join(folder, name + ".json"), "w") as f:
        f.write("[\n" + ",\n".join(lines) + "\n]\n")


def main():
    ap = argparse.ArgumentParser()
    for name in ("clip", "t5", "out"):
        ap.add_argument("--" + name, required=True)
    o = ap.parse_args()
    assert importlib.util.find_spec("ftfy") is None, "with ftfy CLIPTokenizer takes another path"
    clip, theirs = CLIPTokenizer.from_pretrained(o.clip), T5Tokenizer.from_pretrained(o.t5)
    path = os.path.join(o.t5, "spiece.model")
    with open(path, "rb") as f:
        data = f.read()
    pieces = sentencepiece.SentencePieceProcessor(model_file=path)
    off = {name: sentencepiece.SentencePieceProcessor(model_proto=data + bytes.fromhex(more)) for name, more in OFF.items()}
    lines = []
    for text in strings():
        ids = pieces.encode(text)[:theirs.model_max_length - 1] + [pieces.eos_id()]
        assert theirs(text, truncation=True).input_ids == ids, text
        cut = pieces.encode(text, return_type="proto").pieces
        line = dict(
            text=text, clip=clip(text, truncation=True).input_ids, t5=ids, normalized=pieces.normalize(text),
            rest=text.encode()[cut[KEPT].begin:].decode() if len(cut) > KEPT else "", **{name: other.normalize(text) for name, other in off.items()})
        lines.append(line)
    os.makedirs(o.out, exist_ok=True)
    write(o.out, "odd", lines)
    write(o.out, "tiny", [tiny()])
    print(f"{len(lines)} odd strings; transformers' T5Tokenizer agrees with sentencepiece on all")


if __name__ == "__main__":
    main()
