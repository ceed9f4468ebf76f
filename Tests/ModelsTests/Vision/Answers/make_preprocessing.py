"""Writes preprocessing.json: what transformers' image processors make of small pictures.

    python make_preprocessing.py        (transformers 4.56.2, pillow 13.0.0, numpy; no network)

A picture is a formula, so that only its size and a few values of the answer need to be kept.
"""
import json
import os

import numpy as np
from PIL import Image
from transformers import CLIPImageProcessor, Siglip2ImageProcessor, SiglipImageProcessor


def picture(width, height):
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    return Image.fromarray(((x * x + 7 * x * y + 11 * y + 50 * c) % 256).astype(np.uint8))


SIZES = [(40, 61), (61, 40), (9, 70), (16, 16), (5, 7)]
CASES = {
    "clip": CLIPImageProcessor(size={"shortest_edge": 20}, crop_size={"height": 14, "width": 18}),
    "clip_exact": CLIPImageProcessor(size={"height": 20, "width": 26}, crop_size=16, resample=2),
    "clip_padded": CLIPImageProcessor(size={"shortest_edge": 11}, crop_size={"height": 24, "width": 15}, resample=1),
    "clip_crop_only": CLIPImageProcessor(do_resize=False, crop_size={"height": 20, "width": 21}, do_normalize=False),
    "siglip": SiglipImageProcessor(size={"height": 14, "width": 22}, resample=2),
    "siglip_plain": SiglipImageProcessor(size={"height": 6, "width": 5}, do_rescale=False, image_mean=[1, 2, 3], image_std=[2, 3, 5]),
    "siglip2": Siglip2ImageProcessor(patch_size=4, max_num_patches=20),
    "siglip2_bicubic": Siglip2ImageProcessor(patch_size=7, max_num_patches=6, resample=3, image_mean=[0.4, 0.5, 0.6]),
}


def main():
    answers = []
    for name, processor in CASES.items():
        for width, height in SIZES:
            out = processor(picture(width, height), return_tensors="np")
            values = out["pixel_values"][0].astype(np.float32)
            flat = values.reshape(-1).astype(np.float64)
            answers.append({
                "processor": name, "width": width, "height": height, "shape": list(values.shape),
                "grid": out["spatial_shapes"][0].tolist() if "spatial_shapes" in out else None,
                "every_17th": [round(float(v), 7) for v in flat[::17]],
                "sum": float(flat.sum()), "sum_of_squares": float((flat * flat).sum()),
            })
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "preprocessing.json")
    with open(path, "w") as f:
        json.dump({"processors": {n: json.loads(p.to_json_string()) for n, p in CASES.items()}, "answers": answers}, f, indent=None)
        f.write("\n")


if __name__ == "__main__":
    main()
