"""Makes the demo's a' pictures from its a pictures: the edit that each analogy shows, by plain arithmetic.

    python demo/make_pairs.py            (needs numpy and Pillow; writes demo/*/a2.jpg)

The strengths are those of the tasks the embedded model was trained on. They were set on pictures of 128 px, so lengths here are
in units of the shorter side / 128.
"""
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

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


def drawn(x, draw):
    picture = Image.fromarray((np.clip(x, 0, 1) * 255 + 0.5).astype(np.uint8))
    draw(ImageDraw.Draw(picture), *picture.size)
    return np.asarray(picture, np.float32) / 255


def night(x):
    row, _ = grid(x)
    return saturate(x, 0.5) * np.array([0.28, 0.36, 0.68]) * (1 - 0.3 * row) + 0.01


def fog(x):
    row, _ = grid(x)
    amount = 0.9 - 0.5 * row
    return x * (1 - amount) + np.array([0.86, 0.87, 0.9]) * amount


def spotlight(x, row=0.5, column=0.5):
    rows, columns = grid(x)
    return x * (0.12 + 1.05 * np.exp(-((columns - column) ** 2 + (rows - row) ** 2) / 0.06))


def pencil(x):
    y = blur(grey(x), 0.6 * unit(x))
    return np.repeat(np.clip(y / np.maximum(blur(y, 4 * unit(x)), 0.05), 0, 1) ** 2, 3, 2)


def sepia(x):
    return x @ np.array([[0.393, 0.349, 0.272], [0.769, 0.686, 0.534], [0.189, 0.168, 0.131]])


def party(x):
    _, column = grid(x)
    return x * 1.1 * ((1 - column) * np.array([1.5, 0.25, 0.9]) + column * np.array([0.2, 0.7, 1.6]))


def duotone(x, dark=(45, 10, 90), light=(255, 215, 90)):
    dark, light = np.array(dark) / 255, np.array(light) / 255
    return dark + (light - dark) * grey(x)


def faded(x):
    return 0.22 + 0.62 * saturate(x, 0.55)


def cinema(x):
    row, _ = grid(x)
    return x * ((row > 0.17) & (row < 0.83))


def film(x):
    def strips(draw, width, height):
        u = unit(x)
        for left in (0, width - 19 * u):
            draw.rectangle([left, 0, left + 19 * u, height], fill=(10, 10, 10))
        for top in np.arange(4 * u, height, 16 * u):
            for left in (5 * u, width - 14 * u):
                draw.rectangle([left, top, left + 8 * u, top + 8 * u], fill=(240, 240, 240))

    return drawn(x, strips)


def lines(x):
    def net(draw, width, height):
        step, thick = 16 * unit(x), max(1, round(2 * unit(x)))
        for left in np.arange(step, width, step):
            draw.line([left, 0, left, height], fill=(255, 255, 255), width=thick)
        for top in np.arange(step, height, step):
            draw.line([0, top, width, top], fill=(255, 255, 255), width=thick)

    return drawn(x, net)


def underexposed(x):
    return x * 0.22


EDITS = dict(night=night, fog=fog, spotlight=spotlight, pencil=pencil, sepia=sepia, party=party, duotone=duotone, faded=faded,
             cinema=cinema, film=film, lines=lines, underexposed=underexposed)


def load(path):
    return np.asarray(Image.open(path).convert("RGB"), np.float32) / 255


def save(x, path):
    Image.fromarray((np.clip(x, 0, 1) * 255 + 0.5).astype(np.uint8)).save(path, quality=92)
