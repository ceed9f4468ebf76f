"""A small baseline JPEG encoder for what Pillow doesn't write: any sampling factors. And the parts a JPEG is made of."""
import struct

import numpy as np

ZIGZAG = sorted(range(64), key=lambda i: (i // 8 + i % 8, i // 8 if (i // 8 + i % 8) % 2 else i % 8))
DC_BITS, DC_VALUES = bytes([0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]), bytes(range(12))
# One code length, 8 bits, for all run/size pairs: no optimal table, but a right one.
AC_VALUES = bytes([0, 0xF0] + [run << 4 | size for run in range(16) for size in range(1, 11)])
AC_BITS = bytes([0] * 7 + [len(AC_VALUES)] + [0] * 8)
COSINES = np.array([[np.cos((2 * x + 1) * u * np.pi / 16) * (np.sqrt(1 / 8) if u == 0 else 0.5) for x in range(8)] for u in range(8)])


def segment(marker, content):
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def codes(bits, values):
    table, code, index = {}, 0, 0
    for length, count in enumerate(bits, 1):
        for _ in range(count):
            table[values[index]] = format(code, f"0{length}b")
            code, index = code + 1, index + 1
        code <<= 1
    return table


DC, AC = codes(DC_BITS, DC_VALUES), codes(AC_BITS, AC_VALUES)


def amount(value):
    size = int(abs(value)).bit_length()
    return size, format(value if value > 0 else value + (1 << size) - 1, f"0{size}b") if size else ""


def block_bits(block, step, before):
    levels = np.round(COSINES @ (block - 128) @ COSINES.T / step).astype(int).flatten()[ZIGZAG]
    size, rest = amount(int(levels[0]) - before)
    bits, run = DC[size] + rest, 0
    last = max([i for i in range(1, 64) if levels[i]], default=0)
    for level in levels[1:last + 1]:
        if level == 0:
            run += 1
            continue
        bits += AC[0xF0] * (run // 16)
        size, rest = amount(int(level))
        bits, run = bits + AC[run % 16 << 4 | size] + rest, 0
    return bits + (AC[0] if last < 63 else ""), int(levels[0])


def jpeg(rgb, factors, step=3):
    """`rgb`: uint8 [height, width, 3]; `factors`: (horizontal, vertical) of Y, Cb, Cr."""
    height, width = rgb.shape[:2]
    red, green, blue = (rgb[..., i].astype(float) for i in range(3))
    planes = [0.299 * red + 0.587 * green + 0.114 * blue]
    planes += [128 + (blue - planes[0]) * 0.564, 128 + (red - planes[0]) * 0.713]
    across, down = (max(f[i] for f in factors) for i in (0, 1))
    columns, rows = -(-width // (8 * across)), -(-height // (8 * down))
    scaled = []
    for plane, (h, v) in zip(planes, factors):
        whole = np.pad(plane, ((0, rows * 8 * down - height), (0, columns * 8 * across - width)), mode="edge")
        scaled.append(whole.reshape(rows * 8 * v, down // v, columns * 8 * h, across // h).mean((1, 3)))
    bits, before = [], [0, 0, 0]
    for row in range(rows):
        for column in range(columns):
            for index, (h, v) in enumerate(factors):
                for y in range(row * v, row * v + v):
                    for x in range(column * h, column * h + h):
                        text, before[index] = block_bits(scaled[index][y * 8:y * 8 + 8, x * 8:x * 8 + 8], step, before[index])
                        bits.append(text)
    bits = "".join(bits)
    bits += "1" * (-len(bits) % 8)
    scan = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")
    frame = struct.pack(">BHHB", 8, height, width, 3)
    frame += b"".join(bytes([i + 1, h << 4 | v, 0]) for i, (h, v) in enumerate(factors))
    return (b"\xff\xd8" + segment(0xDB, b"\0" + bytes([step] * 64)) + segment(0xC0, frame)
            + segment(0xC4, b"\0" + DC_BITS + DC_VALUES) + segment(0xC4, b"\x10" + AC_BITS + AC_VALUES)
            + segment(0xDA, b"\3\1\0\2\0\3\0\0\x3f\0") + scan + b"\xff\xd9")


def parts(data):
    """[(marker, bytes)] of a JPEG: segments with their markers, a scan's data with its segment, restart markers included."""
    found, at = [(0xD8, data[:2])], 2
    while data[at + 1] != 0xD9:
        marker, end = data[at + 1], at + 2 + int.from_bytes(data[at + 2:at + 4], "big")
        if marker == 0xDA:
            while data[end] != 0xFF or data[end + 1] == 0 or 0xD0 <= data[end + 1] <= 0xD7:
                end += 1
        found.append((marker, data[at:end]))
        at = end
    return found + [(0xD9, data[at:])]
