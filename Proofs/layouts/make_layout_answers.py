"""Which rows of a tool's tensors each tensor of diffusers and transformers holds, by the libraries' own conversions.

    python make_layout_answers.py --out DIR

The source's tensors have the tools' names and full row counts but few columns. Element k of row r of the source's tensor number t
(in alphabetical order) is (32768 t + r) 65536 + k, so that the converted tensors tell where each row came from. Each answer is a
JSON file with the source's names and shapes and, for each name of the target, its shape and its rows as runs [name, first, end].

  transformer.json   convert_flux_transformer_checkpoint_to_diffusers, one double and one single block
  autoencoder.json   convert_ldm_vae_checkpoint, four levels
  t5.json            gguf's table for a T5 encoder of three blocks
  float8.json        torch's fp32 value of every fp8 byte, plain and times a scale
"""
import argparse
import json
import os

import gguf
import torch
from diffusers.loaders.single_file_utils import (convert_flux_transformer_checkpoint_to_diffusers,
                                                 convert_ldm_vae_checkpoint)
from transformers import T5Config, T5EncoderModel

ROWS, INNER = 32768, 65536
WIDTH, HEAD, COLUMNS = 3072, 128, 2


def linear(name, rows, columns=COLUMNS):
    return {f"{name}.weight": [rows, columns], f"{name}.bias": [rows]}


def bfl_transformer():
    shapes = {}
    for name in ("img_in", "txt_in", *(f"{n}.{l}_layer" for n in ("time_in", "vector_in", "guidance_in") for l in ("in", "out"))):
        shapes |= linear(name, WIDTH)
    for side in ("img", "txt"):
        block = f"double_blocks.0.{side}_"
        shapes |= linear(block + "mod.lin", 6 * WIDTH) | linear(block + "attn.qkv", 3 * WIDTH) | linear(block + "attn.proj", WIDTH)
        shapes |= linear(block + "mlp.0", 4 * WIDTH) | linear(block + "mlp.2", WIDTH)
        shapes |= {f"{block}attn.norm.{n}_norm.scale": [HEAD] for n in ("query", "key")}
    block = "single_blocks.0."
    shapes |= linear(block + "modulation.lin", 3 * WIDTH) | linear(block + "linear1", 7 * WIDTH) | linear(block + "linear2", WIDTH)
    shapes |= {f"{block}norm.{n}_norm.scale": [HEAD] for n in ("query", "key")}
    shapes |= linear("final_layer.linear", 64) | linear("final_layer.adaLN_modulation.1", 2 * WIDTH)
    return shapes


def conv(name, rows, inputs, size=3):
    return {f"{name}.weight": [rows, inputs, size, size], f"{name}.bias": [rows]}


def norm(name, size):
    return {f"{name}.weight": [size], f"{name}.bias": [size]}


def residual(name, inputs, outputs):
    shapes = norm(f"{name}.norm1", inputs) | conv(f"{name}.conv1", outputs, inputs)
    shapes |= norm(f"{name}.norm2", outputs) | conv(f"{name}.conv2", outputs, outputs)
    return shapes | (conv(f"{name}.nin_shortcut", outputs, inputs, 1) if inputs != outputs else {})


def bfl_autoencoder(widths=(2, 3, 4, 5), latents=6, layers=2):
    """The autoencoder of FLUX's repository, of other widths, so that no two levels have the same."""
    last = widths[-1]
    shapes = conv("encoder.conv_in", widths[0], 3) | conv("encoder.conv_out", 2 * latents, last) | norm("encoder.norm_out", last)
    shapes |= conv("decoder.conv_in", last, latents) | conv("decoder.conv_out", 3, widths[0]) | norm("decoder.norm_out", widths[0])
    for half in ("encoder", "decoder"):
        for n in (1, 2):
            shapes |= residual(f"{half}.mid.block_{n}", last, last)
        shapes |= norm(f"{half}.mid.attn_1.norm", last)
        for name in ("q", "k", "v", "proj_out"):
            shapes |= conv(f"{half}.mid.attn_1.{name}", last, last, 1)
    before = widths[0]
    for level, width in enumerate(widths):
        for layer in range(layers):
            shapes |= residual(f"encoder.down.{level}.block.{layer}", before, width)
            before = width
        if width != last:
            shapes |= conv(f"encoder.down.{level}.downsample.conv", width, width)
    before = last
    for level, width in reversed(list(enumerate(widths))):
        for layer in range(layers + 1):
            shapes |= residual(f"decoder.up.{level}.block.{layer}", before, width)
            before = width
        if level:
            shapes |= conv(f"decoder.up.{level}.upsample.conv", width, width)
    return shapes


def numbered(shapes):
    tensors = {}
    for number, name in enumerate(sorted(shapes)):
        rows, inner = shapes[name][0], torch.Size(shapes[name][1:]).numel()
        assert rows < ROWS and inner < INNER
        row = (number * ROWS + torch.arange(rows, dtype=torch.int64)) * INNER
        tensors[name] = (row[:, None] + torch.arange(inner, dtype=torch.int64)).reshape(shapes[name])
    return tensors


def runs(tensor, names):
    """The rows of a converted tensor as [name, first, end] of the source; every column is checked."""
    flat = tensor.reshape(tensor.shape[0], -1)
    assert torch.equal(flat % INNER, torch.arange(flat.shape[1]).expand_as(flat))
    places = flat[:, 0] // INNER
    assert torch.equal(flat // INNER, places[:, None].expand_as(flat))
    found = []
    for place in places.tolist():
        name, row = names[place // ROWS], place % ROWS
        if found and found[-1][0] == name and found[-1][2] == row:
            found[-1][2] += 1
        else:
            found.append([name, row, row + 1])
    return found


def answer(shapes, convert):
    names = sorted(shapes)
    converted = convert(numbered(shapes))
    assert sum(t.numel() for t in converted.values()) == sum(torch.Size(s).numel() for s in shapes.values())
    return dict(source={n: shapes[n] for n in names},
                target={n: dict(shape=list(t.shape), rows=runs(t, names)) for n, t in sorted(converted.items())})


def t5_names(blocks=3):
    config = T5Config(vocab_size=8, d_model=4, d_kv=2, d_ff=6, num_heads=2, num_layers=blocks, feed_forward_proj="gated-gelu")
    table = gguf.get_tensor_name_map(gguf.MODEL_ARCH.T5ENCODER, blocks)
    names = {}
    for name in T5EncoderModel(config).state_dict():
        # A second name of shared.weight, which llama.cpp stores once.
        if name == "encoder.embed_tokens.weight":
            continue
        names[name] = table.get_name(name, try_suffixes=(".weight",))
        assert names[name], name
    return dict(sorted(names.items()))


def float8():
    """The bits of each fp32 value as int32; not-a-numbers apart, whose bits are nobody's concern."""
    values = torch.arange(256, dtype=torch.uint8)
    scale = torch.tensor(0.0123456789, dtype=torch.float32)
    answers = {"scale": scale.view(torch.int32).item()}
    for name, dtype in (("F8_E4M3", torch.float8_e4m3fn), ("F8_E5M2", torch.float8_e5m2)):
        plain = values.view(dtype).to(torch.float32)
        for kind, tensor in (("plain", plain), ("scaled", plain * scale)):
            bits = tensor.view(torch.int32).tolist()
            answers[f"{name}.{kind}"] = [None if n else b for b, n in zip(bits, tensor.isnan().tolist())]
    return answers


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True)
    out = parser.parse_args().out
    os.makedirs(out, exist_ok=True)
    levels = {"down_block_types": ["DownEncoderBlock2D"] * 4, "up_block_types": ["UpDecoderBlock2D"] * 4}
    answers = {
        "transformer": answer(bfl_transformer(), convert_flux_transformer_checkpoint_to_diffusers),
        "autoencoder": answer(bfl_autoencoder(), lambda c: convert_ldm_vae_checkpoint(c, levels)),
        "t5": t5_names(),
        "float8": float8(),
    }
    for name, content in answers.items():
        with open(os.path.join(out, f"{name}.json"), "w") as f:
            # One entry a line, so that a difference shows.
            text = json.dumps(content, separators=(", ", ": "))
            f.write(text.replace("}, \"", "},\n\"").replace("], \"", "],\n\"").replace("\", \"", "\",\n\"") + "\n")
        print(f"{name}: {len(content.get('target', content))} entries")


if __name__ == "__main__":
    main()
