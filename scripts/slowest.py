#!/usr/bin/env python3
"""Runs a command that runs tests, hands its output and exit status on, and names its ten slowest tests at the end."""

import re
import subprocess
import sys

RESULT = re.compile(r"^\S+ Test (?!run with)(.+?)(?: with \d+ test cases?)? (?:passed|failed) after ([\d.]+) seconds")

if len(sys.argv) < 2:
    sys.exit("usage: scripts/slowest.py swift test [arguments]")
times = []
with subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace") as run:
    for line in run.stdout:
        print(line, end="", flush=True)
        if result := RESULT.match(line):
            times.append((float(result[2]), result[1]))
print("The ten slowest tests, in seconds (with --no-parallel, else they wait for each other):")
for seconds, name in sorted(times, reverse=True)[:10]:
    print(f"{seconds:8.1f}  {name}")
# A program that a signal ended has a negative status here.
sys.exit(run.returncode if run.returncode >= 0 else 128 - run.returncode)
