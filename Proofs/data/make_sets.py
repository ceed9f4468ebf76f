"""Makes the sets that the data tests read, and what the published training makes of a prepared one, with Pillow alone.

    python Proofs/data/make_sets.py        (needs numpy and Pillow; writes Tests/AnalogyDataTests/Fixtures/)

`relation252k/` has Relation252k's layout: pairs side by side, cut at width // 2, one of odd width. `prepared/` is made of it as
the published preparation does. `canvases/` holds, for each prepared quadruple, the target, the control and the three pictures
for the router's encoder, as docs/data.md describes the published training.
"""
import json
import shutil
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
PHOTOS = ROOT / "demo/photos"
OUT = ROOT / "Tests/AnalogyDataTests/Fixtures"
RESOLUTION = 512
WIDE = [(2048, 512), (1984, 512), (1920, 512), (1856, 512), (1792, 576), (1728, 576), (1664, 576), (1600, 640), (1536, 640),
        (1472, 704), (1408, 704), (1344, 704), (1344, 768), (1280, 768), (1216, 832), (1152, 832), (1152, 896), (1088, 896),
        (1088, 960), (1024, 960)]
BUCKETS = [(1024, 1024)] + WIDE + [(h, w) for w, h in reversed(WIDE) if (w, h) != (1344, 704)]


def sepia(x):
    return x @ np.array([[.393, .349, .272], [.769, .686, .534], [.189, .168, .131]])


def negative(x):
    return 255 - x


# category, edit, instruction, (photo, box, size) of each pair
CATEGORIES = [
    ("Sepia_Toning", sepia, "turn the photo into a sepia print,  warm and faded", [
        ("coffee.jpg", (100, 0, 500, 400), (96, 96)),
        ("chelsea.jpg", (40, 20, 400, 290), (128, 96)),
        ("raccoon.jpg", (200, 100, 500, 400), (100, 75)),
    ]),
    ("Negative", negative, "invert all colours", [
        ("astronaut.jpg", (100, 0, 400, 300), (80, 112)),
        ("coffee.jpg", (0, 0, 400, 300), (112, 80)),
    ]),
]


def relation():
    """{category: [(name, left, right, instruction)]}, read back from the files as a reader sees them."""
    made = {}
    for category, edit, instruction, pairs in CATEGORIES:
        folder = OUT / "relation252k" / category / "Group1"
        folder.mkdir(parents=True)
        labels = []
        for index, (photo, box, size) in enumerate(pairs):
            before = Image.open(PHOTOS / photo).convert("RGB").crop(box).resize(size, Image.LANCZOS)
            after = Image.fromarray(np.clip(edit(np.asarray(before, float)), 0, 255).round().astype(np.uint8))
            odd = index == 2  # a column that belongs to neither half
            both = Image.new("RGB", (2 * size[0] + odd, size[1]), "black")
            both.paste(before, (0, 0))
            both.paste(after, (size[0] + odd, 0))
            name = f"{index + 1:03d}.jpg"
            both.save(folder / name, quality=90)
            labels.append({"img_name": name, "left_image_description": f"{photo} as it was taken",
                           "right_image_description": f"{photo} edited", "edit_instruction": instruction})
            both = Image.open(folder / name).convert("RGB")
            half = both.width // 2
            left, right = both.crop((0, 0, half, both.height)), both.crop((half, 0, both.width, both.height))
            made.setdefault(category, []).append((name, left, right, instruction))
        (folder / "labels.json").write_text(json.dumps(labels, indent=1) + "\n")
    return made


def prepare(pairs_by_category):
    """The published preparation: every unordered pair of pairs; one of them backwards, one without an entry."""
    out = OUT / "prepared"
    for folder in ("control", "target"):
        (out / folder).mkdir(parents=True)
    metadata = []
    for category, pairs in pairs_by_category.items():
        index = 0
        for i in range(len(pairs)):
            for j in range(i + 1, len(pairs)):
                image_ids = [f"{category}_{pairs[k][0]}" for k in (i, j)]
                for suffix in ("", "_rev") if index == 0 else ("",):
                    (a, a2), (b, b2) = [pairs[k][1:3][::-1 if suffix else 1] for k in (i, j)]
                    width, height = min(p.width for p in (a, a2, b)), min(p.height for p in (a, a2, b))
                    strip = Image.new("RGB", (3 * width, height))
                    for place, picture in enumerate((a, a2, b)):
                        strip.paste(picture.resize((width, height), Image.LANCZOS), (place * width, 0))
                    name = f"analogy_{image_ids[0]}_{image_ids[1]}_{index:04d}{suffix}"
                    strip.save(out / "control" / f"{name}.jpg", quality=95)
                    b2.save(out / "target" / f"{name}.jpg", quality=95)
                    (out / "target" / f"{name}.txt").write_text(pairs[i][3] + "\n")
                    if not (category == "Sepia_Toning" and (i, j) == (1, 2)):
                        metadata.append({
                            "analogy_id": name, "edit_prompt": pairs[i][3], "category": category,
                            "direction": "reverse" if suffix else "forward", "control_image_path": f"control/{name}.jpg",
                            "target_image_path": f"target/{name}.jpg", "caption_path": f"target/{name}.txt",
                            "pair_A": {"image_id": image_ids[0]}, "pair_C": {"image_id": image_ids[1]}})
                index += 1
    (out / "analogy_metadata.json").write_text(json.dumps(metadata, indent=1) + "\n")


def bucket(width, height):
    """Bucket and scaled size: fewest pixels cropped when scaled to cover."""
    area = min(RESOLUTION, int((width * height) ** 0.5))
    best = None
    for w, h in BUCKETS:
        w, h = [int(side * area / 1024) // 16 * 16 for side in (w, h)]
        if (w, h) == (width, height):
            return (w, h), (w, h)
        scale = max(w / width, h / height)
        scaled = (max(w, int(width * scale)), max(h, int(height * scale)))
        cropped = (scaled[0] - w) * scaled[1] + (scaled[1] - h) * scaled[0]
        if best is None or cropped < best[0]:
            best = cropped, (w, h), scaled
    return best[1:]


def canvases():
    """What a step of the published training sees, without the way into tensors but for the levels it loses."""
    out = OUT / "canvases"
    out.mkdir()
    for path in sorted((OUT / "prepared/control").glob("*.jpg")):
        b2 = Image.open(OUT / "prepared/target" / path.name).convert("RGB")
        w, h = b2.size
        strip = Image.open(path).convert("RGB").resize((3 * w, h), Image.BICUBIC)
        grid = Image.new("RGB", (2 * w, 2 * h))
        for index, place in enumerate([(0, 0), (w, 0), (0, h)]):
            grid.paste(strip.crop((index * w, 0, (index + 1) * w, h)), place)
        grid.paste(b2, (w, h))
        (bw, bh), scaled = bucket(w, h)
        left, top = (scaled[0] - bw) // 2, (scaled[1] - bh) // 2
        target = grid.resize(scaled, Image.BICUBIC).crop((left, top, left + bw, top + bh))
        control = np.asarray(target).copy()
        control[bh // 2:, bw // 2:] = control[bh // 2:, :bw // 2]
        signed = (control.astype(np.float32) / np.float32(255) - np.float32(0.5)) / np.float32(0.5)
        seen = ((signed + 1) / 2 * 255).astype(np.uint8)
        cut = bh // 2
        views = [seen[:cut, :cut], seen[:cut, cut:], seen[cut:, :cut]]
        target.save(out / f"{path.stem}.target.png")
        Image.fromarray(control).save(out / f"{path.stem}.control.png")
        for name, view in zip(("a", "a2", "b"), views):
            Image.fromarray(view).save(out / f"{path.stem}.{name}.png")


if __name__ == "__main__":
    shutil.rmtree(OUT, ignore_errors=True)
    prepare(relation())
    canvases()
