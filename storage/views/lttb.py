"""Choose points of a curve so that its shape stays: largest triangles, three buckets.

Source: S. Steinarsson, *Downsampling Time Series for Visual Representation*, University of Iceland, 2013, chapter 4.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def largest_triangles(x: NDArray[Any], y: NDArray[np.float64], most: int) -> NDArray[np.intp]:
    """Return the numbers of at most `most` ≥ 3 points (n,), in order; the first and the last are among them.

    The points between are cut into buckets of like size, and of each the one is taken that spans the largest triangle
    with the one taken before and the mean of the next bucket.

    >>> largest_triangles(np.arange(7), np.array([0.0, 0, 0, 9, 0, 0, 0]), 3).tolist()
    [0, 3, 6]
    """
    count = len(x)
    if count <= most:
        return np.arange(count)
    x = (x - x[0]).astype(np.float64)
    edges = np.linspace(1, count - 1, most - 1).astype(np.intp)
    starts, sizes = edges[:-1], np.diff(edges)
    mean_x = np.append(np.add.reduceat(x[: count - 1], starts) / sizes, x[-1])
    mean_y = np.append(np.add.reduceat(y[: count - 1], starts) / sizes, y[-1])
    chosen = np.empty(most, np.intp)
    chosen[0], chosen[-1] = 0, count - 1
    before = 0
    for bucket, (start, size) in enumerate(zip(starts.tolist(), sizes.tolist(), strict=True)):
        rows = slice(start, start + size)
        area = np.abs(
            (x[before] - mean_x[bucket + 1]) * (y[rows] - y[before])
            - (x[before] - x[rows]) * (mean_y[bucket + 1] - y[before])
        )
        before = start + int(area.argmax())
        chosen[bucket + 1] = before
    return chosen
