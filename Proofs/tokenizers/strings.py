"""Writes the 2,000 strings both tokenizers are tested on, as a JSON list.

    python strings.py --out FILE

Every character is assigned in Unicode 14, so that tables of later versions agree on its class.
"""
import argparse
import json
import os
import random
import unicodedata

COUNT = 2000
SCRIPTS = [
    "crème brûlée", "Ünïcödé", "naïve café", "El Niño", "Ærøskøbing", "Straße", "GROẞ", "İstanbul'da ılık", "DIYARBAKIR",
    "ΟΔΥΣΣΕΥΣ ΣΑΣ", "Όμηρος, ποιητής.", "Σ", "ΑΣ.", "Щука и ёж", "ЪЫЬ", "שָׁלוֹם עוֹלָם", "مرحبا بالعالم", "السَّلَامُ", "नमस्ते दुनिया",
    "สวัสดีชาวโลก", "안녕하세요 세계", "\u1112\u1161\u11ab\u1100\u1173\u11af", "你好,世界", "日本語のテキスト", "ｶﾀｶﾅ", "東京 2020年", "ＦＵＬＬ　ＷＩＤＴＨ",
    "\ufa0e\u3400\U00020000", "ﬁne ﬂow ﬀ", "ﾊﾟ", "e\u0301le\u0300ve", "a\u0308\u0323 \u0323\u0308a", "Å Å \u212b", "\u2126 \u212a", "ǅ ǆ Ǆ",
    "x² + y³ = z½", "Ⅷ ⅷ ①②③", "٣٤٥ ५६७ ๓", "€100 £20 ¥3000", "50% ± 3‰", "∑∏∫√∞≠", "→ ⇒ ↔", "«quotes» „low“ ‚x‘", "…—–‑",
    "©®™", "♥♦♣♠ ☃", "ʻokina ʼ", "ĳ Ĳ", "ŉ", "ᾼ ῼ ᾳ", "Ⴀ ა Ა", "Ꭰ ꭰ", "𝒜𝔅ℂ 𝟘𝟙", "𐐀 𐐨", "ſhort 'ſ it'ſ",
]
EMOJI = [
    "\U0001f600", "\U0001f44d\U0001f3fd", "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466", "\U0001f1e9\U0001f1ea",
    "\u2764\ufe0f", "1\ufe0f\u20e3", "\U0001f3f3\ufe0f\u200d\U0001f308", "\U0001f9d1\u200d\U0001f680", "\u2615", "\U0001f431",
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "\U0001f469\U0001f3ff\u200d\U0001f52c", "\u263a\ufe0f",
]
SPACES = [" ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u2003", "\u3000", "\u2028", "\u2029", "\u200b", "\ufeff", "\u0085", "\u000b",
          "\u000c", "\u001c", "\u202f", "\u205f", "\u1680", "\u180e", "\u00ad", "\u200d", "\u200e", "\u0000", "\ufffd", "\u0007"]
SPECIAL = ["<|startoftext|>", "<|endoftext|>", "<|STARTOFTEXT|>", "<|EndOfText|>", "<|endoftext|", "<pad>", "</s>", "<s>", "<unk>",
           "<extra_id_0>", "</w>", "\u2581", "<0x41>", "!", "<|\u017ftartoftext|>"]
ENDINGS = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'S", "'RE", "'LL", "'x", "''s", "!'s", "'", "-y", "...", "?!", ",", ";", "#1"]
NUMBERS = ["0", "7", "42", "1,000", "3.14159", "-273.15", "1e-5", "2^10", "0x1F", "12:30", "2024-02-29", "007", "1/2", "10000000000"]


def assigned():
    """A code point of any class but surrogates, private use and unassigned; most of them letters of rare scripts and symbols."""
    return [chr(c) for c in range(1, 0x32000) if unicodedata.category(chr(c)) not in ("Cs", "Cn", "Co")]


def sentence(r, words, most=12):
    picked = [r.choice(words) for _ in range(r.randint(1, most))]
    style = r.random()
    if style < 0.2:
        picked = [w.capitalize() for w in picked]
    elif style < 0.3:
        picked = [w.upper() for w in picked]
    picked = [w + r.choice(ENDINGS) if r.random() < 0.1 else w for w in picked]
    return " ".join(picked)


def strings(words):
    r = random.Random(14)
    fixed = ["", " ", "\n", "\u3000", "\u200b", *words, *SCRIPTS, *EMOJI, *SPACES, *SPECIAL, *ENDINGS, *NUMBERS]
    codes = assigned()
    mixers = [
        lambda: sentence(r, words),
        lambda: sentence(r, words, 4) + r.choice(EMOJI) + sentence(r, words, 3),
        lambda: "".join(r.choice(EMOJI) for _ in range(r.randint(1, 6))),
        lambda: r.choice(SPACES).join(sentence(r, words, 2) for _ in range(r.randint(2, 5))),
        lambda: r.choice(SPACES) + sentence(r, words, 3) + r.choice(SPACES),
        lambda: " ".join(r.choice(SCRIPTS) for _ in range(r.randint(1, 4))),
        lambda: r.choice(["", " "]).join(r.choice(SCRIPTS + words + SPECIAL + NUMBERS) for _ in range(r.randint(2, 5))),
        lambda: sentence(r, words, 3) + r.choice(["", " "]) + r.choice(SPECIAL) + r.choice(["", " "]) + sentence(r, words, 3),
        lambda: " ".join(r.choice(NUMBERS) for _ in range(r.randint(1, 5))),
        lambda: "".join(chr(r.randint(33, 126)) for _ in range(r.randint(1, 40))),
        lambda: "".join(r.choice(codes) for _ in range(r.randint(1, 12))),
        lambda: unicodedata.normalize(r.choice(["NFC", "NFD", "NFKC", "NFKD"]), r.choice(SCRIPTS) + r.choice(words)),
    ]
    long = ["a" * 3000, "lorem " * 700, "\u4e16\u754c" * 300, "\U0001f600" * 120, "!" * 500, "9" * 200, " ".join(words),
            *[sentence(r, words, 600) for _ in range(13)]]
    mixed = [mixers[i % len(mixers)]() for i in range(COUNT - len(fixed) - len(long))]
    return fixed + mixed + long


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--out", required=True)
    out = ap.parse_args().out
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "words.txt")) as f:
        all_strings = strings(f.read().split())
    assert len(all_strings) == COUNT
    with open(out, "w") as f:
        f.write("[\n" + ",\n".join(json.dumps(s) for s in all_strings) + "\n]\n")


if __name__ == "__main__":
    main()
