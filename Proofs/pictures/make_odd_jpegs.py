"""JPEGs that libjpeg warns about, whole ones with the samples Pillow finds in them and damaged ones, for Tests/PicturesTests.

    python make_odd_jpegs.py ../../Tests/PicturesTests/Fixtures
"""
import base64
import io
import json
import os
import random
import sys

import numpy as np
from PIL import Image, ImageFile, ImageOps

import icc
from jpeg_bytes import jpeg, parts
from make_decoding_fixtures import exif, managed, saved, scene

FOLDER = os.path.join(sys.argv[1], "jpeg")
ANSWERS = []
WIDTH, HEIGHT = 48, 40
NOISE = np.random.default_rng(5).normal(0, 12, (HEIGHT, WIDTH, 3))
SOURCE = Image.fromarray((scene(WIDTH, HEIGHT) * 255 + NOISE).clip(0, 255).astype(np.uint8))


def opened(data):
    return Image.open(io.BytesIO(data))


def add(name, data, expected=None, tolerance=1):
    """`expected`: uint8 RGB [height, width, 3] of a file that has all its pixels; None for one that has lost some."""
    with open(os.path.join(FOLDER, name), "wb") as file:
        file.write(data)
    answer = dict(file=name)
    if expected is not None:
        expected = np.asarray(expected)
        answer.update(width=expected.shape[1], height=expected.shape[0], tolerance=tolerance,
                      samples=base64.b64encode(expected.tobytes()).decode())
    ANSWERS.append(answer)


def good(name, data, like=None):
    """A file with all its pixels: Pillow shows those of `like`, which is the file before anything was done to it."""
    picture = np.asarray(opened(data).convert("RGB"))
    if like is not None:
        assert (picture == np.asarray(opened(like).convert("RGB"))).all(), name
    add(name, data, picture)


def joined(pieces):
    return b"".join(content for _, content in pieces)


def headers():
    plain = saved(SOURCE, "JPEG", quality=85)
    pieces = parts(plain)
    good("jfif-version.jpg", plain[:11] + b"\0\0" + plain[13:], plain)
    scan = plain.index(b"\xff\xda") + 4 + 1 + 2 * 3
    for name, values in {"scan-0-0-0": b"\0\0\0", "scan-0-63-17": b"\0\x3f\x11", "scan-5-2-0": b"\5\2\0"}.items():
        good(f"{name}.jpg", plain[:scan] + values + plain[scan + 3:], plain)
    good("adobe-transform-7.jpg", plain[:2] + b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\7" + plain[2:], plain)
    dice = random.Random(2)
    for place, (marker, _) in list(enumerate(pieces))[1:-1]:
        for count in (2, 45):
            stray = bytes(dice.randrange(255) for _ in range(count))
            if (place, count) != (1, 2) and place not in (2, 4, len(pieces) - 2):
                continue
            # Pillow's own walk through the segments stops at some of these; libjpeg, and so browsers, read them.
            data = joined(pieces[:place]) + stray + joined(pieces[place:])
            add(f"stray-{count}-before-{place}-{marker:02x}.jpg", data, np.asarray(opened(plain)))
    add("stray-after-start.jpg", plain[:2] + b"\0\x11\x22" + plain[2:], np.asarray(opened(plain)))
    add("stray-stuffed.jpg", joined(pieces[:2]) + b"\xff\0\xff\0\x07" + joined(pieces[2:]), np.asarray(opened(plain)))
    turned = saved(SOURCE, "JPEG", quality=92, subsampling=0, exif=b"Exif\0\0" + exif(6))
    apart = parts(turned)
    at = next(i for i, (marker, _) in enumerate(apart) if marker == 0xE1)
    add("stray-before-exif.jpg", joined(apart[:at]) + b"\0\0\7" + joined(apart[at:]),
        np.asarray(ImageOps.exif_transpose(opened(turned))))
    tagged = saved(SOURCE, "JPEG", quality=92, subsampling=0, icc_profile=icc.DISPLAY_P3)
    apart = parts(tagged)
    at = next(i for i, (marker, _) in enumerate(apart) if marker == 0xE2)
    add("stray-before-profile.jpg", joined(apart[:at]) + b"\0\0\7" + joined(apart[at:]),
        managed(opened(tagged), icc.DISPLAY_P3), 2)


def samplings():
    rgb = np.asarray(SOURCE)
    chroma = (1, 1)
    for name, factors in {"440": (1, 2), "411": (4, 1), "410": (4, 2), "441": (1, 4), "420": (2, 2), "444": (1, 1)}.items():
        good(f"sampling-{name}.jpg", jpeg(rgb, [factors, chroma, chroma]))
    good("sampling-uneven.jpg", jpeg(rgb, [(2, 2), (2, 1), (1, 2)]))
    good("sampling-chroma-finer.jpg", jpeg(rgb, [(1, 1), (2, 2), (2, 2)]))


def ends():
    for name, options in dict(baseline={}, progressive=dict(progressive=True), restarts=dict(restart_marker_rows=1)).items():
        plain = saved(SOURCE, "JPEG", quality=85, **options)
        good(f"{name}.jpg", plain)
        shown = np.asarray(opened(plain))
        add(f"{name}-no-end.jpg", plain[:-2], shown)
        add(f"{name}-zeros-before-end.jpg", plain[:-2] + bytes(120) + plain[-2:], shown)
        add(f"{name}-filled-before-end.jpg", plain[:-2] + b"\xff" * 50 + plain[-2:], shown)
        add(f"{name}-three-before-end.jpg", plain[:-2] + b"\x12\x80\x03" + plain[-2:], shown)
        add(f"{name}-more-behind.jpg", plain + b"MotionPhoto" * 40, shown)
    pieces = parts(saved(SOURCE, "JPEG", quality=85, progressive=True))
    scans = [i for i, (marker, _) in enumerate(pieces) if marker == 0xDA]
    add("progressive-three-between-scans.jpg", joined(pieces[:scans[3] + 1]) + b"\x12\x80\x03" + joined(pieces[scans[3] + 1:]),
        np.asarray(opened(joined(pieces))))


def damaged():
    dice = random.Random(8)
    for name, options in dict(baseline={}, progressive=dict(progressive=True), restarts=dict(restart_marker_rows=1)).items():
        plain = saved(SOURCE, "JPEG", quality=85, **options)
        add(f"damaged-{name}-cut.jpg", plain[:len(plain) * 2 // 3])
        add(f"damaged-{name}-cut-near-end.jpg", plain[:-40])
        add(f"damaged-{name}-cut-and-ended.jpg", plain[:-40] + b"\xff\xd9")
        middle = len(plain) * 2 // 3
        add(f"damaged-{name}-hole.jpg", plain[:middle] + plain[middle + 120:])
        add(f"damaged-{name}-zeros.jpg", plain[:middle] + bytes(len(plain) - middle - 2) + b"\xff\xd9")
        left = bytes(dice.randrange(255) for _ in range(60))
        add(f"damaged-{name}-left-over.jpg", plain[:-2] + left + plain[-2:])
    plain = bytearray(saved(SOURCE, "JPEG", quality=85))
    plain[-623] ^= 0x10  # here one bit makes the blocks end 48 bytes early
    add("damaged-one-bit.jpg", bytes(plain))
    plain = saved(SOURCE, "JPEG", quality=85, restart_marker_rows=1)
    add("damaged-restart-lost.jpg", plain.replace(b"\xff\xd1", b"", 1))
    pieces = parts(saved(SOURCE, "JPEG", quality=85, progressive=True))
    scans = [i for i, (marker, _) in enumerate(pieces) if marker == 0xDA]
    add("damaged-scan-lost.jpg", joined(pieces[:scans[5]] + pieces[scans[5] + 1:]))
    add("damaged-first-scan-lost.jpg", joined(pieces[:scans[0]] + pieces[scans[0] + 1:]))
    add("damaged-later-scans-lost.jpg", joined(pieces[:scans[6]]))


def main():
    os.makedirs(FOLDER, exist_ok=True)
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    for make in (headers, samplings, ends, damaged):
        make()
    with open(os.path.join(sys.argv[1], "jpeg.json"), "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(answer) for answer in ANSWERS) + "\n]\n")


if __name__ == "__main__":
    main()
