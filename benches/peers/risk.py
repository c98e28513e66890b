#!/usr/bin/env python3
"""Compares simulated years per second with other people's programs, on this machine, in one run.

Same model everywhere: a Poisson count with 0.5 events per year, each loss lognormal with the 90 % interval 50,000 to 500,000;
then mean, standard deviation, six percentiles, the means above them and 50 points of the exceedance curve. Everybody has one
core, takes turns with the others, and is measured by the least processor time of several goes, so that what else the
machine does weighs on all alike.

* numpy: the same model and the same summary, vectorised.
* pyfair: has no compound sum (it multiplies one frequency by one loss per trial) and no lognormal, so it does less: a constant
  frequency and a PERT loss, and the mean and percentiles of its result.
* riskquant: measured if it can be imported (a tenth of the years, times ten). It is not on PyPI; install it from its
  repository into the environment that this script makes.

Usage: benches/peers/risk.py [FOLDER]   (the folder of the virtual environment; ./target/peers by default)
"""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
YEARS = 1_000_000


def environment(folder):
    """Makes the virtual environment if there is none, and starts this script anew in it."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "numpy", "pyfair"], check=True)
    os.execv(str(python), [str(python), __file__, "--measure"])


def spent(work):
    """Processor and elapsed seconds of a piece of work in this process."""
    import time

    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


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


def build():
    """Builds our own program that simulates as often as its input says."""
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    command = ["cargo", "build", "--release", "--quiet", "--package", "attestry-risk", "--example", "years"]
    subprocess.run(command, cwd=ROOT, check=True)
    return str(target / "release" / "examples" / "years")


def ours(program, threads):
    """Processor and elapsed seconds per run: those of 21 runs less those of one, so that starting does not count."""
    import resource
    import time

    variables = dict(os.environ, RAYON_NUM_THREADS=str(threads))

    def runs(times):
        before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run([program], input=str(times).encode(), env=variables, check=True, stdout=subprocess.DEVNULL)
        wall, after = time.perf_counter() - wall, resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall

    (cpu, wall), (start_cpu, start_wall) = runs(21), runs(1)
    return (cpu - start_cpu) / 20, (wall - start_wall) / 20


def measure():
    import importlib
    import warnings

    warnings.simplefilter("ignore")
    program = build()
    goes = {"attestry, one core": lambda seed: ours(program, 1)}
    for name, work, part in [("numpy", with_numpy, 1), ("pyfair", with_pyfair, 1), ("riskquant", with_riskquant, 10)]:
        try:
            importlib.import_module(name)
        except ImportError as missing:
            print(f"{name}: not measured ({missing})")
            continue
        goes[name] = lambda seed, work=work, part=part: tuple(part * it for it in spent(lambda: work(seed)))
    every = f"attestry, {os.cpu_count()} cores"
    goes[every] = lambda seed: ours(program, os.cpu_count())
    found = {name: (float("inf"), float("inf")) for name in goes}
    for seed in range(10):
        for name, go in goes.items():
            found[name] = tuple(min(pair) for pair in zip(found[name], go(seed)))
    # Processor time is compared, because it depends little on what else the machine does.
    one = found["attestry, one core"][0]
    print(f"{'program':<22}{'cpu ms':>10}{'elapsed ms':>12}{'M years / cpu s':>18}{'times ours on one core':>25}")
    for name, (cpu, wall) in found.items():
        print(f"{name:<22}{cpu * 1e3:>10.1f}{wall * 1e3:>12.1f}{YEARS / cpu / 1e6:>18.1f}{cpu / one:>24.1f}x")


if __name__ == "__main__":
    if "--measure" in sys.argv:
        measure()
    else:
        folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "target" / "peers"
        environment(folder.resolve())
