"""Detail transfer in numpy with double precision, written apart from the Swift one: what it must equal."""
import numpy as np
from PIL import Image


def window(sigma):
    reach = int(3 * sigma)
    bell = np.exp(-np.arange(-reach, reach + 1) ** 2 / (2 * sigma * sigma))
    return bell / bell.sum()


def smooth(plane, sigma):
    """Separable Gaussian over the first two axes, borders mirrored about the outermost pixel."""
    bell = window(sigma)
    reach = len(bell) // 2
    for axis in (0, 1):
        padded = np.pad(plane, [(reach, reach) if a == axis else (0, 0) for a in range(plane.ndim)], mode="reflect")
        plane = sum(w * np.take(padded, range(k, k + plane.shape[axis]), axis) for k, w in enumerate(bell))
    return plane


def outer(x, y):
    return x[..., :, None] * y[..., None, :]


def fit(guide, target, real, sigma=3.0, epsilon=1e-3, steepness=4.0, threshold=2.0):
    """uint8 pictures [h, w, 3] -> A [h, w, 3, 3], c [h, w, 3], share of the enlarged target [h, w]."""
    g, t, r = (x.astype(np.float64) / 255 for x in (guide, target, real))
    mg, mt = smooth(g, sigma), smooth(t, sigma)
    covariance = smooth(outer(g, g), sigma) - outer(mg, mg) + epsilon * np.eye(3)
    cross = smooth(outer(t, g), sigma) - outer(mt, mg)
    a = np.linalg.solve(np.swapaxes(covariance, -1, -2), np.swapaxes(cross, -1, -2)).swapaxes(-1, -2)
    c = mt - (a @ mg[..., None])[..., 0]
    a, c = smooth(a, sigma), smooth(c, sigma)
    miss = (a @ g[..., None])[..., 0] + c - t
    residual = smooth((miss ** 2).mean(-1), sigma)
    error = smooth(((g - r) ** 2).mean(-1), sigma)
    expected = error * (a ** 2).sum((-1, -2)) / 3 + epsilon
    share = 1 / (1 + np.exp(-steepness * np.log(residual / (expected * threshold))))
    return a, c, share


def enlarge(plane, height, width):
    """Bilinear, pixel centres."""
    for axis, size in ((0, height), (1, width)):
        n = plane.shape[axis]
        center = np.clip((np.arange(size) + 0.5) * n / size - 0.5, 0, n - 1)
        low = center.astype(int)
        weight = (center - low).reshape([-1 if k == axis else 1 for k in range(plane.ndim)])
        plane = np.take(plane, low, axis) * (1 - weight) + np.take(plane, np.minimum(low + 1, n - 1), axis) * weight
    return plane


def transfer(picture, guide, target, **settings):
    """uint8 [H, W, 3], [h, w, 3], [h, w, 3] -> uint8 [H, W, 3] and the share of the enlarged target [H, W]."""
    height, width = picture.shape[:2]
    size = (guide.shape[1], guide.shape[0])
    real = np.asarray(Image.fromarray(picture).resize(size, Image.LANCZOS))
    a, c, share = fit(guide, target, real, **settings)
    flat = enlarge(np.concatenate([a.reshape(*a.shape[:2], 9), c, share[..., None]], -1), height, width)
    a, c, share = flat[..., :9].reshape(height, width, 3, 3), flat[..., 9:12], flat[..., 12:]
    carried = np.clip((a @ picture.astype(np.float64)[..., None])[..., 0] + c * 255, 0, 255)
    painted = np.asarray(Image.fromarray(target).resize((width, height), Image.BICUBIC)).astype(np.float64)
    return np.floor(carried + (painted - carried) * share + 0.5).astype(np.uint8), share[..., 0]
