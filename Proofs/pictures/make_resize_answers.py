"""Answers of Pillow's 8-bit resize for Tests/PicturesTests: one checksum a case.

    python make_resize_answers.py ../../Tests/PicturesTests/Fixtures/resize.json
"""
import json
import sys

from PIL import Image

from noise import fnv1a, noise

FILTERS = dict(box=Image.BOX, bilinear=Image.BILINEAR, bicubic=Image.BICUBIC, lanczos=Image.LANCZOS)
SIZES = [
    ((53, 37), (90, 71)), ((53, 37), (16, 11)), ((53, 37), (80, 20)), ((53, 37), (53, 20)), ((53, 37), (26, 37)),
    ((53, 37), (106, 74)), ((53, 37), (1, 1)), ((1, 1), (7, 5)), ((1, 64), (3, 9)), ((64, 1), (9, 3)), ((2, 2), (3, 3)),
    ((300, 4), (7, 40)), ((4, 300), (40, 7)), ((1000, 3), (3, 3)), ((3, 1000), (3, 1)), ((33, 32), (32, 33)), ((40, 65), (39, 64)),
    ((128, 96), (48, 48)), ((31, 97), (128, 128)), ((17, 5), (255, 1)), ((224, 224), (32, 32)),
    ((100, 100), (60, 19)), ((100, 100), (60, 20)), ((50, 90), (49, 88)), ((50, 90), (49, 87)), ((9, 1000), (1, 990)),
]


def main():
    cases = []
    for seed, (source, target) in enumerate(SIZES):
        for mode, channels in (("RGB", 3), ("RGBA", 4)):
            samples = noise(*source, channels, seed + 1)
            picture = Image.fromarray(samples, mode)
            for name, pillow in FILTERS.items():
                cases.append(dict(source=source, target=target, seed=seed + 1, channels=channels, filter=name,
                                  checksum=fnv1a(picture.resize(target, pillow).tobytes())))
    with open(sys.argv[1], "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")


main()
