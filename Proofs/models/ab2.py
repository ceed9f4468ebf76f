"""Steps of second-order Adams-Bashforth on uneven noise levels, with whole fractions and nothing but Python.

The solver's formula isn't used: each step goes by the integral, from one level to the next, of the straight line through the
last two velocities. So the answers say what the formula should amount to.
"""
import argparse
import json
from fractions import Fraction as F


def levels(steps, shift):
    even = [1 - F(i, steps) for i in range(steps)]
    return [shift * s / (1 + (shift - 1) * s) for s in even] + [F(0)]


def velocity(x, sigma):
    return F(1, 2) * x - 3 * sigma * sigma + F(1, 5)


def integral_of_line(s0, v0, s1, v1, start, end):
    slope = (v1 - v0) / (s1 - s0)
    def primitive(s): return v0 * s + slope * (s - s0) ** 2 / 2
    return primitive(end) - primitive(start)


def walk(steps, shift):
    sigmas, x, seen, samples, velocities = levels(steps, shift), F(2), [], [], []
    for now, after in zip(sigmas, sigmas[1:]):
        v = velocity(x, now)
        x += v * (after - now) if not seen else integral_of_line(*seen[-1], now, v, now, after)
        seen.append((now, v))
        velocities.append(float(v))
        samples.append(float(x))
    return dict(steps=steps, shift=float(shift), sigmas=[float(s) for s in sigmas], velocities=velocities, samples=samples)


parser = argparse.ArgumentParser()
parser.add_argument("--out", default="Tests/LoRWeBTests/Sampling/Answers/ab2.json")
cases = [walk(1, F(1)), walk(4, F(1)), walk(6, F(3)), walk(8, F(316, 100))]
with open(parser.parse_args().out, "w") as file:
    json.dump(cases, file, indent=1)
    file.write("\n")
