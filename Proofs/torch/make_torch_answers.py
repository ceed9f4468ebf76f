"""What PyTorch itself says, for Tests/TorchTests/Answers: operator schemas, random numbers for seeds, gradients of a small net."""
import argparse
import json
import os
import re

import torch

SEEDS = [0, 7, 2**63 + 11]


def schemas(table):
    """One line for each operator that OpTable.swift names, in its order."""
    cases = re.findall(r"^  case (.+)$", open(table).read(), re.MULTILINE)
    for name in (entry.split(" = ")[-1].strip('`"') for line in cases for entry in line.split(", ")):
        packet, _, overload = name.partition(".")
        yield str(getattr(getattr(torch.ops.aten, packet), overload or "default")._schema)


def random_numbers(seed):
    """Each drawn from a fresh generator. Fewer than 16 normal numbers are made one by one, more of them in blocks of 16."""
    def fresh():
        return torch.Generator().manual_seed(seed)
    def numbers(tensor):
        return tensor.double().flatten().tolist()
    answers = {f"randn {n}": numbers(torch.randn(n, generator=fresh())) for n in (1, 5, 15, 16, 17, 40)}
    answers["randn 2x3x4"] = numbers(torch.randn(2, 3, 4, generator=fresh()))
    for dtype in (torch.bfloat16, torch.float64):
        for n in (7, 32):
            answers[f"randn {n} {str(dtype).split('.')[1]}"] = numbers(torch.randn(n, generator=fresh(), dtype=dtype))
    answers["rand 9"] = numbers(torch.rand(9, generator=fresh()))
    answers["rand 9 bfloat16"] = numbers(torch.rand(9, generator=fresh(), dtype=torch.bfloat16))
    answers["randint"] = numbers(torch.randint(-5, 1000, (12,), generator=fresh()))
    answers["normal_ 6"] = numbers(torch.empty(6).normal_(1.5, 0.25, generator=fresh()))
    answers["normal_ 24 bfloat16"] = numbers(torch.empty(24, dtype=torch.bfloat16).normal_(0, 2, generator=fresh()))
    answers["uniform_ 8"] = numbers(torch.empty(8).uniform_(-2, 3, generator=fresh()))
    generator = fresh()
    torch.randn(3, generator=generator)
    torch.rand(2, generator=generator)
    answers["randn 4 after others"] = numbers(torch.randn(4, generator=generator))
    return answers


def gradients():
    """Loss and gradients of a net of three linears. Parameters and input come from one stream, in the order of the result."""
    stream = torch.Generator().manual_seed(42)
    shapes = dict(w1=(8, 6), b1=(8,), w2=(8, 8), b2=(8,), w3=(2, 8), b3=(2,))
    net = {name: torch.randn(shape, generator=stream, requires_grad=True) for name, shape in shapes.items()}
    x = torch.randn(4, 6, generator=stream)
    hidden = torch.nn.functional.gelu(torch.nn.functional.linear(x, net["w1"], net["b1"]))
    hidden = torch.tanh(torch.nn.functional.linear(hidden, net["w2"], net["b2"]))
    loss = torch.nn.functional.linear(hidden, net["w3"], net["b3"]).pow(2).mean()
    loss.backward()
    return {"loss": loss.item(), **{name: p.grad.flatten().tolist() for name, p in net.items()}}


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--out", required=True)
    ap.add_argument("--table", default="Sources/Torch/OpTable.swift")
    a = ap.parse_args()
    os.makedirs(a.out, exist_ok=True)
    with open(os.path.join(a.out, "op-schemas.txt"), "w") as f:
        f.writelines(f"{line}\n" for line in schemas(a.table))
    for name, answers in dict(random={str(s): random_numbers(s) for s in SEEDS}, gradients=gradients()).items():
        with open(os.path.join(a.out, f"{name}.json"), "w") as f:
            json.dump(answers, f, indent=1)
            f.write("\n")


if __name__ == "__main__":
    main()
