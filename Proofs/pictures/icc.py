"""Small ICC profiles written from the specification (ICC.1:2010), for fixtures without a foreign licence."""
import struct


def s15(value):
    return struct.pack(">i", round(value * 65536))


def xyz(x, y, z):
    return b"XYZ \0\0\0\0" + s15(x) + s15(y) + s15(z)


def gamma_curve(gamma):
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"


def srgb_curve():
    return b"para\0\0\0\0" + struct.pack(">HH", 3, 0) + b"".join(map(s15, (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)))


def description(text):
    raw = text.encode() + b"\0"
    block = b"desc\0\0\0\0" + struct.pack(">I", len(raw)) + raw + bytes(8 + 3 + 67)
    return block + bytes(-len(block) % 4)


def profile(kind, space, pcs, tags, version=0x02400000):
    table, body, offset = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, data in tags:
        data += bytes(-len(data) % 4)
        table += name + struct.pack(">II", offset + len(body), len(data))
        body += data
    size = offset + len(body)
    head = struct.pack(">I4sI4s4s4s6H4s", size, b"none", version, kind, space, pcs, 2000, 1, 1, 0, 0, 0, b"acsp")
    head += bytes(28) + s15(0.9642) + s15(1.0) + s15(0.8249)
    return head + bytes(128 - len(head)) + table + body


def rgb_profile(name, red, green, blue, curve, version=0x02400000):
    """Colorants are XYZ under D50."""
    return profile(b"mntr", b"RGB ", b"XYZ ", [
        (b"desc", description(name)), (b"wtpt", xyz(0.9642, 1, 0.8249)), (b"rXYZ", xyz(*red)), (b"gXYZ", xyz(*green)),
        (b"bXYZ", xyz(*blue)), (b"rTRC", curve), (b"gTRC", curve), (b"bTRC", curve)], version)


DISPLAY_P3 = rgb_profile("P3", (0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407), srgb_curve(),
                         0x04200000)
ADOBE_RGB = rgb_profile("wide", (0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457),
                        gamma_curve(563 / 256))
SRGB = rgb_profile("srgb", (0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410), srgb_curve(),
                   0x04200000)
GREY_18 = profile(b"mntr", b"GRAY", b"XYZ ", [(b"desc", description("grey")), (b"wtpt", xyz(0.9642, 1, 0.8249)),
                                               (b"kTRC", gamma_curve(1.8))])


def cmyk():
    """A printer of multiplying inks: 8-bit table of 5 points an ink to Lab."""
    grid = 5
    inks = ((0.15, 0.45, 0.75), (0.75, 0.15, 0.35), (0.90, 0.80, 0.10), (0.08, 0.08, 0.08))
    table = bytearray()
    for index in range(grid ** 4):
        amounts = [index // grid ** (3 - k) % grid / (grid - 1) for k in range(4)]
        light = [0.95, 0.95, 0.95]
        for amount, ink in zip(amounts, inks):
            light = [l * (1 - amount + amount * i) for l, i in zip(light, ink)]
        r, g, b = light
        x, y, z = (0.436 * r + 0.385 * g + 0.143 * b) / 0.9642, 0.222 * r + 0.717 * g + 0.061 * b, (0.014 * r + 0.097 * g + 0.714 * b) / 0.8249
        fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
        lab = ((116 * fy - 16) * 2.55, 500 * (fx - fy) + 128, 200 * (fy - fz) + 128)
        table += bytes(max(0, min(255, round(v))) for v in lab)
    ramp = bytes(range(256))
    lut = b"mft1\0\0\0\0" + bytes((4, 3, grid, 0)) + b"".join(map(s15, (1, 0, 0, 0, 1, 0, 0, 0, 1))) + ramp * 4 + bytes(table) + ramp * 3
    return profile(b"prtr", b"CMYK", b"Lab ", [(b"desc", description("inks")), (b"wtpt", xyz(0.9642, 1, 0.8249)), (b"A2B0", lut)])


CMYK = cmyk()
