"""Goldens of the autoencoder and of the picture and text encoders."""
import json

import torch

from golden import pil


def g_vae(c):
    from diffusers import AutoencoderKL
    cfg = dict(in_channels=3, out_channels=3, down_block_types=["DownEncoderBlock2D"] * 2, up_block_types=["UpDecoderBlock2D"] * 2,
               block_out_channels=[16, 32], layers_per_block=1, act_fn="silu", latent_channels=4, norm_num_groups=8,
               sample_size=32, scaling_factor=0.3611, shift_factor=0.1159, use_quant_conv=False, use_post_quant_conv=False,
               mid_block_add_attention=True, force_upcast=False)
    m = c.randomize("vae", AutoencoderKL(**cfg))
    c.save("vae_tiny.weights", m.state_dict(), cfg)
    x = torch.tanh(c.randn("vae/x", 2, 3, 24, 40))
    z = c.randn("vae/z", 2, 4, 12, 20)
    eps = c.randn("vae/eps", 2, 4, 12, 20)
    with torch.no_grad():
        d = m.encode(x).latent_dist
        io = dict(image=x, mean=d.mean, logvar=d.logvar, eps=eps, sample=d.mean + d.std * eps, z=z,
                  decoded=m.decode(z, return_dict=False)[0],
                  model_latents=(d.mean - cfg["shift_factor"]) * cfg["scaling_factor"])
    c.save("vae_tiny.io", io, cfg, note="logvar is clamped to [-30,20]; model_latents = (mean - shift) * scale")



def g_clip_vision(c):
    from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModelWithProjection
    cfg = dict(hidden_size=32, intermediate_size=64, num_hidden_layers=3, num_attention_heads=4, image_size=28, patch_size=7,
               projection_dim=16, hidden_act="quick_gelu", num_channels=3, layer_norm_eps=1e-5)
    m = c.randomize("clipv", CLIPVisionModelWithProjection(CLIPVisionConfig(**cfg)))
    sd = {k: v for k, v in m.state_dict().items() if not k.endswith("position_ids")}
    c.save("clip_vision_tiny.weights", sd, cfg)
    proc = CLIPImageProcessor(size=28, crop_size=28)      # same call shape as with the 224 px model
    io = {}
    pv = []
    for i, (h, w) in enumerate(((40, 61), (61, 40), (20, 33), (28, 28), (100, 37))):
        img = c.image(f"clipv/{i}", h, w)
        io[f"image.{i}"] = img
        p = proc(pil(img), return_tensors="pt").pixel_values[0]
        io[f"pixel_values.{i}"] = p
        pv.append(p)
        # training path: float tensor already in [0,1], do_rescale=False (quantised to uint8 for the PIL resize)
        ft = img.permute(2, 0, 1).float() / 255.0 * 2 - 1
        ft = ft / 2 + 0.5
        io[f"pixel_values_floatpath.{i}"] = proc(ft[None], return_tensors="pt", do_rescale=False).pixel_values[0]
    with torch.no_grad():
        o = m(torch.stack(pv), output_hidden_states=True)
        raw = m.vision_model(torch.stack(pv))
    io["image_embeds"] = o.image_embeds
    for i, h in enumerate(o.hidden_states):
        io[f"hidden_states.{i}"] = h
    io["last_hidden_state"] = o.last_hidden_state
    io["pooled_post_layernorm"] = raw.pooler_output
    # the router query of a composite, for reference: embeddings of (a, a', b) flattened in this order
    io["query_of_0_1_2"] = torch.cat([o.image_embeds[0], o.image_embeds[1], o.image_embeds[2]])[None]
    c.save("clip_vision_tiny.io", io, dict(model=cfg, processor=json.loads(proc.to_json_string())),
           note="processor: RGB, PIL bicubic shortest-edge resize, centre crop, /255, normalise")


def g_siglip(c):
    from transformers import Siglip2VisionConfig, Siglip2VisionModel, SiglipVisionConfig, SiglipVisionModel
    cfg = dict(hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4, image_size=28, patch_size=7,
               num_channels=3, hidden_act="gelu_pytorch_tanh", layer_norm_eps=1e-6)
    m = c.randomize("siglip", SiglipVisionModel(SiglipVisionConfig(**cfg)))
    c.save("siglip_tiny.weights", {k: v for k, v in m.state_dict().items() if not k.endswith("position_ids")}, cfg)
    x = c.randn("siglip/x", 2, 3, 28, 28)
    with torch.no_grad():
        o = m(x, output_hidden_states=True)
    io = dict(pixel_values=x, pooler_output=o.pooler_output, last_hidden_state=o.last_hidden_state)
    io.update({f"hidden_states.{i}": h for i, h in enumerate(o.hidden_states)})
    c.save("siglip_tiny.io", io, cfg)

    cfg2 = dict(hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4, num_patches=16, patch_size=7,
                num_channels=3, hidden_act="gelu_pytorch_tanh", layer_norm_eps=1e-6)
    m2 = c.randomize("siglip2", Siglip2VisionModel(Siglip2VisionConfig(**cfg2)))
    c.save("siglip2_tiny.weights", m2.state_dict(), cfg2)
    shapes = torch.tensor([[3, 5], [4, 4]])
    px = c.randn("siglip2/x", 2, 16, 3 * 49)
    mask = torch.zeros(2, 16, dtype=torch.int64)
    for i, (h, w) in enumerate(shapes.tolist()):
        mask[i, : h * w] = 1
    px = px * mask[..., None]
    with torch.no_grad():
        o = m2(pixel_values=px, pixel_attention_mask=mask, spatial_shapes=shapes)
    c.save("siglip2_tiny.io", dict(pixel_values=px, pixel_attention_mask=mask, spatial_shapes=shapes,
                                   pooler_output=o.pooler_output, last_hidden_state=o.last_hidden_state), cfg2,
           note="pos-embedding: bilinear antialias resize of the square grid to (h,w) per sample, then padded with entry 0")



def g_text(c):
    from transformers import CLIPTextConfig, CLIPTextModel, T5Config, T5EncoderModel
    cfg = dict(vocab_size=99, hidden_size=32, intermediate_size=64, num_hidden_layers=3, num_attention_heads=4,
               max_position_embeddings=24, hidden_act="quick_gelu", eos_token_id=2, bos_token_id=0, pad_token_id=1,
               layer_norm_eps=1e-5)
    m = c.randomize("clipt", CLIPTextModel(CLIPTextConfig(**cfg)))
    c.save("clip_text_tiny.weights", {k: v for k, v in m.state_dict().items() if not k.endswith("position_ids")}, cfg)
    g = c.gen("clipt/ids")
    ids = torch.randint(3, 97, (3, 24), generator=g)
    ids[:, 0] = 97
    for i, n in enumerate((9, 23, 1)):
        ids[i, n:] = 98                                  # eos (largest id) also used as padding, like CLIP-L
    with torch.no_grad():
        o = m(ids, output_hidden_states=True)
        m.config.eos_token_id = 98
        m.text_model.eos_token_id = 98
        o2 = m(ids)
    c.save("clip_text_tiny.io", dict(input_ids=ids, pooler_output=o.pooler_output, last_hidden_state=o.last_hidden_state,
                                     pooler_output_eos98=o2.pooler_output,
                                     **{f"hidden_states.{i}": h for i, h in enumerate(o.hidden_states)}), cfg,
           note="causal mask, no attention_mask; eos_token_id==2 in the config selects argmax(ids) pooling")

    tc = dict(vocab_size=120, d_model=32, d_kv=8, d_ff=48, num_layers=3, num_decoder_layers=3, num_heads=6, relative_attention_num_buckets=32,
              relative_attention_max_distance=128, feed_forward_proj="gated-gelu", layer_norm_epsilon=1e-6, is_encoder_decoder=False,
              use_cache=False, tie_word_embeddings=False, dropout_rate=0.1)
    t = c.randomize("t5", T5EncoderModel(T5Config(**tc)))
    sd = t.state_dict()
    sd = {k: v for k, v in sd.items() if k != "encoder.embed_tokens.weight"}
    c.save("t5_tiny.weights", sd, tc)
    io = {}
    for case, b, n in (("short", 2, 9), ("long", 1, 150)):
        i = torch.randint(0, 120, (b, n), generator=c.gen("t5/" + case))
        with torch.no_grad():
            o = t(i, output_hidden_states=True)
        io[f"{case}.input_ids"], io[f"{case}.out"] = i, o.last_hidden_state
        for k, h in enumerate(o.hidden_states):
            io[f"{case}.hidden_states.{k}"] = h
    c.save("t5_tiny.io", io, tc, note="no attention_mask (all positions attend, padding included), as Flux does")

