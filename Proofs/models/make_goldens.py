"""Writes small golden files (safetensors) for parity tests.

    python make_goldens.py --out DIR --seed 0 [--only flux,vae,...]

Every model gets  <name>.weights.safetensors  (real diffusers / transformers state_dict names, metadata: config JSON)
and               <name>.io.safetensors       (inputs and outputs, metadata: config JSON and notes JSON).
Everything is CPU fp32 unless the tensor's name says otherwise. Images are uint8 HWC.
"""
import argparse

import torch

import golden_encoders as encoders
import golden_flux as flux
import golden_sampling as sampling
import golden_training as training
from golden import Golden

torch.set_num_threads(2)
torch.use_deterministic_algorithms(True)

MAKERS = dict(flux=flux.g_flux, lorweb=flux.g_lorweb, rope=flux.g_rope, vae=encoders.g_vae, clip_vision=encoders.g_clip_vision,
              siglip=encoders.g_siglip, text=encoders.g_text, sched=sampling.g_sched, pack=sampling.g_pack,
              denoise=sampling.g_denoise, resize=sampling.g_resize, train=training.g_train)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--out", required=True)
    ap.add_argument("--seed", type=int, default=0)
    ap.add_argument("--only", default=",".join(MAKERS))
    a = ap.parse_args()
    golden = Golden(a.out, a.seed)
    for name in a.only.split(","):
        MAKERS[name](golden)
    for name, size in golden.sizes.items():
        print(f"{size / 1024:9.1f} KiB  {name}")
    print(f"{sum(golden.sizes.values()) / 1048576:.2f} MiB total in {len(golden.sizes)} files")


if __name__ == "__main__":
    main()
