"""A PNG writer for the forms that Pillow can't write: 16 bits, interlaced, grey below 8 bits, any chunk."""
import struct
import zlib

ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
COLOR_TYPE = {1: 0, 2: 4, 3: 2, 4: 6}


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def rows(samples, bits):
    """Unfiltered scan lines of integers [height, width, channels]."""
    out = b""
    for line in samples:
        flat = [int(v) for v in line.reshape(-1)]
        if bits == 16:
            packed = struct.pack(f">{len(flat)}H", *flat)
        elif bits == 8:
            packed = bytes(flat)
        else:
            per = 8 // bits
            flat += [0] * (-len(flat) % per)
            packed = bytes(sum(v << (8 - bits * (k + 1)) for k, v in enumerate(flat[i:i + per])) for i in range(0, len(flat), per))
        out += b"\0" + packed
    return out


def png(samples, bits=8, interlaced=False, palette=None, before=(), after=()):
    height, width, channels = samples.shape
    data = rows(samples, bits)
    if interlaced:
        parts = [samples[y::dy, x::dx] for x, y, dx, dy in ADAM7]
        data = b"".join(rows(part, bits) for part in parts if part.size)
    color = 3 if palette else COLOR_TYPE[channels]
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, color, 0, 0, int(interlaced)))
    for kind, content in before:
        out += chunk(kind, content)
    if palette:
        out += chunk(b"PLTE", bytes(palette))
    for kind, content in after:
        out += chunk(kind, content)
    return out + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b"")


def iccp(profile):
    return b"iCCP", b"icc\0\0" + zlib.compress(profile, 9)
