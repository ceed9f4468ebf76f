"""Study behind DetailTransfer's settings: PSNR to the same edit done at full size, with a real autoencoder.

    python detail_study.py AUTOENCODER_FOLDER PHOTO...

Each photo is cut to a square of 384 pixels; edits are done at 128 pixels, sent through the autoencoder and brought back.
Columns: enlarged b', the map alone, the blend.
"""
import sys

import numpy as np
import torch
from diffusers import AutoencoderKL
from PIL import Image, ImageFilter

from detail_transfer import transfer
from make_detail_answers import golden, sepia, sun

LARGE, SMALL = 384, 128


def luma(x):
    return x @ np.array([.299, .587, .114])


def axes(x):
    return np.mgrid[0:x.shape[0], 0:x.shape[1]] / np.array(x.shape[:2]).reshape(2, 1, 1)


def spot(x):
    y, u = axes(x)
    return x * (.15 + .85 * np.exp(-((y - .5) ** 2 + (u - .5) ** 2) / (2 * .18 ** 2)))[..., None]


def grey_outside(x):
    y, u = axes(x)
    inside = ((y - .55) ** 2 + (u - .5) ** 2 < .25 ** 2)[..., None]
    return np.where(inside, x, luma(x)[..., None])


def frame(x):
    y, u = axes(x)
    return np.where(((y < .08) | (y > .92) | (u < .08) | (u > .92))[..., None], np.array([.8, .1, .1]), x)


def pencil(x):
    grey = Image.fromarray(np.round(luma(x) * 255).astype(np.uint8))
    scale = x.shape[1] / SMALL
    line, wide = (np.asarray(grey.filter(ImageFilter.GaussianBlur(r * scale))) / 255 for r in (.6, 4))
    return np.repeat(np.clip(line / np.maximum(wide, .05), 0, 1)[..., None] ** 2, 3, -1)


EDITS = dict(
    sepia=sepia, night=lambda x: (luma(x)[..., None] * .4 + x * .6) * np.array([.25, .35, .62]), negative=lambda x: 1 - x,
    hue=lambda x: x[..., [2, 0, 1]], posterise=lambda x: np.round(x * 4) / 4, golden=golden, spot=spot, grey_outside=grey_outside,
    sun=sun, frame=frame, pencil=pencil)


def square(path):
    photo = Image.open(path).convert("RGB")
    side = min(photo.size)
    left, top = (photo.width - side) // 2, (photo.height - side) // 2
    return photo.crop((left, top, left + side, top + side)).resize((LARGE, LARGE), Image.LANCZOS)


def psnr(a, b):
    return -10 * np.log10(np.mean((np.asarray(a, float) / 255 - b) ** 2))


def main():
    autoencoder = AutoencoderKL.from_pretrained(sys.argv[1]).float().eval()

    @torch.no_grad()
    def decoded(picture):
        x = torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 127.5 - 1
        y = autoencoder.decode(autoencoder.encode(x).latent_dist.mode()).sample
        return Image.fromarray(((y[0].clamp(-1, 1) + 1) * 127.5).round().byte().permute(1, 2, 0).numpy())

    rows = {name: [] for name in EDITS}
    for path in sys.argv[2:]:
        b = square(path)
        guide = np.asarray(decoded(b.resize((SMALL, SMALL), Image.LANCZOS)))
        for name, edit in EDITS.items():
            wanted = edit(np.asarray(b) / 255)
            painted = Image.fromarray(np.round(np.clip(wanted, 0, 1) * 255).astype(np.uint8))
            target = decoded(painted.resize((SMALL, SMALL), Image.LANCZOS))
            enlarged = target.resize((LARGE, LARGE), Image.BICUBIC)
            alone, _ = transfer(np.asarray(b), guide, np.asarray(target), threshold=1e6)
            blended, _ = transfer(np.asarray(b), guide, np.asarray(target))
            rows[name].append([psnr(x, wanted) for x in (enlarged, alone, blended)])
    for name, values in rows.items():
        print(f"{name:13s}" + "".join(f"{v:7.1f}" for v in np.mean(values, 0)))
    print("mean         " + "".join(f"{v:7.1f}" for v in np.mean([np.mean(v, 0) for v in rows.values()], 0)))


if __name__ == "__main__":
    main()
