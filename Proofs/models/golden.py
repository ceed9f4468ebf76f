"""What the makers of golden tensors share: seeded streams, random weights, tiny configs, files."""
import json
import math
import os

import torch
from PIL import Image

import lorweb_reference as ref
from answers import write

FLUX = dict(patch_size=1, in_channels=16, out_channels=None, num_layers=2, num_single_layers=2, attention_head_dim=16,
            num_attention_heads=4, joint_attention_dim=32, pooled_projection_dim=24, guidance_embeds=True,
            axes_dims_rope=(4, 6, 6))
SCHED = dict(base_image_seq_len=256, base_shift=0.5, max_image_seq_len=4096, max_shift=1.15, num_train_timesteps=1000,
             shift=3.0, use_dynamic_shifting=True)
EMB = 4                      # tiny image-embedding width; router query = 3 * EMB
BASIS = dict(n=5, r=3, d=8, query_dim=3 * EMB)


class Golden:
    """One set of files of one seed. Every tag has a random stream of its own, so makers can run alone or in any order."""

    def __init__(self, out, seed):
        self.out, self.seed, self.sizes = out, seed, {}
        os.makedirs(out, exist_ok=True)

    def gen(self, tag):
        # Independent stream per (seed, tag)
        h = 1469598103934665603
        for ch in f"{self.seed}/{tag}".encode():
            h = ((h ^ ch) * 1099511628211) & 0xFFFFFFFFFFFFFFFF
        return torch.Generator().manual_seed(h & 0x7FFFFFFFFFFFFFFF)

    def randn(self, tag, *shape):
        return torch.randn(*shape, generator=self.gen(tag))

    def image(self, tag, h, w):
        """A smooth-plus-noise synthetic uint8 RGB image [h, w, 3]."""
        g = self.gen(tag)
        yy, xx = torch.meshgrid(torch.linspace(0, 1, h), torch.linspace(0, 1, w), indexing="ij")
        chans = []
        for _ in range(3):
            a = torch.rand(6, generator=g) * 6.0
            s = torch.sin(a[0] * xx * 3 + a[1]) + torch.cos(a[2] * yy * 3 + a[3]) + torch.sin(a[4] * (xx + yy) * 5 + a[5])
            chans.append(s / 6 + 0.5)
        img = torch.stack(chans, -1) + 0.15 * torch.randn(h, w, 3, generator=g)
        img[h // 3:h // 2, w // 4:w // 2] = torch.rand(3, generator=g)      # hard edges
        return (img.clamp(0, 1) * 255).round().to(torch.uint8)

    def save(self, name, tensors, config=None, **notes):
        meta = {"format": "pt", "seed": str(self.seed), "notes": json.dumps(notes)}
        if config is not None:
            meta["config"] = json.dumps(config)
        p = os.path.join(self.out, name + ".safetensors")
        write(p, tensors, meta)
        self.sizes[name] = os.path.getsize(p)
        assert self.sizes[name] < 3 * 1024 * 1024, (name, self.sizes[name])

    def randomize(self, tag, module, gain=0.8):
        """Non-trivial values everywhere: matrices ~ gain/sqrt(fan_in), vectors around their default."""
        g = self.gen("weights/" + tag)
        with torch.no_grad():
            for n, p in module.named_parameters():
                r = torch.randn(p.shape, generator=g)
                if p.dim() >= 2:
                    fan = p[0].numel()
                    if "embedding" in n and p.dim() == 2 and "patch" not in n:
                        p.copy_(r * 0.5)
                    else:
                        p.copy_(r * gain / math.sqrt(fan))
                elif n.endswith("weight"):
                    p.copy_(1.0 + 0.2 * r)
                else:
                    p.copy_(0.2 * r)
        return module.eval()


def pil(t):
    return Image.fromarray(t.numpy())


def ids_grid(h, w, first):
    i = torch.zeros(h, w, 3)
    i[..., 0] = first
    i[..., 1] += torch.arange(h)[:, None]
    i[..., 2] += torch.arange(w)[None]
    return i.reshape(-1, 3)


def flux_model(c):
    from diffusers import FluxTransformer2DModel
    return c.randomize("flux", FluxTransformer2DModel(**FLUX))


def flux_basis(c, model, init="random", tag="basis"):
    return ref.LoRABasis(model, **BASIS, init=init, generator=c.gen(tag + "/" + init))


def flux_inputs(c, tag, b=1, h=4, w=6, t=7):
    return dict(hidden_states=c.randn(tag + "/x", b, 2 * h * w, 16), encoder_hidden_states=c.randn(tag + "/e", b, t, 32),
                pooled_projections=c.randn(tag + "/p", b, 24),
                timestep=torch.linspace(0.73, 0.11, b), guidance=torch.linspace(2.5, 1.0, b),
                img_ids=torch.cat([ids_grid(h, w, 0), ids_grid(h, w, 1)]), txt_ids=torch.zeros(t, 3))


