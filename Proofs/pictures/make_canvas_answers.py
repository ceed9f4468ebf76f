"""Checksums of the published system's canvas and Kontext's context picture, laid out by Pillow.

    python make_canvas_answers.py ../../Tests/PicturesTests/Fixtures/canvas.json
"""
import json
import sys

from PIL import Image

from noise import fnv1a, noise

PREFERRED = [(672, 1568), (688, 1504), (720, 1456), (752, 1392), (800, 1328), (832, 1248), (880, 1184), (944, 1104), (1024, 1024)]
PREFERRED += [(h, w) for w, h in reversed(PREFERRED[:-1])]


def canvas(a, a_prime, b, limit):
    w, h = a.size
    sheet = Image.new("RGB", (2 * w, 2 * h))
    for picture, corner in ((a, (0, 0)), (a_prime, (w, 0)), (b, (0, h)), (b, (w, h))):
        sheet.paste(picture.resize((w, h), Image.BICUBIC), corner)
    if limit and max(sheet.size) > limit:
        size = (limit, int(h * limit / w)) if w > h else (int(w * limit / h), limit)
        sheet = sheet.resize(size, Image.BICUBIC)
    return sheet


def main():
    pictures = [Image.fromarray(noise(w, h, 3, 50 + k)) for k, (w, h) in enumerate(((40, 24), (30, 30), (21, 50)))]
    answers = []
    for limit in (None, 64):
        sheet = canvas(*pictures, limit)
        aspect = sheet.width / sheet.height
        _, w, h = min((abs(aspect - w / h), w, h) for w, h in PREFERRED)
        context = sheet.resize((w // 16 * 16, h // 16 * 16), Image.LANCZOS)
        answers.append(dict(maxSize=limit, canvas=fnv1a(sheet.tobytes()), context=fnv1a(context.tobytes())))
    with open(sys.argv[1], "w") as file:
        json.dump(answers, file)


main()
