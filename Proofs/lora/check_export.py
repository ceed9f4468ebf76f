"""Loads files that we exported into diffusers with its own loader and compares the transformer's step with the golden's.

    LORWEB_EXPORTS=DIR swift test --filter LoRAExportParity     writes the files
    python check_export.py --exports DIR --goldens Tests/ParityTests/Goldens

The golden's output was computed with the basis itself, by hooks on diffusers' transformer. At Kontext's width kohya's file goes
through diffusers' converter as it is, and must give the ΔW of the file in diffusers' dialect.
"""
import argparse
import json
import os
import sys

import torch
from diffusers import FluxTransformer2DModel
from diffusers.loaders.lora_conversion_utils import _convert_kohya_flux_lora_to_diffusers
from safetensors import safe_open
from safetensors.torch import load_file

from diffusers_loader import load, unload

LIMIT = 1e-5


def step(exports, goldens, dialect):
    with safe_open(os.path.join(goldens, "lorweb_tiny.io.safetensors"), "pt") as f:
        config = {k: v for k, v in json.loads(f.metadata()["config"]).items() if k != "basis"}
        inputs = {k[len("in."):]: f.get_tensor(k) for k in f.keys() if k.startswith("in.") and k != "in.query"}
        expected, base = f.get_tensor("out.unmerged"), f.get_tensor("out.base")
    transformer = FluxTransformer2DModel(**config)
    transformer.load_state_dict(load_file(os.path.join(goldens, "flux_tiny.weights.safetensors")))
    pipe = load(transformer, os.path.join(exports, f"golden.{dialect}.safetensors"))
    with torch.no_grad():
        output = transformer(**inputs, return_dict=False)[0]
    unload(pipe)
    return (output - expected).abs().max().item(), (base - expected).abs().max().item()


def wide(exports):
    """Largest difference of ΔW·x for random x, over all linears, as a share of the largest value."""
    kohya = _convert_kohya_flux_lora_to_diffusers(load_file(os.path.join(exports, "wide.kohya.safetensors")))
    plain = load_file(os.path.join(exports, "wide.diffusers.safetensors"))
    assert set(kohya) == set(plain) and plain, sorted(set(kohya) ^ set(plain))[:5]
    worst, generator = 0.0, torch.Generator().manual_seed(0)
    for a in [k for k in plain if k.endswith("lora_A.weight")]:
        b = a.replace("lora_A", "lora_B")
        x = torch.randn(plain[a].shape[1], 4, generator=generator)
        ours, theirs = plain[b] @ (plain[a] @ x), kohya[b] @ (kohya[a] @ x)
        worst = max(worst, ((ours - theirs).abs().max() / ours.abs().max()).item())
    return worst, len(plain) // 2


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--exports", required=True)
    ap.add_argument("--goldens", required=True)
    a = ap.parse_args()
    failed = False
    for dialect in "diffusers", "kohya", "comfyui":
        distance, effect = step(a.exports, a.goldens, dialect)
        failed |= distance > LIMIT or effect < 0.1
        print(f"{dialect}: diffusers' step differs from the golden by {distance:.1e} (the LoRA changes it by {effect:.2f})")
    worst, count = wide(a.exports)
    failed |= worst > LIMIT
    print(f"kohya at Kontext's width: {count} linears, ΔW·x differs by {worst:.1e} of its size")
    sys.exit(failed)


if __name__ == "__main__":
    main()
