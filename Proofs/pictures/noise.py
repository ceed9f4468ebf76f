"""Pictures that Python and Swift make alike, and the checksum both compare by."""
import numpy as np

MASK = (1 << 64) - 1


def noise(width, height, channels, seed):
    """uint8 [height, width, channels] from a 64-bit linear congruential generator; a third of the samples is 0 or 255."""
    state = seed
    samples = np.empty(width * height * channels, np.uint8)
    for i in range(len(samples)):
        state = (state * 6364136223846793005 + 1442695040888963407) & MASK
        value = state >> 53
        samples[i] = 0 if value < 341 else 255 if value < 682 else value & 255
    return samples.reshape(height, width, channels)


def fnv1a(data):
    """64-bit FNV-1a of bytes, as 16 hexadecimal digits."""
    value = 0xcbf29ce484222325
    for byte in bytes(data):
        value = ((value ^ byte) * 0x100000001b3) & MASK
    return f"{value:016x}"
