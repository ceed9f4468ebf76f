"""Makes the demo's a' pictures from its a pictures: the edit that each analogy shows, by plain arithmetic.

    python demo/make_pairs.py            (needs numpy and Pillow; writes demo/edits/)

The strengths are those of the tasks the embedded model was trained on. They were set on pictures of 128 px, so lengths here are
in units of the shorter side / 128.
"""
from pathlib import Path

import numpy as np
from PIL import Image

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
HERE = Path(__file__).resolve().parent


def grid(x):
    """Row and column position of every pixel, 0 to 1."""
    height, width = x.shape[:2]
    return np.linspace(0, 1, height)[:, None, None], np.linspace(0, 1, width)[None, :, None]


def unit(x):
    return min(x.shape[:2]) / 128


def grey(x):
    return (x @ LUMA)[..., None]


def saturate(x, factor):
    return np.clip(grey(x) + (x - grey(x)) * factor, 0, 1)


def blur(x, radius):
    """Gaussian blur, one axis after the other, with the border pixels repeated."""
    reach = int(4 * radius + 0.5)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / radius) ** 2)
    for axis in (0, 1):
        padded = np.pad(x, [(reach, reach) if axis == i else (0, 0) for i in range(3)], mode="edge")
        size = x.shape[axis]
        x = sum(w * np.take(padded, range(i, i + size), axis) for i, w in enumerate(weights / weights.sum()))
    return x


def night(x):
    row, _ = grid(x)
    return saturate(x, 0.5) * np.array([0.28, 0.36, 0.68]) * (1 - 0.3 * row) + 0.01


def fog(x):
    row, _ = grid(x)
    amount = 0.9 - 0.5 * row
    return x * (1 - amount) + np.array([0.86, 0.87, 0.9]) * amount


def spotlight(x):
    row, column = grid(x)
    return x * (0.12 + 1.05 * np.exp(-((column - 0.5) ** 2 + (row - 0.5) ** 2) / 0.06))


def pencil(x):
    y = blur(grey(x), 0.6 * unit(x))
    return np.repeat(np.clip(y / np.maximum(blur(y, 4 * unit(x)), 0.05), 0, 1) ** 2, 3, 2)


def sepia(x):
    return x @ np.array([[0.393, 0.349, 0.272], [0.769, 0.686, 0.534], [0.189, 0.168, 0.131]])


def party(x):
    _, column = grid(x)
    return x * 1.1 * ((1 - column) * np.array([1.5, 0.25, 0.9]) + column * np.array([0.2, 0.7, 1.6]))


def duotone(x):
    dark, light = np.array([15, 20, 70]) / 255, np.array([255, 170, 190]) / 255
    return dark + (light - dark) * grey(x)


EDITS = dict(night=night, fog=fog, spotlight=spotlight, pencil=pencil, sepia=sepia, party=party, duotone=duotone)


def main():
    """One edited picture for each line of analogies.txt, named PHOTO-EDIT.jpg."""
    for line in (HERE / "analogies.txt").read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, a, a2, _ = line.split()
        x = np.asarray(Image.open(HERE / a).convert("RGB"), np.float32) / 255
        (HERE / a2).parent.mkdir(exist_ok=True)
        Image.fromarray((np.clip(EDITS[name](x), 0, 1) * 255 + 0.5).astype(np.uint8)).save(HERE / a2, quality=92)


if __name__ == "__main__":
    main()
