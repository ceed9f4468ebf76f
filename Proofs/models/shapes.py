"""Lists every tensor of the full-size models, name and shape, as diffusers and transformers build them.

    python shapes.py --out DIR

Nothing is allocated: the models are built on torch's meta device. Each model gives
  <model>.json   its config, with the values of the published config.json
  <model>.txt    one tensor a line: its name, then its axes; sorted by name
and the basis over FLUX.1-Kontext gives
  adapted-linears.json   N, r, d, Q of the published recipe and the totals
  adapted-linears.txt    one adapted linear a line: its path, in, out; in module order
"""
import argparse
import json
import os

import torch
from diffusers import AutoencoderKL, FluxTransformer2DModel
from transformers import (CLIPTextConfig, CLIPTextModel, CLIPVisionConfig, CLIPVisionModelWithProjection, SiglipVisionConfig,
                          SiglipVisionModel, T5Config, T5EncoderModel)

KONTEXT = dict(_class_name="FluxTransformer2DModel", attention_head_dim=128, axes_dims_rope=[16, 56, 56], guidance_embeds=True,
               in_channels=64, joint_attention_dim=4096, num_attention_heads=24, num_layers=19, num_single_layers=38,
               out_channels=None, patch_size=1, pooled_projection_dim=768)
# Fill takes noise (64), the masked picture's latents (64) and the mask at pixel resolution (16 x 16 = 256) as channels.
FILL = dict(KONTEXT, in_channels=384, out_channels=64)
VAE = dict(_class_name="AutoencoderKL", act_fn="silu", block_out_channels=[128, 256, 512, 512],
           down_block_types=["DownEncoderBlock2D"] * 4, up_block_types=["UpDecoderBlock2D"] * 4, force_upcast=True, in_channels=3,
           out_channels=3, latent_channels=16, layers_per_block=2, mid_block_add_attention=True, norm_num_groups=32,
           sample_size=1024, scaling_factor=0.3611, shift_factor=0.1159, use_quant_conv=False, use_post_quant_conv=False)
CLIP_TEXT = dict(model_type="clip_text_model", hidden_act="quick_gelu", hidden_size=768, intermediate_size=3072,
                 layer_norm_eps=1e-5, max_position_embeddings=77, num_attention_heads=12, num_hidden_layers=12, projection_dim=768,
                 vocab_size=49408, bos_token_id=0, eos_token_id=2, pad_token_id=1)
CLIP_VISION = dict(model_type="clip_vision_model", hidden_act="quick_gelu", hidden_size=1024, image_size=224,
                   intermediate_size=4096, layer_norm_eps=1e-5, num_attention_heads=16, num_channels=3, num_hidden_layers=24,
                   patch_size=14, projection_dim=768)
T5_XXL = dict(model_type="t5", d_ff=10240, d_kv=64, d_model=4096, dense_act_fn="gelu_new", feed_forward_proj="gated-gelu",
              is_encoder_decoder=True, is_gated_act=True, layer_norm_epsilon=1e-6, num_decoder_layers=24, num_heads=64,
              num_layers=24, relative_attention_max_distance=128, relative_attention_num_buckets=32, tie_word_embeddings=False,
              vocab_size=32128, eos_token_id=1, pad_token_id=0)
SIGLIP = dict(model_type="siglip_vision_model", hidden_act="gelu_pytorch_tanh", hidden_size=1152, image_size=384,
              intermediate_size=4304, layer_norm_eps=1e-6, num_attention_heads=16, num_channels=3, num_hidden_layers=27,
              patch_size=14)
# The fixed-size SigLIP2 checkpoints have SigLIP's layout (a convolution embeds the patches), so SigLIP's class holds them.
SIGLIP2 = dict(SIGLIP, hidden_size=768, image_size=224, intermediate_size=3072, num_attention_heads=12, num_hidden_layers=12,
               patch_size=16)

MODELS = {
    "flux-kontext": (KONTEXT, FluxTransformer2DModel.from_config),
    "flux-fill": (FILL, FluxTransformer2DModel.from_config),
    "flux-vae": (VAE, AutoencoderKL.from_config),
    "clip-l-text": (CLIP_TEXT, lambda c: CLIPTextModel(CLIPTextConfig(**c))),
    "clip-l-vision": (CLIP_VISION, lambda c: CLIPVisionModelWithProjection(CLIPVisionConfig(**c))),
    "t5-xxl-encoder": (T5_XXL, lambda c: T5EncoderModel(T5Config(**c))),
    "siglip-so400m-384": (SIGLIP, lambda c: SiglipVisionModel(SiglipVisionConfig(**c))),
    "siglip2-base-224": (SIGLIP2, lambda c: SiglipVisionModel(SiglipVisionConfig(**c))),
}
# A second name of shared.weight; a file holds a shared tensor once.
TIED = {"encoder.embed_tokens.weight"}
RECIPE = dict(N=32, r=4, d=128, Q=3 * CLIP_VISION["projection_dim"])


def write(path, text):
    with open(path, "w") as f:
        f.write(text)


def adapted(model):
    """Every linear below the two lists of blocks: path, in, out."""
    roots = ("transformer_blocks.", "single_transformer_blocks.")
    return [(n, m.in_features, m.out_features) for n, m in model.named_modules()
            if isinstance(m, torch.nn.Linear) and n.startswith(roots)]


def basis_totals(linears):
    n, r, d, q = (RECIPE[k] for k in "NrdQ")
    a, b = (sum(x[i] for x in linears) * n * r for i in (1, 2))
    keys, to_q = len(linears) * n * d, len(linears) * d * q
    return dict(RECIPE, linears=len(linears), tensors=4 * len(linears), lora_A=a, lora_B=b, lora_keys=keys, att_lora_to_q=to_q,
                parameters=a + b + keys + to_q)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--out", required=True)
    out = ap.parse_args().out
    os.makedirs(out, exist_ok=True)
    for name, (config, build) in MODELS.items():
        with torch.device("meta"):
            model = build(config)
        tensors = {k: v for k, v in sorted(model.state_dict().items()) if k not in TIED}
        write(os.path.join(out, name + ".json"), json.dumps(config, indent=1, sort_keys=True) + "\n")
        write(os.path.join(out, name + ".txt"), "".join(" ".join([k, *map(str, v.shape)]) + "\n" for k, v in tensors.items()))
        print(f"{name}: {len(tensors)} tensors, {sum(v.numel() for v in tensors.values()):,} parameters")
        if name == "flux-kontext":
            linears = adapted(model)
            totals = basis_totals(linears)
            write(os.path.join(out, "adapted-linears.txt"), "".join(f"{n} {i} {o}\n" for n, i, o in linears))
            write(os.path.join(out, "adapted-linears.json"), json.dumps(totals, indent=1) + "\n")
            print("basis:", totals)


if __name__ == "__main__":
    main()
