"""What the reference library writes and reads, for the tests to compare with. Needs torch and safetensors 0.8.0.

    python Proofs/safetensors/exchange.py

writes into Tests/CheckpointsTests/Reference:

* `reference.safetensors`: a tensor of every dtype we know, by the reference library. The Swift writer must make the same bytes of
  the same tensors, so whatever Python reads of this file it reads of ours;
* `reference.json`: what Python reads back from that file: dtype, shape and bytes (in hexadecimal) of each tensor;
* `verdicts.json`: whether the reference library takes each file of Hostile and Odd. It takes some that the Swift reader refuses
  (double keys, for example: one of the two is dropped without a word); it must take every one that the Swift reader takes.

    python Proofs/safetensors/exchange.py --read FILE...

only reads files and prints what `reference.json` would say of them; for files that the Swift writer has made.
"""

import json
import pathlib
import sys

import torch
from safetensors import safe_open
from safetensors.torch import load, save_file

TESTS = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "CheckpointsTests"
DTYPES = {
    "U64": torch.uint64, "I64": torch.int64, "F64": torch.float64, "F32": torch.float32, "U32": torch.uint32, "I32": torch.int32,
    "BF16": torch.bfloat16, "F16": torch.float16, "U16": torch.uint16, "I16": torch.int16, "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2, "I8": torch.int8, "U8": torch.uint8, "BOOL": torch.bool,
}


def tensors():
    """Every dtype with the numbers 0 to 5, a scalar, an empty tensor, and names that need care."""
    result = {f"dtype.{name}": torch.arange(6).reshape(2, 3).to(dtype) for name, dtype in DTYPES.items()}
    result["a scalar"] = torch.tensor(-1.5)
    result["empty"] = torch.zeros(0, 4, dtype=torch.bfloat16)
    result["Ärger \"quoted\" \\ \t\n\u0001\u007f \U0001f5bc"] = torch.tensor([1.0, 2.0], dtype=torch.float16)
    result["z"] = torch.tensor([1], dtype=torch.uint8)
    result["Z"] = torch.tensor([2], dtype=torch.uint8)
    return result


def reading(path):
    """What the reference library reads from a file."""
    with safe_open(path, "pt") as file:
        metadata = dict(file.metadata() or {})
        entries = {}
        for name in file.keys():
            tensor = file.get_tensor(name).contiguous()
            raw = tensor.flatten().view(torch.uint8).numpy().tobytes() if tensor.numel() else b""
            entries[name] = {
                "dtype": next(text for text, dtype in DTYPES.items() if dtype == tensor.dtype),
                "shape": list(tensor.shape),
                "bytes": raw.hex(),
            }
    return {"metadata": metadata, "tensors": dict(sorted(entries.items()))}


def takes(path):
    try:
        load(path.read_bytes())
        return True
    except Exception:
        return False


def as_text(value):
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def main(arguments):
    if arguments[:1] == ["--read"]:
        for path in arguments[1:]:
            print(as_text(reading(path)), end="")
        return
    place = TESTS / "Reference"
    place.mkdir(parents=True, exist_ok=True)
    # One entry only: the library writes several in an order that changes from run to run.
    save_file(tensors(), place / "reference.safetensors", {"lorweb": '{"note":"ünïcode \\n"}'})
    (place / "reference.json").write_text(as_text(reading(place / "reference.safetensors")))
    verdicts = {
        folder: {path.stem: takes(path) for path in sorted((TESTS / folder).glob("*.safetensors"))} for folder in ("Hostile", "Odd")
    }
    (place / "verdicts.json").write_text(as_text(verdicts))


if __name__ == "__main__":
    main(sys.argv[1:])
