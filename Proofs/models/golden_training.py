"""Goldens of three training steps of the basis on the tiny transformer, with torch's AdamW and clip_grad_norm_."""
import torch

import lorweb_reference as ref
from golden import BASIS, EMB, FLUX, flux_basis, flux_model, ids_grid

SUFFIXES = ("lora_A", "lora_B", "lora_keys", "att_lora_to_q.weight")
STEPS, BATCH, SIDE, TEXT = 3, 2, 4, 6


def bell_weights():
    """Weight by timestep index: 0 is t=1000, 999 is t=1."""
    x = torch.arange(1000, dtype=torch.float32)
    y = torch.exp(-2 * ((x - 500) / 1000) ** 2)
    y = y - y.min()
    return y * (1000 / y.sum())


def step_inputs(c, s):
    n = SIDE * SIDE
    return dict(x0=c.randn(f"train/x0{s}", BATCH, n, 16), noise=c.randn(f"train/eps{s}", BATCH, n, 16),
                context=c.randn(f"train/ctx{s}", BATCH, n, 16), prompt_embeds=c.randn(f"train/pe{s}", BATCH, TEXT, 32),
                pooled=c.randn(f"train/pp{s}", BATCH, 24), query=c.randn(f"train/q{s}", BATCH, 3 * EMB))


def gradients(basis):
    found = {}
    for name in basis.names:
        for field, suffix in zip(basis.FIELDS, SUFFIXES):
            p = basis.get(name, field)
            found[f"transformer.{name}.{suffix}"] = (torch.zeros_like(p) if p.grad is None else p.grad).detach().clone()
    return found


def run(c, init, weighted, clip, eps, dtype=torch.float32):
    model = flux_model(c).to(dtype)
    model.requires_grad_(False)
    basis = flux_basis(c, flux_model(c), init, tag="train").to(dtype)
    start = {k: v.detach().clone() for k, v in basis.to_checkpoint(dtype).items()}
    parameters = list(basis.parameters())
    optimiser = torch.optim.AdamW(parameters, lr=1e-3, betas=(0.9, 0.99), weight_decay=0.05, eps=eps)
    index = torch.randint(0, 999, (STEPS, BATCH), generator=c.gen("train/idx"))
    bell, ids = bell_weights(), torch.cat([ids_grid(SIDE, SIDE, 0), ids_grid(SIDE, SIDE, 1)])
    losses, norms, first, io = [], [], {}, {}
    for s in range(STEPS):
        given = step_inputs(c, s)
        x0, noise, context, text, pooled, query = (v.to(dtype) for v in given.values())
        t = (1000 - index[s]).to(torch.float32)
        sigma = (t / 1000).to(dtype)[:, None, None]
        xt = (1 - sigma) * x0 + sigma * noise
        with ref.unmerged(model, basis, query):
            v = model(hidden_states=torch.cat([xt, context], 1), timestep=t.to(dtype) / 1000,
                      guidance=torch.ones(BATCH, dtype=dtype), pooled_projections=pooled, encoder_hidden_states=text,
                      txt_ids=torch.zeros(TEXT, 3), img_ids=ids, return_dict=False)[0][:, :SIDE * SIDE]
            each = ((v - (given["noise"] - given["x0"]).to(dtype)) ** 2).mean(dim=(1, 2))
            weight = bell[index[s]].to(dtype) if weighted else torch.ones(BATCH, dtype=dtype)
            loss = (each * weight).mean()
        optimiser.zero_grad()
        loss.backward()
        if s == 0:
            first = gradients(basis)
        norms.append(float(torch.nn.utils.clip_grad_norm_(parameters, clip if clip else 1e30)))
        optimiser.step()
        losses.append(loss.item())
        io.update({f"step{s}.{k}": x for k, x in given.items()})
        io.update({f"step{s}.timestep": t, f"step{s}.xt": xt, f"step{s}.weight": weight, f"step{s}.pred": v})
    return io, ids, losses, norms, start, first, basis.to_checkpoint(dtype)


def g_train(c):
    for tag, init, weighted, clip, eps in (("train_plain", "random", False, None, 1e-8),
                                           ("train_official_like", "train", True, 1.0, 1e-6),
                                           ("train_clip", "random", True, 0.02, 1e-6)):
        io, ids, losses, norms, start, g32, final = run(c, init, weighted, clip, eps)
        _, _, losses64, _, _, g64, final64 = run(c, init, weighted, clip, eps, torch.float64)
        apart = torch.cat([(final[k].double() - final64[k]).abs().flatten() for k in final])
        notes = dict(lr=1e-3, betas=[0.9, 0.99], weight_decay=0.05, eps=eps, clip_grad_norm=clip, weighted=weighted,
                     guidance=1.0, steps=STEPS, losses=losses, grad_norms=norms, losses_fp64=losses64,
                     weights="flux_tiny.weights",
                     fp32_vs_fp64=dict(param_max=apart.max().item(), param_mean=float(apart.float().mean()),
                                       frac_params_off_by_1e5=float((apart > 1e-5).float().mean()),
                                       max_update=max((final64[k] - start[k].double()).abs().max().item() for k in final),
                                       grad_max=max((g32[k].double() - g64[k]).abs().max().item() for k in g32),
                                       grad_scale=max(g64[k].abs().max().item() for k in g64)))
        io["img_ids"] = ids
        io["losses"], io["grad_norms"] = torch.tensor(losses), torch.tensor(norms)
        io["losses_fp64"] = torch.tensor(losses64, dtype=torch.float64)
        c.save(tag + ".io", io, FLUX, **notes)
        c.save(tag + ".basis_init", start, dict(BASIS))
        if tag != "train_clip":
            c.save(tag + ".basis_grad0", g32, dict(BASIS))
        c.save(tag + ".basis_final", final, dict(BASIS))
