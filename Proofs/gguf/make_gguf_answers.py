"""GGUF blocks and files, and what the package gguf makes of them, for the tests to compare with. Needs gguf, numpy and safetensors.

    python Proofs/gguf/make_gguf_answers.py --out Tests/CheckpointsTests/GGUF/Answers

writes

* `blocks.safetensors`: for each quantised type `TYPE.blocks`, random blocks, every one of whose bytes means something, and
  `TYPE.numbers`, the bits of gguf's fp32 answers. The blocks' scales are, one after the other, the ends of half precision (zeros,
  subnormal, largest, infinite and not a number) and ordinary ones;
* `whole.gguf`: a tensor of every type that is read, of several shapes, with metadata of every type, by gguf's own writer;
* `aligned.gguf`: the same writer's with another alignment, and tensors stored in another shape than their own, as ComfyUI-GGUF does
  where the last dimension isn't whole blocks;
* `whole.safetensors`, `aligned.safetensors`: what gguf reads from these files: plain tensors as they are, quantised ones as bits of
  fp32, each in its own shape.

In bits, each number that is none is 0x7fc00000: its sign and payload depend on the processor.
"""

import argparse
import pathlib

import gguf
import numpy as np
from gguf import GGMLQuantizationType as T
from gguf import GGUFValueType as V
from safetensors.numpy import save_file

# Where the half-precision scales stand in a block.
SCALES = {
    T.Q4_0: [0], T.Q4_1: [0, 2], T.Q5_0: [0], T.Q5_1: [0, 2], T.Q8_0: [0],
    T.Q2_K: [80, 82], T.Q3_K: [108], T.Q4_K: [0, 2], T.Q5_K: [0, 2], T.Q6_K: [208],
}
ENDS = [0x0000, 0x8000, 0x0001, 0x83ff, 0x0400, 0x7bff, 0xfbff, 0x7c00, 0xfc00, 0x7e00, 0x7d55, 0x3c00]
PLAIN = {T.F32: np.float32, T.F16: np.float16, T.F64: np.float64, T.I8: np.int8, T.I16: np.int16, T.I32: np.int32, T.I64: np.int64}
SHAPE_KEY = "comfy.gguf.orig_shape."


def blocks(kind, count, random, extreme=False):
    """[count, bytes of a block]: random bytes with ordinary scales, or with `ENDS` first in one place and then in the other."""
    found = random.integers(0, 256, (count, gguf.GGML_QUANT_SIZES[kind][1]), dtype=np.uint8)
    for place, offset in enumerate(SCALES[kind]):
        scales = random.normal(0, 0.02, count).astype(np.float16)
        if extreme:
            bits = scales.view(np.uint16)
            ends = np.roll(ENDS, 5 * place)[: min(len(ENDS), count)]
            bits[: len(ends)] = ends
        found[:, offset:offset + 2] = scales.view(np.uint8).reshape(count, 2)
    return found


def bits(numbers):
    found = np.ascontiguousarray(numbers, np.float32)
    return np.where(np.isnan(found), np.uint32(0x7FC00000), found.view(np.uint32)).view(np.int32)


def dequantized(data, kind):
    with np.errstate(all="ignore"):
        return gguf.dequantize(data, kind)


def all_blocks(random):
    result = {}
    for kind in SCALES:
        found = blocks(kind, 24, random, extreme=True)
        result[f"{kind.name}.blocks"] = found
        result[f"{kind.name}.numbers"] = bits(dequantized(found, kind))
    return result


def quantized(kind, rows, blocks_in_row, random):
    """Tensor data as the writer takes it: bytes, rows first."""
    return blocks(kind, rows * blocks_in_row, random).reshape(rows, -1)


def write_whole(path, random):
    writer = gguf.GGUFWriter(path, "flux")
    for kind, value in {
        V.UINT8: 255, V.INT8: -128, V.UINT16: 65535, V.INT16: -32768, V.UINT32: 2**32 - 1, V.INT32: -2**31,
        V.FLOAT32: 0.5, V.BOOL: True, V.UINT64: 2**64 - 1, V.INT64: -2**63, V.FLOAT64: -1e300, V.STRING: "größer\n\0",
    }.items():
        writer.add_key_value(f"test.{kind.name.lower()}", value, kind)
        writer.add_key_value(f"test.array.{kind.name.lower()}", [value] * 3, V.ARRAY, kind)
    writer.add_token_list([f"word{number}" for number in range(50)])
    writer.add_token_scores([-float(number) for number in range(50)])
    for kind, dtype in PLAIN.items():
        writer.add_tensor(f"plain.{kind.name}", random.normal(0, 30, (3, 5)).astype(dtype))
    bfloat = gguf.quantize(random.normal(0, 1, (4, 6)).astype(np.float32), T.BF16)
    writer.add_tensor("plain.BF16", bfloat, raw_dtype=T.BF16)
    writer.add_tensor("scalar", np.array(-1.5, np.float32))
    writer.add_tensor("empty", np.zeros((0, 4), np.float32))
    writer.add_tensor("four dimensions é", np.arange(24, dtype=np.float16).reshape(2, 3, 1, 4))
    for kind in SCALES:
        data = quantized(kind, 6, 1 if kind.name.endswith("K") else 3, random)
        writer.add_tensor(f"blocks.{kind.name}.weight", data, raw_dtype=kind)
    # as the quantiser really writes, from ordinary weights
    weights = random.normal(0, 0.05, (2, 2, 64)).astype(np.float32)
    for kind in (T.Q8_0, T.Q5_1):
        writer.add_tensor(f"weights.{kind.name}", gguf.quantize(weights, kind), raw_dtype=kind)
    finish(writer)


def write_aligned(path, random):
    writer = gguf.GGUFWriter(path, "t5encoder")
    writer.add_custom_alignment(256)
    writer.add_array(SHAPE_KEY + "rows", [64, 12])
    writer.add_key_value(SHAPE_KEY + "kernel", [2, 16, 4, 4], V.ARRAY, V.INT64)
    writer.add_array(SHAPE_KEY + "not here", [1])
    writer.add_tensor("rows", quantized(T.Q4_K, 3, 1, random), raw_dtype=T.Q4_K)
    writer.add_tensor("bias", np.arange(3, dtype=np.float32))
    writer.add_tensor("kernel", quantized(T.Q6_K, 2, 1, random), raw_dtype=T.Q6_K)
    finish(writer)


def finish(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def read(path):
    reader = gguf.GGUFReader(path)
    result = {}
    for tensor in reader.tensors:
        shape = [int(size) for size in reversed(tensor.shape)]
        if (field := reader.get_field(SHAPE_KEY + tensor.name)) is not None:
            shape = [int(field.parts[place][0]) for place in field.data]
        if tensor.tensor_type in PLAIN:
            found = np.array(tensor.data)
        else:
            found = bits(dequantized(np.array(tensor.data), tensor.tensor_type))
        result[tensor.name] = np.array(found.reshape(shape), order="C")
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=pathlib.Path, required=True)
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    random = np.random.Generator(np.random.PCG64(12))
    save_file(all_blocks(random), out / "blocks.safetensors")
    write_whole(out / "whole.gguf", random)
    write_aligned(out / "aligned.gguf", random)
    for name in ("whole", "aligned"):
        save_file(read(out / f"{name}.gguf"), out / f"{name}.safetensors")


if __name__ == "__main__":
    main()
