"""scikit-image's and numpy's answers for the plain measures, on the demo's photos: Tests/EvaluationTests/Answers/plain.json."""
import argparse
import json

import numpy as np
from PIL import Image
from skimage.metrics import mean_squared_error, structural_similarity


def photo(name, size):
    return np.asarray(Image.open(f"demo/photos/{name}.jpg").convert("RGB").resize(size, Image.Resampling.BOX))


def edited(picture, kind):
    """What the Swift tests make alike: every step is exact in whole numbers."""
    out = picture.astype(int)
    if kind == "inverted left half":
        out[:, : out.shape[1] // 2] = 255 - out[:, : out.shape[1] // 2]
    elif kind == "darker by 20":
        out = np.maximum(out - 20, 0)
    elif kind == "checker":
        y, x = np.mgrid[: out.shape[0], : out.shape[1]]
        out[(x // 4 + y // 4) % 2 == 0] //= 2
    return out.astype(np.uint8)


def answer(b, truth, output):
    changed = (np.abs(truth / 255 - b / 255) > 0.05).any(2)
    mean, local = structural_similarity(
        output, truth, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255, channel_axis=2, full=True)
    error = (output / 255 - truth / 255) ** 2
    return {
        "changed": int(changed.sum()), "mse": mean_squared_error(output / 255, truth / 255), "ssim": mean,
        "changed_mse": error[changed].mean(), "changed_ssim": local.mean(2)[changed].mean(),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", required=True)
    answers = []
    for width, height in ((64, 48), (11, 17)):
        b = photo("coffee", (width, height))
        for truth in ("inverted left half", "checker"):
            for output in ("darker by 20", "checker"):
                if truth != output:
                    figures = answer(b, edited(b, truth), edited(b, output))
                    answers.append({"truth": truth, "output": output, "size": [width, height], "b": b.flatten().tolist(), **figures})
    # Bytes as text of two digits, which is short and needs no picture file.
    for entry in answers:
        entry["b"] = bytes(entry["b"]).hex()
    with open(parser.parse_args().out, "w") as file:
        json.dump(answers, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
