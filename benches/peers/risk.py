#!/usr/bin/env python3
"""Compares simulated years per second with other people's programs, on this machine, in one run.

Same model everywhere: a Poisson count with 0.5 events per year, each loss lognormal with the 90 % interval 50,000 to 500,000;
then mean, standard deviation, six percentiles, the means above them and 50 points of the exceedance curve. All on one thread.

* numpy: the same model and the same summary, vectorised.
* pyfair: has no compound sum (it multiplies one frequency by one loss per trial) and no lognormal, so it does less: a constant
  frequency and a PERT loss, and the mean and percentiles of its result.
* riskquant: measured if it can be imported. It is not on PyPI; install it into the environment that this script makes.

Usage: benches/peers/risk.py [FOLDER]   (the folder of the virtual environment; ./target/peers by default)
"""

import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
YEARS = 1_000_000
BENCHES = {
    "drawn and summarised on one core": "attestry, one core",
    "drawn and summarised on all cores": "attestry, all cores",
}


def environment(folder):
    """Makes the virtual environment if there is none, and starts this script anew in it."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "numpy", "pyfair"], check=True)
    os.execv(str(python), [str(python), __file__, "--measure"])


def fastest(work, times):
    """The least processor time and the least elapsed time of several goes, in seconds."""
    import time

    best = (float("inf"), float("inf"))
    for seed in range(times):
        cpu, wall = time.process_time(), time.perf_counter()
        work(seed)
        best = (min(best[0], time.process_time() - cpu), min(best[1], time.perf_counter() - wall))
    return best


def with_numpy(seed):
    import numpy as np

    rng = np.random.default_rng(seed)
    low, high, z = np.log(50e3), np.log(500e3), 1.6448536269514722
    counts = rng.poisson(0.5, YEARS)
    sizes = rng.lognormal((low + high) / 2, (high - low) / (2 * z), counts.sum())
    years = np.bincount(np.repeat(np.arange(YEARS), counts), weights=sizes, minlength=YEARS)
    ordered = np.sort(years)
    levels = [0.5, 0.8, 0.9, 0.95, 0.99, 0.999]
    percentiles = np.quantile(ordered, levels)
    positive = ordered[np.searchsorted(ordered, 0, side="right"):]
    grid = np.geomspace(positive[0], positive[-1], 50)
    curve = 1 - np.searchsorted(ordered, grid, side="right") / YEARS
    tails = [ordered[np.searchsorted(ordered, it, side="right"):].mean() for it in percentiles]
    return years.mean(), years.std(), percentiles, curve, tails


def with_pyfair(seed):
    import pyfair

    model = pyfair.FairModel(name="peer", n_simulations=YEARS, random_seed=seed)
    model.input_data("Loss Event Frequency", constant=0.5)
    model.input_data("Loss Magnitude", low=50e3, mode=158e3, high=500e3)
    model.calculate_all()
    risk = model.export_results()["Risk"]
    return risk.mean(), risk.quantile([0.5, 0.8, 0.9, 0.95, 0.99, 0.999])


def with_riskquant(seed):
    import numpy as np
    from riskquant import simpleloss

    np.random.seed(seed)
    years = simpleloss.SimpleLoss("peer", "peer", 0.5, 50e3, 500e3).simulate_years(YEARS // 10)
    return np.mean(years), np.percentile(years, [50, 80, 90, 95, 99, 99.9])


def ours():
    """Criterion's least sample per iteration, by name, in seconds."""
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    command = ["cargo", "bench", "--quiet", "--package", "attestry-risk", "--", "drawn and summarised"]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    found = {}
    for bench, name in BENCHES.items():
        sample = json.loads((target / "criterion" / "million years" / bench / "new" / "sample.json").read_text())
        found[name] = min(time / count for time, count in zip(sample["times"], sample["iters"])) / 1e9
    return found


def measure():
    import warnings

    warnings.simplefilter("ignore")
    elapsed = {}
    goes = [("numpy", with_numpy, 8, 1), ("pyfair", with_pyfair, 4, 1), ("riskquant", with_riskquant, 2, 10)]
    for name, work, times, part in goes:
        try:
            cpu, wall = fastest(work, times)
        except ImportError as missing:
            print(f"{name}: not measured ({missing})")
            continue
        # The lesser of the two favours the peer where the machine has other work.
        elapsed[name] = min(cpu, wall) * part
    elapsed.update(ours())
    one = elapsed["attestry, one core"]
    print(f"{'program':<22}{'ms / M years':>14}{'M years / s':>14}{'ours is faster by':>20}")
    for name, seconds in elapsed.items():
        print(f"{name:<22}{seconds * 1e3:>14.1f}{YEARS / seconds / 1e6:>14.1f}{seconds / one:>19.1f}x")


if __name__ == "__main__":
    if "--measure" in sys.argv:
        measure()
    else:
        folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "target" / "peers"
        environment(folder.resolve())
