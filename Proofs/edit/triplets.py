"""Makes the pictures of three analogies from scikit-image's photos: a, a' and b, 128 x 128.

    python triplets.py --out DIR

Each a' is a plain numpy edit of a that the embedded model was trained on. The photos are free: `astronaut` is NASA's (public
domain), `rocket` SpaceX's (public domain), `chelsea` (Stefan van der Walt) and `coffee` (Rachel Michetti) are CC0.
"""
import argparse
import importlib.util
import os

import numpy as np
from PIL import Image

SIZE = 128
# photo: file, square to cut from it (left, top, right, bottom)
PHOTOS = {
    "astronaut": ("astronaut.png", (90, 0, 410, 320)),
    "chelsea": ("chelsea.png", (80, 0, 380, 300)),
    "coffee": ("coffee.png", (120, 0, 520, 400)),
    "rocket": ("rocket.jpg", (160, 0, 587, 427)),
}
LUMA = np.array([0.299, 0.587, 0.114])
V = np.linspace(0, 1, SIZE)[:, None, None]           # 0 at the top, 1 at the bottom


def night(x):
    """Half the saturation, blue light, darker towards the ground."""
    grey = (x @ LUMA)[..., None]
    return (grey + (x - grey) * 0.5) * np.array([0.28, 0.36, 0.68]) * (1 - 0.3 * V) + 0.01


def fog(x):
    """White haze, thickest at the top."""
    haze = 0.9 - 0.5 * V
    return x * (1 - haze) + np.array([0.86, 0.87, 0.9]) * haze


def cinema(x):
    """Black bars at top and bottom."""
    return x * ((V > 0.17) & (V < 0.83))


TRIPLETS = {"night": (night, "chelsea", "coffee"), "fog": (fog, "astronaut", "chelsea"), "cinema": (cinema, "rocket", "astronaut")}


def photo(name):
    # find_spec locates the package without importing it: its dependencies aren't installed
    package = importlib.util.find_spec("skimage").submodule_search_locations[0]
    file, box = PHOTOS[name]
    return Image.open(os.path.join(package, "data", file)).convert("RGB").crop(box).resize((SIZE, SIZE), Image.LANCZOS)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--out", required=True)
    out = ap.parse_args().out
    for name, (edit, a, b) in TRIPLETS.items():
        folder = os.path.join(out, name)
        os.makedirs(folder, exist_ok=True)
        edited = np.clip(edit(np.asarray(photo(a), np.float64) / 255), 0, 1) * 255
        pictures = {"a": photo(a), "aPrime": Image.fromarray(np.round(edited).astype(np.uint8)), "b": photo(b)}
        for part, picture in pictures.items():
            # Without the source photo's colour profile, which our reader would apply and mini_edit.py does not.
            picture.save(os.path.join(folder, part + ".png"), optimize=True, icc_profile=None)


if __name__ == "__main__":
    main()
