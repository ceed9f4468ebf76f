"""Goldens of the FLUX transformer, its rotary tables and the routed basis on it."""
import torch

import lorweb_reference as ref
from golden import BASIS, EMB, FLUX, flux_basis, flux_inputs, flux_model


def g_flux(c):
    m = flux_model(c)
    c.save("flux_tiny.weights", m.state_dict(), FLUX)
    io = {}
    for case, b, h, w, t in (("b1", 1, 4, 6, 7), ("b2", 2, 3, 5, 9)):
        inp = flux_inputs(c, "flux/" + case, b, h, w, t)
        taps, hs = {}, []

        def tap(name):
            def f(mod, args, out):
                if isinstance(out, tuple):
                    for i, o in enumerate(out):
                        taps[f"{name}.{i}"] = o
                else:
                    taps[name] = out
            return f
        for n, mod in [("time_text_embed", m.time_text_embed), ("pos_embed", m.pos_embed), ("x_embedder", m.x_embedder),
                       ("context_embedder", m.context_embedder), ("norm_out", m.norm_out)] + \
                      [(f"transformer_blocks.{i}", k) for i, k in enumerate(m.transformer_blocks)] + \
                      [(f"single_transformer_blocks.{i}", k) for i, k in enumerate(m.single_transformer_blocks)]:
            hs.append(mod.register_forward_hook(tap(n)))
        with torch.no_grad():
            out = m(**inp, return_dict=False)[0]
            for x in hs:
                x.remove()
            mb = flux_model(c).to(torch.bfloat16)
            ob = mb(**{k: (v.to(torch.bfloat16) if k not in ("img_ids", "txt_ids") else v) for k, v in inp.items()},
                    return_dict=False)[0]
        io.update({f"{case}.in.{k}": v for k, v in inp.items()})
        io.update({f"{case}.tap.{k}": v for k, v in taps.items()})
        io[f"{case}.out"] = out
        io[f"{case}.out_bf16"] = ob
    c.save("flux_tiny.io", io, FLUX, timestep="value passed to the model, i.e. t/1000; model multiplies by 1000",
           taps="double blocks: .0 encoder_hidden_states .1 hidden_states; single blocks: whole (text+image) or .0/.1 tuple")


def g_lorweb(c):
    m = flux_model(c)
    basis = flux_basis(c, m)
    cfg = dict(FLUX, basis=dict(BASIS, heads=1, softmax=True, reduce="mean", scale=1.0))
    c.save("lorweb_tiny.basis", basis.to_checkpoint(torch.float32), cfg)
    c.save("lorweb_tiny.basis_fp16", basis.to_checkpoint(torch.float16), cfg)
    io = {}
    inp = flux_inputs(c, "lorweb", 1, 4, 6, 7)
    query = c.randn("lorweb/query", 1, 3, EMB)               # (a, a', b) image embeddings
    io.update({f"in.{k}": v for k, v in inp.items()})
    io["in.query"] = query
    flat = query.reshape(1, -1)
    with torch.no_grad():
        io["out.base"] = m(**inp, return_dict=False)[0]
        with ref.unmerged(m, basis, flat):
            io["out.unmerged"] = m(**inp, return_dict=False)[0]
        with ref.merged(m, basis, flat):
            io["out.merged"] = m(**inp, return_dict=False)[0]
        for n, v in basis.all_coeffs(flat).items():
            io["coeffs." + n] = v
        for n in ("transformer_blocks.0.attn.to_q", "transformer_blocks.1.ff.net.2", "transformer_blocks.0.norm1.linear",
                  "single_transformer_blocks.1.proj_out"):
            cc = basis.coeffs(n, flat)[0]
            io["delta." + n] = basis.delta(n, cc)
        b16 = ref.LoRABasis.from_checkpoint(m, basis.to_checkpoint(torch.float16))
        with ref.unmerged(m, b16, flat):
            io["out.unmerged_basis_fp16"] = m(**inp, return_dict=False)[0]
        # batched, one query per sample
        inp2 = flux_inputs(c, "lorweb2", 2, 3, 5, 9)
        q2 = c.randn("lorweb2/query", 2, 3, EMB)
        io.update({f"b2.in.{k}": v for k, v in inp2.items()})
        io["b2.in.query"] = q2
        with ref.unmerged(m, basis, q2.reshape(2, -1)):
            io["b2.out.unmerged"] = m(**inp2, return_dict=False)[0]
        variants = {}
        for tag, spec in (("h4_softmax_mean", ref.RouterSpec(4, True, "mean")), ("h2_tanh_mean", ref.RouterSpec(2, False, "mean")),
                          ("h2_tanh_sum", ref.RouterSpec(2, False, "sum")), ("h2_softmax_sum", ref.RouterSpec(2, True, "sum")),
                          ("h1_softmax_mean_scale025", ref.RouterSpec(1, True, "mean", 0.25))):
            vb = ref.LoRABasis.from_checkpoint(m, basis.to_checkpoint(torch.float32), spec)
            n = "transformer_blocks.0.attn.to_q"
            io[f"variant.{tag}.coeffs"] = vb.coeffs(n, flat)
            with ref.unmerged(m, vb, flat):
                io[f"variant.{tag}.out"] = m(**inp, return_dict=False)[0]
            variants[tag] = dict(heads=spec.heads, softmax=spec.softmax, reduce=spec.reduce, scale=spec.scale)
    c.save("lorweb_tiny.io", io, cfg, weights="flux_tiny.weights", variants=variants,
           check=dict(merged_vs_unmerged=(io["out.merged"] - io["out.unmerged"]).abs().max().item(),
                      effect=(io["out.base"] - io["out.unmerged"]).abs().max().item()))



def g_rope(c):
    """Rotary tables at real width and far positions: angles must be computed in fp64 to match."""
    from diffusers.models.embeddings import FluxPosEmbed, apply_rotary_emb
    g = c.gen("rope/ids")
    ids = torch.cat([torch.zeros(4, 3), torch.cat([torch.randint(0, 2, (40, 1), generator=g), torch.randint(0, 128, (40, 2), generator=g)], 1),
                     torch.tensor([[0, 127, 127], [1, 127, 0], [1, 300, 299]])]).float()
    cos, sin = FluxPosEmbed(theta=10000, axes_dim=[16, 56, 56])(ids)
    q = c.randn("rope/q", 1, 2, len(ids), 128)
    c.save("rope.io", dict(ids=ids, cos=cos, sin=sin, q=q, rotated=apply_rotary_emb(q, (cos, sin))), dict(theta=10000, axes_dims_rope=[16, 56, 56]))

