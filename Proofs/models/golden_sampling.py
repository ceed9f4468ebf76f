"""Goldens of the schedule, latent packing, the whole denoising loop and picture resizing."""
import numpy as np
import torch
from PIL import Image

import lorweb_reference as ref
from golden import EMB, FLUX, SCHED, flux_basis, flux_model, ids_grid, pil


def make_sched():
    from diffusers import FlowMatchEulerDiscreteScheduler
    return FlowMatchEulerDiscreteScheduler(**SCHED)


def kontext_sched(steps, seq):
    from diffusers.pipelines.flux.pipeline_flux_kontext import calculate_shift
    s = make_sched()
    mu = calculate_shift(seq, 256, 4096, 0.5, 1.15)
    s.set_timesteps(sigmas=np.linspace(1.0, 1 / steps, steps), mu=mu)
    return s, mu


def g_sched(c):
    io, mus = {}, {}
    for steps, seq in ((28, 4096), (28, 1024), (20, 2304), (4, 24), (50, 8100), (1, 256), (8, 4032), (28, 3672)):
        s, mu = kontext_sched(steps, seq)
        k = f"s{steps}_n{seq}"
        mus[k] = mu
        io[k + ".sigmas"], io[k + ".timesteps"] = s.sigmas, s.timesteps
        io[k + ".mu"] = torch.tensor([mu], dtype=torch.float64)
    for dt, tag in ((torch.float32, "f32"), (torch.bfloat16, "bf16")):
        s, _ = kontext_sched(6, 1024)
        x = c.randn("sched/x", 1, 10, 8).to(dt)
        io[f"step.{tag}.sample.0"] = x
        for i, t in enumerate(s.timesteps):
            v = c.randn(f"sched/v{i}", 1, 10, 8).to(dt)
            x = s.step(v, t, x, return_dict=False)[0]
            io[f"step.{tag}.model_output.{i}"] = v
            io[f"step.{tag}.sample.{i + 1}"] = x
    # training-time weighting by timestep index (0 <-> t=1000 ... 999 <-> t=1)
    x = torch.arange(1000, dtype=torch.float32)
    y = torch.exp(-2 * ((x - 500) / 1000) ** 2)
    y = y - y.min()
    io["train.bell_weight_by_index"] = y * (1000 / y.sum())
    c.save("scheduler.io", io, SCHED, mus=mus, step_case="steps=6 seq=1024; step() upcasts the sample to fp32 and casts back",
           sigmas_in="linspace(1, 1/steps, steps) in float64 -> float32")


def g_pack(c):
    from diffusers import FluxKontextPipeline
    from diffusers.pipelines.flux.pipeline_flux_kontext import PREFERRED_KONTEXT_RESOLUTIONS
    P = FluxKontextPipeline
    io = {}
    lat = c.randn("pack/l", 2, 4, 6, 10)
    packed = P._pack_latents(lat, 2, 4, 6, 10)
    io["latents"], io["packed"] = lat, packed
    # _unpack takes pixel sizes and a vae scale factor; 2 here (two vae levels)
    io["unpacked"] = P._unpack_latents(packed, 12, 20, 2)
    assert torch.equal(io["unpacked"], lat)
    tgt = P._prepare_latent_image_ids(1, 3, 5, "cpu", torch.float32)
    ctx = P._prepare_latent_image_ids(1, 4, 3, "cpu", torch.float32)
    ctx[..., 0] = 1
    io["ids.target_3x5"], io["ids.context_4x3"], io["ids.concat"] = tgt, ctx, torch.cat([tgt, ctx])
    sizes = {}
    for w, h in ((1024, 1024), (512, 768), (1333, 750), (700, 1900), (64, 48)):
        ar = w / h
        W = round((1024 ** 2 * ar) ** 0.5) // 16 * 16
        H = round((1024 ** 2 / ar) ** 0.5) // 16 * 16
        _, pw, ph = min((abs(ar - a / b), a, b) for a, b in PREFERRED_KONTEXT_RESOLUTIONS)
        sizes[f"{w}x{h}"] = dict(target=[W, H], context=[pw // 16 * 16, ph // 16 * 16])
    c.save("packing.io", io, None, vae_scale_factor=2, preferred=PREFERRED_KONTEXT_RESOLUTIONS, sizes_default_max_area=sizes)


def g_denoise(c):
    from diffusers import AutoencoderKL, FluxKontextPipeline
    m = flux_model(c)
    basis = flux_basis(c, m)
    h, w = 4, 6
    noise = c.randn("den/noise", 1, 4, 2 * h, 2 * w)
    ctx = c.randn("den/ctx", 1, 4, 2 * h, 2 * w)
    pe, pp = c.randn("den/pe", 1, 7, 32), c.randn("den/pp", 1, 24)
    query = c.randn("den/query", 1, 3 * EMB)
    P = FluxKontextPipeline
    x0 = P._pack_latents(noise, 1, 4, 2 * h, 2 * w)
    xc = P._pack_latents(ctx, 1, 4, 2 * h, 2 * w)
    ids = torch.cat([ids_grid(h, w, 0), ids_grid(h, w, 1)])
    io = dict(noise=noise, context_latents=ctx, prompt_embeds=pe, pooled_prompt_embeds=pp, query=query, img_ids=ids)

    def run(tag, with_cfg=False):
        s, _ = kontext_sched(4, h * w)
        x = x0.clone()
        n = x.shape[1]
        for i, t in enumerate(s.timesteps):
            v = m(hidden_states=torch.cat([x, xc], 1), timestep=t.expand(1) / 1000, guidance=torch.tensor([2.5]),
                  pooled_projections=pp, encoder_hidden_states=pe, txt_ids=torch.zeros(7, 3), img_ids=ids, return_dict=False)[0][:, :n]
            x = s.step(v, t, x, return_dict=False)[0]
            io[f"{tag}.velocity.{i}"], io[f"{tag}.latents.{i + 1}"] = v, x
        io[f"{tag}.final"] = P._unpack_latents(x, 4 * h, 4 * w, 2)
        return x

    with torch.no_grad():
        xb = run("base")
        with ref.unmerged(m, basis, query):
            xu = run("lorweb")
        with ref.merged(m, basis, query):
            xm = run("merged")
        # cross-check the hand loop against diffusers' own pipeline
        vae = AutoencoderKL(down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2,
                            block_out_channels=(8, 8), norm_num_groups=4, latent_channels=4)
        pipe = FluxKontextPipeline(make_sched(), vae, None, None, None, None, m)
        pipe.set_progress_bar_config(disable=True)
        with ref.unmerged(m, basis, query):
            xp = pipe(image=ctx, prompt_embeds=pe, pooled_prompt_embeds=pp, height=4 * h, width=4 * w, max_area=16 * h * w,
                      num_inference_steps=4, guidance_scale=2.5, latents=x0.clone(), output_type="latent", _auto_resize=False).images
    c.save("denoise_tiny.io", io, dict(flux=FLUX, scheduler=SCHED), steps=4, guidance=2.5, weights="flux_tiny.weights", basis="lorweb_tiny.basis",
           check=dict(vs_diffusers_pipeline=(xp - xu).abs().max().item(), merged_vs_unmerged=(xm - xu).abs().max().item(),
                      effect_of_basis=(xb - xu).abs().max().item()))


def composite(a, a1, b, max_size=None):
    """2x2 conditioning image: [a | a'] over [b | b]; every tile bicubic-resized to a's size."""
    w, h = a.size
    g = Image.new("RGB", (2 * w, 2 * h))
    for im, at in ((a, (0, 0)), (a1, (w, 0)), (b, (0, h)), (b, (w, h))):
        g.paste(im.resize((w, h), Image.BICUBIC), at)
    if max_size is not None and max(g.size) > max_size:
        g = g.resize((max_size, int(h * max_size / w)) if w > h else (int(w * max_size / h), max_size), Image.BICUBIC)
    return g


def g_resize(c):
    from diffusers.image_processor import VaeImageProcessor
    io = {}
    img = c.image("resize/a", 37, 53)
    io["image"] = img
    cases = {}
    for mode, f in (("bicubic", Image.BICUBIC), ("lanczos", Image.LANCZOS), ("bilinear", Image.BILINEAR)):
        for tag, (w, h) in (("up", (90, 71)), ("down", (16, 11)), ("mixed", (80, 20)), ("half", (26, 18)), ("same", (53, 37)), ("x2", (106, 74))):
            io[f"{mode}.{tag}"] = torch.from_numpy(np.array(pil(img).resize((w, h), f)).copy())
            cases[tag] = [w, h]
    vp = VaeImageProcessor(vae_scale_factor=16)
    r = vp.resize(pil(img), 48, 64)
    io["vae_processor.resized"] = torch.from_numpy(np.array(r).copy())
    io["vae_processor.pixel_values"] = vp.preprocess(r, 48, 64)
    a, a1, b = c.image("resize/ca", 24, 40), c.image("resize/ca1", 30, 30), c.image("resize/cb", 50, 21)
    io["composite.a"], io["composite.a_prime"], io["composite.b"] = a, a1, b
    io["composite.grid"] = torch.from_numpy(np.array(composite(pil(a), pil(a1), pil(b))).copy())
    io["composite.grid_max64"] = torch.from_numpy(np.array(composite(pil(a), pil(a1), pil(b), 64)).copy())
    post = torch.tanh(c.randn("resize/post", 1, 3, 9, 13) * 1.5) * 1.2
    io["postprocess.in"] = post
    io["postprocess.uint8"] = torch.from_numpy(np.array(vp.postprocess(post, output_type="pil")[0]).copy())
    c.save("resize.io", io, None, sizes_wh=cases, vae_processor="resize() = PIL lanczos to (w=64,h=48); preprocess -> [-1,1] NCHW")

