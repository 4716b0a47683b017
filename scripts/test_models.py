#!/usr/bin/env python3
"""Checks the models of Tests/Models with spin: the part of `scripts/test --models` behind the installation.

Each Tests/Models/NAME.table lists configurations of NAME.pml: label | definitions | expectation. The expectation is
`0 errors`, which holds only if the search was exhaustive, or the name of the assertion that a planted bug violates
(`a/b`: one of the two). Two configurations run at a time, each within 1.8 GB and WARREN_MODEL_SECONDS (150)
of a processor.
Status 0 if every configuration ends as expected, else 1.
"""

import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

MODELS = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Models"
SECONDS = int(os.environ.get("WARREN_MODEL_SECONDS", "150"))
MEGABYTES = 1800
# NOREDUCE: the search leaves out no order of events, also not where spin takes a step for a local one.
COMPILE = ["gcc", "-w", "-DSAFETY", "-DCOLLAPSE", "-DNOREDUCE", f"-DMEMLIM={MEGABYTES}", "-DVECTORSZ=1024"]


class Stopped(Exception):
    """A command used up its time, or was killed."""


def configurations():
    for table in sorted(MODELS.glob("*.table")):
        for number, line in enumerate(table.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            fields = [field.strip() for field in line.split("|")]
            if len(fields) != 3:
                sys.exit(f"{table.name}:{number}: not of the form 'label | definitions | expectation'")
            yield table.with_suffix(".pml"), *fields


def command(arguments, folder):
    """Runs a command; the limit is in seconds of a processor, so that a busy machine changes no verdict."""
    limited = ["bash", "-c", 'ulimit -t "$0" && exec "$@"', str(SECONDS), *arguments]
    run = subprocess.run(limited, cwd=folder, capture_output=True, text=True, check=False)
    if run.returncode < 0:
        raise Stopped(f"{arguments[0]} ended by signal {-run.returncode}; it has {SECONDS} s of a processor")
    return run


def outcome(model, definitions, folder):
    """What the search said in one or two words, and its number of states."""
    defines = [f"-D{word}" for word in definitions.split()]
    text = model.read_text(encoding="utf-8")
    for word in definitions.split():
        if not re.search(rf"^#(?:el)?if.*\b{word.split('=')[0]}\b", text, re.M):  # it would change nothing, in silence
            return f"{model.name} does not know {word}", 0
    shutil.copy(model, folder)
    made = command(["spin", "-a", *defines, model.name], folder)
    if made.returncode or not (pathlib.Path(folder) / "pan.c").exists():
        return f"spin: {(made.stdout + made.stderr).strip()[:200]}", 0
    # A planted bug is found in a fraction of a second, and compiling without optimization takes half as long.
    speed = "-O0" if "BUG_" in definitions else "-O1"
    built = command([*COMPILE, speed, "-o", "pan", "pan.c"], folder)
    if built.returncode:
        return f"gcc: {built.stderr.strip()[:200]}", 0
    # -E: a state in which nothing can happen is no error by itself; the model says what has to hold there.
    search = command(["./pan", "-E", "-m200000", "-w22"], folder).stdout
    stored = re.search(r"(\S+) states, stored", search)
    states = int(float(stored.group(1))) if stored else 0
    violated = re.search(r"assertion violated \(?(\w+)", search)
    if violated:
        return violated.group(1), states
    if "Search not completed" in search or "max search depth too small" in search:
        return "not exhausted", states
    errors = re.search(r"errors: (\d+)", search)
    return f"{errors.group(1)} errors" if errors else f"pan: {search.strip()[-200:]}", states


def check(configuration):
    model, label, definitions, expected = configuration
    started, states = time.monotonic(), 0
    with tempfile.TemporaryDirectory() as folder:
        try:
            found, states = outcome(model, definitions, folder)
        except Stopped as error:
            found = str(error)
    passed = found in expected.split("/")
    print(f"{model.stem:8} {label:42} {states:10,} states {time.monotonic() - started:6.1f} s  {found:14} "
          + ("as expected" if passed else f"FAILED: expected {expected}"), flush=True)
    return passed


def main():
    started = time.monotonic()
    if sys.argv[1:]:
        sys.exit("usage: scripts/test --models")
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        results = list(pool.map(check, configurations()))
    failed = results.count(False)
    print(f"{len(results)} configurations, {failed} not as expected, {time.monotonic() - started:.0f} s")
    return 1 if failed or not results else 0


if __name__ == "__main__":
    sys.exit(main())
