"""Writes small random LoRA files of each dialect for a tiny FLUX transformer, and what diffusers' loader makes of them.

    python make_lora_answers.py --out DIR

NAME.safetensors is a file as its trainer writes it (key rules below, none of them diffusers'); NAME.deltas.safetensors holds by
diffusers' path the ΔW that diffusers' own loader puts on the linear.
"""
import argparse
import json
import os

import torch
from diffusers import FluxTransformer2DModel
from peft import LoraConfig
from safetensors.torch import load_file

from answers import write
from diffusers_loader import deltas, load, unload

W, MLP, TEXT, POOLED, CHANNELS = 6, 24, 5, 4, 4
CONFIG = dict(patch_size=1, in_channels=CHANNELS, out_channels=None, num_layers=1, num_single_layers=1, attention_head_dim=W,
              num_attention_heads=1, joint_attention_dim=TEXT, pooled_projection_dim=POOLED, guidance_embeds=True,
              axes_dims_rope=(2, 2, 2))

# FLUX's first release: name, outputs, inputs.
DOUBLE = [("img_mod.lin", 6 * W, W), ("txt_mod.lin", 6 * W, W), ("img_attn.qkv", 3 * W, W), ("txt_attn.qkv", 3 * W, W),
          ("img_attn.proj", W, W), ("txt_attn.proj", W, W), ("img_mlp.0", MLP, W), ("img_mlp.2", W, MLP),
          ("txt_mlp.0", MLP, W), ("txt_mlp.2", W, MLP)]
SINGLE = [("modulation.lin", 3 * W, W), ("linear1", 3 * W + MLP, W), ("linear2", W, W + MLP)]
BLOCKS = [(f"double_blocks.0.{n}", o, i) for n, o, i in DOUBLE] + [(f"single_blocks.0.{n}", o, i) for n, o, i in SINGLE]
ENDS = [("img_in", W, CHANNELS), ("txt_in", W, TEXT), ("time_in.in_layer", W, 256), ("time_in.out_layer", W, W),
        ("vector_in.in_layer", W, POOLED), ("vector_in.out_layer", W, W), ("guidance_in.in_layer", W, 256),
        ("guidance_in.out_layer", W, W), ("final_layer.linear", CHANNELS, W), ("final_layer.adaLN_modulation.1", 2 * W, W)]


class Draw:
    def __init__(self, seed):
        self.generator = torch.Generator().manual_seed(seed)

    def __call__(self, *shape):
        return torch.randn(*shape, generator=self.generator)

    def pair(self, outputs, inputs, rank, blocks=None):
        """down [rank, in] and up [out, rank]; with `blocks` (rows of each) up is block-diagonal."""
        up = self(outputs, rank)
        if blocks:
            share, row, mask = rank // len(blocks), 0, torch.zeros(outputs, rank)
            for n, rows in enumerate(blocks):
                mask[row:row + rows, n * share:(n + 1) * share] = 1
                row += rows
            up = up * mask
        return self(rank, inputs), up


def kohya(name):
    return "lora_unet_" + name.replace(".", "_")


def joined(name):
    return [W, W, W] if name.endswith("qkv") else [W, W, W, MLP] if name.endswith("linear1") else None


def diffusers_linears():
    with torch.device("meta"):
        model = FluxTransformer2DModel(**CONFIG)
    return [(n, m.out_features, m.in_features) for n, m in model.named_modules() if isinstance(m, torch.nn.Linear)]


def diffusers_file():
    """Dialect 1, alphas in keys; linears outside the blocks too."""
    draw, t = Draw(1), {}
    for k, (n, o, i) in enumerate(diffusers_linears()):
        t[f"transformer.{n}.lora_A.weight"], t[f"transformer.{n}.lora_B.weight"] = draw.pair(o, i, 2)
        # one alpha for every proj_out: PEFT gives that of the last to the blocks' as well
        t[f"transformer.{n}.alpha"] = torch.tensor(3.0 if k % 3 or n.endswith("proj_out") else 1.0)
    return t, {"format": "pt"}


def peft_file():
    """Dialect 1 with alphas in the metadata, as diffusers saves it, in bfloat16."""
    draw, t = Draw(2), {}
    for n, o, i in diffusers_linears()[8:]:
        down, up = draw.pair(o, i, 2)
        t[f"transformer.{n}.lora_A.weight"], t[f"transformer.{n}.lora_B.weight"] = down.bfloat16(), up.bfloat16()
    settings = LoraConfig(r=2, lora_alpha=5, target_modules=[n for n, _, _ in diffusers_linears()[8:]],
                          alpha_pattern={"attn.to_q": 7, "transformer_blocks.0.ff.net.2": 1}).to_dict()
    settings["target_modules"] = sorted(settings["target_modules"])
    return t, {"format": "pt", "lora_adapter_metadata": json.dumps({f"transformer.{k}": v for k, v in settings.items()}, default=str)}


def kohya_file(seed, diagonal, dtype):
    """Dialect 2: q, k, v share A, or have ranks of their own along the diagonal; with keys for CLIP.

    All ranks are 3 once joined matrices are split: of a file without alphas whose ranks differ, diffusers 0.35.2 takes the first
    rank for the alpha of all, which scales the others wrongly.
    """
    draw, t = Draw(seed), {}
    for n, o, i in BLOCKS:
        parts = joined(n) if diagonal else None
        rank = 3 * len(parts) if parts else 3
        t[kohya(n) + ".lora_down.weight"], t[kohya(n) + ".lora_up.weight"] = (x.to(dtype) for x in draw.pair(o, i, rank, parts))
        t[kohya(n) + ".alpha"] = torch.tensor(rank / 2, dtype=dtype)
    name = "lora_te1_text_model_encoder_layers_0_self_attn_q_proj"
    t[name + ".lora_down.weight"], t[name + ".lora_up.weight"] = draw.pair(8, 8, 2)
    t[name + ".alpha"] = torch.tensor(2.0)
    return t, {"ss_network_dim": "3", "ss_network_alpha": "1.5", "ss_network_module": "networks.lora_flux"}


def control_file():
    """Dialect 3: everywhere, with biases and norms."""
    draw, t = Draw(5), {}
    for n, o, i in BLOCKS + ENDS:
        t[f"{n}.lora_A.weight"], t[f"{n}.lora_B.weight"] = draw.pair(o, i, 2)
        t[f"{n}.lora_B.bias"] = draw(o)
    for n in ["double_blocks.0.img_attn", "double_blocks.0.txt_attn", "single_blocks.0"]:
        for which in "query", "key":
            t[f"{n}.norm.{which}_norm.scale"] = draw(W)
    return t, {}


def fal_file():
    """Dialect 5."""
    draw, t = Draw(6), {}
    for n, o, i in BLOCKS + ENDS[-2:-1]:
        t[f"base_model.model.{n}.lora_A.weight"], t[f"base_model.model.{n}.lora_B.weight"] = draw.pair(o, i, 2)
    return t, {}


def comfyui_file(a, b, alpha=True):
    """Dialect 6, with differences that are all zero."""
    draw, t = Draw(7), {}
    for n, o, i in BLOCKS:
        t[f"diffusion_model.{n}.{a}.weight"], t[f"diffusion_model.{n}.{b}.weight"] = draw.pair(o, i, 2)
        if alpha:
            t[f"diffusion_model.{n}.alpha"] = torch.tensor(2.0)
    t["diffusion_model.double_blocks.0.img_attn.proj.diff_b"] = torch.zeros(W)
    return t, {}


def onetrainer_file():
    """Dialect 7; what diffusers reads of it: attention, and linears outside the blocks."""
    draw, t = Draw(8), {}
    for n, o, i in diffusers_linears():
        if ".attn." in n or "transformer_blocks" not in n:
            key = "lora_transformer_" + n.replace(".", "_")
            t[key + ".lora_down.weight"], t[key + ".lora_up.weight"] = draw.pair(o, i, 2)
            t[key + ".alpha"] = torch.tensor(1.0)
    return t, {}


def answer(path, name):
    tensors = {k: v for k, v in load_file(path).items() if not k.startswith("lora_te")}
    if name.startswith("comfyui_ab"):      # the same matrices under the names that diffusers reads
        tensors = {k.replace("lora_A", "lora_down").replace("lora_B", "lora_up"): v for k, v in tensors.items()}
    transformer = FluxTransformer2DModel(**CONFIG)
    pipe = load(transformer, path if name == "peft" else tensors)
    transformer.float()                    # products in fp32, whatever the file's type
    found = deltas(transformer)
    unload(pipe)
    if name == "onetrainer":               # PEFT takes proj_out for the end of other names too and starts a LoRA there
        found = {k: v for k, v in found.items() if f"lora_transformer_{k.replace('.', '_')}.alpha" in tensors}
    if name == "control":
        # diffusers 0.35.2 swaps the halves of this LoRA's A (its ranks!) as well as of B, so its ΔW is no LoRA's that was trained.
        # A weight W of the first release becomes swapped(W) in diffusers' names, so ΔW becomes swapped(ΔW).
        raw = load_file(path)
        shift, scale = (raw["final_layer.adaLN_modulation.1.lora_B.weight"] @ raw["final_layer.adaLN_modulation.1.lora_A.weight"]).chunk(2)
        found["norm_out.linear"] = torch.cat([scale, shift])
    return found


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--out", required=True)
    out = ap.parse_args().out
    os.makedirs(out, exist_ok=True)
    files = dict(diffusers=diffusers_file(), peft=peft_file(), kohya=kohya_file(3, False, torch.float16),
                 kohya_diagonal=kohya_file(4, True, torch.float32), control=control_file(), fal=fal_file(),
                 comfyui=comfyui_file("lora_down", "lora_up"), comfyui_ab=comfyui_file("lora_A", "lora_B", alpha=False),
                 onetrainer=onetrainer_file())
    for name, (tensors, metadata) in files.items():
        path = os.path.join(out, f"{name}.safetensors")
        write(path, tensors, metadata)
        found = answer(path, name)
        write(os.path.join(out, f"{name}.deltas.safetensors"), found, {"format": "pt", "config": json.dumps(CONFIG)})
        print(f"{name}: {len(tensors)} tensors, {len(found)} linears")


if __name__ == "__main__":
    main()
