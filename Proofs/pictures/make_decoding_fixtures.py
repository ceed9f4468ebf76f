"""Small files in every form that is read, and the samples Pillow finds in them, for Tests/PicturesTests.

    python make_decoding_fixtures.py ../../Tests/PicturesTests/Fixtures
"""
import base64
import io
import json
import os
import struct
import sys

import numpy as np
from PIL import Image, ImageCms, ImageOps

import icc
from png_bytes import iccp, png

WIDTH, HEIGHT = 20, 13
FOLDER = os.path.join(sys.argv[1], "decoding")
ANSWERS = []


def scene(width=WIDTH, height=HEIGHT):
    """Smooth colours with a corner of its own, so that every orientation differs: float [height, width, 3] in 0...1."""
    y, x = np.mgrid[0:height, 0:width] / np.array([height - 1, width - 1]).reshape(2, 1, 1)
    picture = np.stack([x, y, 1 - (x + y) / 2], -1)
    picture[:4, :5] = (0.9, 0.1, 0.1)
    return picture


RGB8 = np.round(scene() * 255).astype(np.uint8)
ALPHA8 = np.round(np.mgrid[0:HEIGHT, 0:WIDTH][1] / (WIDTH - 1) * 255).astype(np.uint8)
SOURCE = Image.fromarray(RGB8)


def add(name, data, picture, tolerance=0, alpha=None):
    """`picture`: uint8 RGB [height, width, 3]; `tolerance` in levels a sample."""
    with open(os.path.join(FOLDER, name), "wb") as file:
        file.write(data)
    picture = np.asarray(picture)
    assert picture.dtype == np.uint8 and picture.shape[2] == 3
    answer = dict(file=name, width=picture.shape[1], height=picture.shape[0], tolerance=tolerance,
                  samples=base64.b64encode(picture.tobytes()).decode())
    if alpha is not None:
        answer["alpha"] = base64.b64encode(np.asarray(alpha).tobytes()).decode()
    ANSWERS.append(answer)


def saved(picture, kind, **options):
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def opened(data):
    return Image.open(io.BytesIO(data))


def exif(orientation, order="<"):
    mark = b"II*\0" if order == "<" else b"MM\0*"
    entry = struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
    return mark + struct.pack(order + "IH", 8, 1) + entry + bytes(4)


def managed(picture, profile):
    """Little-cms through Pillow: relative colorimetric, black point compensation."""
    return np.asarray(ImageCms.profileToProfile(
        picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB",
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC, flags=ImageCms.Flags.BLACKPOINTCOMPENSATION))


def grey3(samples):
    return np.repeat(np.asarray(samples, np.uint8)[..., None], 3, -1)


def pngs():
    add("rgb.png", saved(SOURCE, "PNG"), RGB8)
    add("rgba.png", png(np.dstack([RGB8, ALPHA8])), RGB8, alpha=ALPHA8)
    add("opaque-alpha.png", png(np.dstack([RGB8, np.full_like(ALPHA8, 255)])), RGB8)
    add("interlaced.png", png(RGB8, interlaced=True), RGB8)
    grey = np.round(scene()[..., 0] * 65535).astype(int)
    for bits in (1, 2, 4, 8, 16):
        levels = (1 << bits) - 1
        samples = np.round(grey / 65535 * levels).astype(int)
        add(f"grey{bits}.png", png(samples[..., None], bits, interlaced=bits == 2), grey3(np.floor(samples / levels * 255 + 0.5)))
    add("grey-alpha.png", png(np.dstack([RGB8[..., 0], ALPHA8])), grey3(RGB8[..., 0]), alpha=ALPHA8)
    wide = np.round(scene() * 65535).astype(int) // 3 * 2 + 77
    add("rgb16.png", png(wide, 16), np.floor(wide / 257 + 0.5).astype(np.uint8))
    alpha16 = np.tile(np.linspace(0, 65535, WIDTH).astype(int), (HEIGHT, 1))
    add("rgba16.png", png(np.dstack([wide, alpha16]), 16, interlaced=True), np.floor(wide / 257 + 0.5).astype(np.uint8),
        alpha=np.floor(alpha16 / 257 + 0.5).astype(np.uint8))
    indexed = SOURCE.quantize(16)
    colors = indexed.getpalette()[:48]
    indices = np.asarray(indexed)[..., None]
    add("palette.png", png(indices, 4, palette=colors), np.asarray(indexed.convert("RGB")))
    coverage = bytes(i * 17 for i in range(12))
    table = np.array(list(coverage) + [255] * 4, np.uint8)
    add("palette-alpha.png", png(indices, 8, palette=colors, after=[(b"tRNS", coverage)]), np.asarray(indexed.convert("RGB")),
        alpha=table[indices[..., 0]])
    key = RGB8[0, 0]
    add("rgb-key.png", png(RGB8, after=[(b"tRNS", struct.pack(">HHH", *map(int, key)))]), RGB8,
        alpha=np.where((RGB8 == key).all(-1), 0, 255).astype(np.uint8))
    for orientation in range(1, 9):
        data = png(RGB8, after=[(b"eXIf", exif(orientation, ">"))])
        add(f"orientation{orientation}.png", data, np.asarray(ImageOps.exif_transpose(opened(data))))


def jpegs():
    for orientation in range(1, 9):
        data = saved(SOURCE, "JPEG", quality=92, subsampling=0, exif=b"Exif\0\0" + exif(orientation))
        add(f"orientation{orientation}.jpg", data, np.asarray(ImageOps.exif_transpose(opened(data))), 1)
    for name, options in dict(chroma420=dict(subsampling=2), progressive=dict(progressive=True), rgb=dict(keep_rgb=True)).items():
        data = saved(SOURCE, "JPEG", quality=90, **options)
        add(f"{name}.jpg", data, np.asarray(opened(data)), 1)
    data = saved(SOURCE.convert("L"), "JPEG", quality=90)
    add("grey.jpg", data, np.asarray(opened(data).convert("RGB")), 1)
    stray = saved(SOURCE, "JPEG", quality=90)
    add("stray-bytes.jpg", stray[:-2] + bytes(9) + stray[-2:], np.asarray(opened(stray)), 1)
    inks = np.dstack([255 - RGB8, np.minimum(ALPHA8, 120)])
    adobe = saved(Image.fromarray(inks, "CMYK"), "JPEG", quality=95)
    add("cmyk-adobe.jpg", adobe, np.asarray(opened(adobe).convert("RGB")), 1)
    at = adobe.index(b"\xff\xee")
    plain = adobe[:at] + adobe[at + 2 + int.from_bytes(adobe[at + 2:at + 4], "big"):]
    add("cmyk-plain.jpg", plain, np.asarray(opened(plain).convert("RGB")), 1)
    flag = at + 4 + 11
    ycck = adobe[:flag] + b"\2" + adobe[flag + 1:]
    add("ycck.jpg", ycck, np.asarray(opened(ycck).convert("RGB")), 2)
    data = saved(Image.fromarray(inks, "CMYK"), "JPEG", quality=95, icc_profile=icc.CMYK)
    add("cmyk-icc.jpg", data, managed(opened(data), icc.CMYK), 2)
    data = saved(SOURCE, "JPEG", quality=95, subsampling=0, icc_profile=icc.DISPLAY_P3)
    add("p3.jpg", data, managed(opened(data), icc.DISPLAY_P3), 2)
    padded = icc.ADOBE_RGB + bytes(70000)
    padded = struct.pack(">I", len(padded)) + padded[4:]
    data = saved(SOURCE, "JPEG", quality=95, subsampling=0, icc_profile=padded)
    add("profile-in-two-parts.jpg", data, managed(opened(data), icc.ADOBE_RGB), 2)


def profiles():
    for name, profile in dict(p3=icc.DISPLAY_P3, adobe=icc.ADOBE_RGB).items():
        add(f"{name}.png", png(RGB8, before=[iccp(profile)]), managed(SOURCE, profile), 1)
        add(f"{name}.webp", saved(SOURCE, "WEBP", lossless=True, icc_profile=profile), managed(SOURCE, profile), 1)
    wide = RGB8.astype(int) * 257
    add("p3-16.png", png(wide, 16, before=[iccp(icc.DISPLAY_P3)]), managed(SOURCE, icc.DISPLAY_P3), 1)
    add("p3-alpha.png", png(np.dstack([RGB8, ALPHA8]), before=[iccp(icc.DISPLAY_P3)]), managed(SOURCE, icc.DISPLAY_P3), 1, ALPHA8)
    add("srgb-profile.png", png(RGB8, before=[iccp(icc.SRGB)]), RGB8)
    grey = RGB8[..., 0]
    add("grey-profile.png", png(grey[..., None], before=[iccp(icc.GREY_18)]), managed(Image.fromarray(grey), icc.GREY_18), 1)
    add("grey-rgb-profile.jpg", saved(Image.fromarray(grey), "JPEG", quality=100, icc_profile=icc.ADOBE_RGB),
        managed(Image.fromarray(grey3(grey)), icc.ADOBE_RGB), 2)
    add("broken-profile.webp", saved(SOURCE, "WEBP", lossless=True, icc_profile=b"no profile at all"), RGB8)
    linear = np.where(scene() <= 0.0031308, scene() * 12.92, 1.055 * np.maximum(scene(), 1e-9) ** (1 / 2.4) - 0.055)
    add("linear-gamma.png", png(np.round(scene() * 65535).astype(int), 16, before=[(b"gAMA", struct.pack(">I", 100000))]),
        np.round(linear * 255).astype(np.uint8), 1)
    add("usual-gamma.png", png(RGB8, before=[(b"gAMA", struct.pack(">I", 45455))]), RGB8)
    primaries = (31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)  # Display P3
    add("p3-chromaticities.png", png(RGB8, before=[(b"gAMA", struct.pack(">I", 45455)), (b"cHRM", struct.pack(">8I", *primaries))]),
        managed(SOURCE, icc.DISPLAY_P3), 2)


def webps():
    data = saved(SOURCE, "WEBP", quality=90)
    add("lossy.webp", data, np.asarray(opened(data)), 1)
    add("lossless.webp", saved(SOURCE, "WEBP", lossless=True), RGB8)
    both = Image.fromarray(np.dstack([RGB8, ALPHA8]), "RGBA")
    add("alpha-lossless.webp", saved(both, "WEBP", lossless=True, exact=True), RGB8, alpha=ALPHA8)
    data = saved(both, "WEBP", quality=90, exact=True)
    read = np.asarray(opened(data))
    add("alpha-lossy.webp", data, read[..., :3], 1, read[..., 3])
    for orientation in range(1, 9):
        data = saved(SOURCE, "WEBP", lossless=True, exif=exif(orientation))
        add(f"orientation{orientation}.webp", data, np.asarray(ImageOps.exif_transpose(opened(data))))


def refused():
    """Real files of formats that are named and not read."""
    folder = os.path.join(sys.argv[1], "refused")
    os.makedirs(folder, exist_ok=True)
    frames = [SOURCE, ImageOps.mirror(SOURCE)]
    for name, kind, options in (
            ("picture.avif", "AVIF", {}), ("picture.gif", "GIF", {}), ("picture.bmp", "BMP", {}), ("picture.tiff", "TIFF", {}),
            ("picture.jp2", "JPEG2000", {}), ("picture.ppm", "PPM", {}), ("picture.ico", "ICO", {}),
            ("animated.png", "PNG", dict(save_all=True, append_images=frames[1:])),
            ("animated.webp", "WEBP", dict(save_all=True, append_images=frames[1:], lossless=True))):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(saved(SOURCE, kind, **options))


def main():
    os.makedirs(FOLDER, exist_ok=True)
    for make in (pngs, jpegs, profiles, webps, refused):
        make()
    with open(os.path.join(sys.argv[1], "decoding.json"), "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(answer) for answer in ANSWERS) + "\n]\n")


if __name__ == "__main__":
    main()
