"""Writing committed answers so that running a proof twice changes nothing.

fp32 results of one model differ between runs by about 1e-6 (summation order follows memory alignment and thread count), so a
proof writes into a temporary folder, and `settle` puts a new file in the committed one's place only where it says something else.
"""
import json
import os
import shutil
import sys

import torch
from safetensors import safe_open
from safetensors.torch import save

# Largest accepted difference between two runs, relative to the tensor's largest value (at least 1).
ROUNDING = {torch.float64: 1e-5, torch.float32: 1e-5, torch.float16: 4e-3, torch.bfloat16: 2e-2}


def write(path, tensors, metadata):
    """Like safetensors.torch.save_file, with the metadata in alphabetical order (the library's order changes from run to run)."""
    data = save({k: v.detach().contiguous().clone() for k, v in tensors.items()})
    length = int.from_bytes(data[:8], "little")
    header = {"__metadata__": dict(sorted(metadata.items())), **json.loads(data[8:8 + length])}
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(len(text).to_bytes(8, "little") + text + data[8 + length:])


def values_differ(x, y, decoded):
    """What two tensors of one dtype and shape disagree in, or None. `decoded`: uint8 pictures come from a model, so a rounding
    may fall the other way: one level on one value in a thousand is accepted."""
    d = (x.double() - y.double()).abs()
    if not x.numel() or not d.max() > 0:
        return "not a number" if d.isnan().any() else None
    if x.dtype.is_floating_point:
        close = d.max() <= ROUNDING[x.dtype] * max(1.0, y.double().abs().max().item())
    else:
        close = decoded and x.dtype == torch.uint8 and d.max() <= 1 and (d > 0).double().mean() <= 1e-3
    return None if close else f"differs by {d.max():.2e}"


def difference(new, old, decoded):
    """One sentence on what two safetensors files disagree in, or None."""
    with safe_open(new, "pt") as n, safe_open(old, "pt") as o:
        if set(n.keys()) != set(o.keys()):
            return f"other tensors: {sorted(set(n.keys()) ^ set(o.keys()))[:5]}"
        if set(n.metadata() or {}) != set(o.metadata() or {}):
            return "other metadata entries"
        for name in n.keys():
            x, y = n.get_tensor(name), o.get_tensor(name)
            if x.dtype != y.dtype or x.shape != y.shape:
                return f"{name}: {x.dtype} {list(x.shape)}, was {y.dtype} {list(y.shape)}"
            if (why := values_differ(x, y, decoded)):
                return f"{name}: {why}"
    return None


def same_bytes(new, old):
    with open(new, "rb") as n, open(old, "rb") as o:
        return n.read() == o.read()


def settle(fresh, committed, decoded=False):
    """Replaces what differs in `committed` by the files of `fresh`; returns how many were replaced."""
    os.makedirs(committed, exist_ok=True)
    replaced = 0
    for name in sorted(os.listdir(fresh)):
        new, old = os.path.join(fresh, name), os.path.join(committed, name)
        if os.path.isdir(new):
            replaced += settle(new, old, decoded)
            continue
        if not os.path.exists(old):
            why = "is new"
        elif name.endswith(".safetensors"):
            why = difference(new, old, decoded)
        else:
            why = None if same_bytes(new, old) else "has other bytes"
        if why:
            shutil.copyfile(new, old)
            print(f"REPLACED {old}: {why}")
            replaced += 1
    print(f"{committed}: {replaced} of {len(os.listdir(fresh))} entries replaced")
    return replaced


if __name__ == "__main__":
    settle(*sys.argv[1:3], decoded="--decoded-pictures" in sys.argv[3:])
