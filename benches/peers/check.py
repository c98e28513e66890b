#!/usr/bin/env python3
"""Checks our simulation against another one of the same models: numpy's generator and samplers, written apart from ours.

Two runs of unlike generators differ by chance. Each figure must lie within four standard errors of the difference, which are
those of both runs together; of the 60 or so figures chance alone takes one beyond that in about 250 goes.

Usage: benches/peers/check.py [FOLDER] [SEED]   (the folder of the virtual environment; ./target/peers by default)
"""

import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
YEARS = 2_000_000
LEVELS = [0.5, 0.8, 0.9, 0.95, 0.99]


def lognormal(rng, low, high, size):
    """By its 5th and 95th percentile."""
    import numpy as np

    z = 1.6448536269514722
    return rng.lognormal((np.log(low) + np.log(high)) / 2, (np.log(high) - np.log(low)) / (2 * z), size)


def pert(rng, low, mode, high, size):
    """With shape 4."""
    width = high - low
    return low + width * rng.beta(1 + 4 * (mode - low) / width, 1 + 4 * (high - mode) / width, size)


def models(rng):
    """The worked examples of the method: frequencies of each year, and how losses are drawn."""
    import numpy as np

    def both(size):
        second = lognormal(rng, 50e3, 500e3, size) * (rng.random(size) < 0.3)
        return lognormal(rng, 10e3, 100e3, size) + second

    def insured(loss):
        return np.minimum(loss, 250e3) + np.maximum(loss - 1.25e6, 0)

    def constant(rate):
        return np.full(YEARS, rate)

    return {
        "A": (constant(0.5), lambda size: lognormal(rng, 50e3, 500e3, size)),
        "B": (constant(2.0), lambda size: rng.exponential(10e3, size)),
        "C": (pert(rng, 0.2, 0.6, 1.5, YEARS), lambda size: lognormal(rng, 15e3, 260e3, size)),
        "D": (pert(rng, 0.03, 0.08, 0.2, YEARS), lambda size: lognormal(rng, 180e3, 1.6e6, size)),
        "E": (constant(0.6), both),
        "insured D": (
            pert(rng, 0.03, 0.08, 0.2, YEARS),
            lambda size: insured(lognormal(rng, 180e3, 1.6e6, size)),
        ),
    }


def figures(rates, losses, rng):
    """Each figure with its standard error."""
    import numpy as np

    counts = rng.poisson(rates)
    years = np.bincount(np.repeat(np.arange(YEARS), counts), weights=losses(counts.sum()), minlength=YEARS)
    ordered = np.sort(years)
    found = {"mean": (years.mean(), years.std() / np.sqrt(YEARS))}
    free = (years == 0).mean()
    found["no loss"] = (free, np.sqrt(free * (1 - free) / YEARS))
    for level in LEVELS:
        spread = np.sqrt(YEARS * level * (1 - level))
        below, above = (int(YEARS * level + side * spread) for side in (-1, 1))
        value = np.quantile(ordered, level)
        found[f"percentile {level}"] = (value, (ordered[above] - ordered[below]) / 2)
        # The mean above a percentile moves with the percentile, hence the second part of its variance.
        tail = ordered[np.searchsorted(ordered, value, side="right"):]
        variance = tail.var() + level * (tail.mean() - value) ** 2
        found[f"mean above {level}"] = (tail.mean(), np.sqrt(variance / len(tail)))
    return found


def check(seed):
    """Compares both and says what is off."""
    import numpy as np

    command = ["cargo", "run", "--release", "--quiet", "--package", "attestry-risk", "--example", "oracles"]
    said = subprocess.run(command, cwd=ROOT, input=f"{YEARS} {seed}".encode(), check=True, stdout=subprocess.PIPE)
    ours = json.loads(said.stdout)
    rng = np.random.default_rng(seed)
    wrong, number = 0, 0
    for name, (rates, losses) in models(rng).items():
        theirs = figures(rates, losses, rng)
        for figure, (value, error) in ours[name].items():
            expected, spread = theirs[figure]
            off = abs(value - expected) / max(np.hypot(error or spread, spread), 1e-9 * max(abs(expected), 1))
            number += 1
            if off > 4:
                wrong += 1
                print(f"{name}, {figure}: {value:.6g} against {expected:.6g}, {off:.1f} standard errors")
    print(f"{number} figures of {len(ours)} scenarios over {YEARS} years, {wrong} of them too far apart")
    return wrong


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(1 if check(int(sys.argv[-1])) else 0)
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "target" / "peers").resolve()
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "numpy"], check=True)
    os.execv(str(python), [str(python), __file__, "--check", sys.argv[2] if len(sys.argv) > 2 else "1"])
