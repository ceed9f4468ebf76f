"""Pictures and answers for the tests of detail transfer.

    python make_detail_answers.py PHOTO ../../Tests/PicturesTests/Fixtures

Writes details/{b,guide-K,target-K,result-K}.png for a colour edit, one that changes in space and one that adds an object.
JPEG at low quality and a blur stand for the autoencoder.
"""
import io
import os
import sys

import numpy as np
from PIL import Image, ImageFilter

from detail_transfer import transfer

LARGE, SMALL = (144, 108), (48, 36)


def sepia(x):
    matrix = np.array([[.393, .769, .189], [.349, .686, .168], [.272, .534, .131]])
    return np.clip(x @ matrix.T, 0, 1)


def golden(x):
    share = (1 - np.linspace(0, 1, x.shape[1]))[None, :, None] * .8
    return np.clip(x * (1 - share * .5) + share * .5 * np.array([1, .6, .2]) * (.4 + x), 0, 1)


def sun(x):
    y, u = np.mgrid[0:x.shape[0], 0:x.shape[1]] / np.array(x.shape[:2]).reshape(2, 1, 1)
    inside = ((y - .3) ** 2 + (u - .3) ** 2 < .15 ** 2)[..., None]
    return np.where(inside, np.array([1, .85, .1]), x)


def lossy(picture):
    data = io.BytesIO()
    picture.filter(ImageFilter.GaussianBlur(.6)).save(data, "JPEG", quality=40, subsampling=0)
    return Image.open(data).convert("RGB")


def main():
    photo, folder = Image.open(sys.argv[1]).convert("RGB"), os.path.join(sys.argv[2], "details")
    os.makedirs(folder, exist_ok=True)

    def save(name, picture):
        picture.save(os.path.join(folder, name + ".png"), optimize=True)

    height = photo.width * LARGE[1] // LARGE[0]
    b = photo.crop((0, 0, photo.width, min(height, photo.height))).resize(LARGE, Image.LANCZOS)
    save("b", b)
    guide = lossy(b.resize(SMALL, Image.LANCZOS))
    save("guide", guide)
    for edit in (sepia, golden, sun):
        wanted = Image.fromarray(np.round(edit(np.asarray(b) / 255) * 255).astype(np.uint8))
        target = lossy(wanted.resize(SMALL, Image.LANCZOS))
        result, share = transfer(np.asarray(b), np.asarray(guide), np.asarray(target))
        save(f"target-{edit.__name__}", target)
        save(f"result-{edit.__name__}", Image.fromarray(result))
        save(f"wanted-{edit.__name__}", wanted)
        print(f"{edit.__name__}: the enlarged picture has {share.mean():.2f} of it on average, {share.max():.2f} at most")


if __name__ == "__main__":
    main()
