"""The fuzzer: ``python -m tests.fuzz --inputs N --seed S --seconds T [--save DIRECTORY]``.

Puts random inputs through the compiler and short runs (tests/fuzz/trial.py), a process at a time, so that one that
crashes or grows is found as well. Prints rates, and saves each input that breaks a property with what was seen.
``python -m tests.fuzz FILE...`` tries files again.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import resource
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.fuzz.inputs import draw
from tests.fuzz.trial import Finding, description, trial

BATCH = 2000  # inputs a process tries
ADDRESS_SPACE = 6 << 30  # bytes; more is a crash
STAGES = ("pass 1", "pass 2", "pass 3", "", "compiled", "ran")


def batch(seed: int, first: int, count: int, deadline: float, kernel_runs: float, connection: Any) -> None:
    """Try inputs in this process; sends ("start", number), ("found", number, kind, finding), ("done", counts)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the campaign deals with it
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    description()
    counts: Counter[str] = Counter()
    slowest = (0.0, first)
    for number in range(first, first + count):
        if time.monotonic() > deadline:
            break
        connection.send(("start", number))
        kind, data = draw(seed, number)
        outcome = trial(data, seed=number, kernel_runs=kernel_runs)
        counts[kind] += 1
        counts["reached " + STAGES[outcome.stage]] += 1
        slowest = max(slowest, (outcome.seconds, number))
        if outcome.finding is not None:
            connection.send(("found", number, kind, outcome.finding))
            gc.collect()
    connection.send(("done", counts, slowest))


class Campaign:
    """Runs batches and keeps account of what they find."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.seed = arguments.seed
        self.inputs = arguments.inputs
        self.first = arguments.first
        self.kernel_runs = arguments.kernel_runs
        self.save = Path(arguments.save)
        self.started = time.monotonic()
        self.deadline = self.started + arguments.seconds
        self.counts: Counter[str] = Counter()
        self.findings: dict[str, list[int]] = {}
        self.tried = 0
        self.slowest = (0.0, 0)

    def run(self) -> int:
        """Try all inputs, or as many as the time allows (or ^C). How many causes of failure were found."""
        number = self.first
        with contextlib.suppress(KeyboardInterrupt):
            while number < self.first + self.inputs and time.monotonic() < self.deadline:
                number = self._batch(number, min(BATCH, self.first + self.inputs - number))
                self._progress()
        print()
        for name, count in sorted(self.counts.items()):
            print(f"  {name:<24} {count}")
        print(f"slowest: {self.slowest[0]:.2f} s, input {self.slowest[1]}")
        for key, numbers in sorted(self.findings.items(), key=lambda item: -len(item[1])):
            print(f"{len(numbers):6} x {key}   (input {numbers[0]})")
        return len(self.findings)

    def _batch(self, first: int, count: int) -> int:
        """One process's share. The number of the next input."""
        from multiprocessing import get_context

        context = get_context("fork")
        receiving, sending = context.Pipe(duplex=False)
        process = context.Process(daemon=True, target=batch, args=(
            self.seed, first, count, self.deadline, self.kernel_runs, sending))
        process.start()
        sending.close()
        number = first - 1
        try:
            while True:
                message = receiving.recv()
                if message[0] == "start":
                    number = message[1]
                    self.tried += 1
                elif message[0] == "found":
                    self._found(*message[1:])
                else:
                    self.counts.update(message[1])
                    self.slowest = max(self.slowest, message[2])
        except EOFError:
            process.join()
        if process.exitcode:
            name = signal.Signals(-process.exitcode).name if process.exitcode < 0 else str(process.exitcode)
            self._found(number, draw(self.seed, number)[0], Finding("crash", f"the process ended with {name}"))
        return number + 1

    def _found(self, number: int, kind: str, finding: Finding) -> None:
        numbers = self.findings.setdefault(finding.key, [])
        numbers.append(number)
        if len(numbers) > 3:
            return
        self.save.mkdir(parents=True, exist_ok=True)
        path = self.save / f"{self.seed}-{number}.stp"
        path.write_bytes(draw(self.seed, number)[1])
        path.with_suffix(".txt").write_text(f"{finding.what}\n{kind}\n{finding.detail}\n", encoding="utf-8")
        print(f"\n{path}: {finding.what}", flush=True)

    def _progress(self) -> None:
        seconds = time.monotonic() - self.started
        rate = self.tried / max(seconds, 0.001)
        print(f"\r{self.tried} inputs, {seconds:.0f} s, {rate:.0f}/s, {len(self.findings)} causes", end="", flush=True)


def retry(paths: list[str]) -> int:
    """Try files; prints what is seen of each."""
    bad = 0
    for path in paths:
        stem = Path(path).stem.rpartition("-")[2]
        outcome = trial(Path(path).read_bytes(), seed=int(stem) if stem.isdigit() else 0, kernel_runs=1.0)
        shown = outcome.finding.detail if outcome.finding is not None else "fine"
        print(f"{path}: stage {outcome.stage}, {outcome.seconds:.2f} s: {shown}")
        bad += outcome.finding is not None
    return bad


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_000, help="how many inputs to try")
    parser.add_argument("--first", type=int, default=0, help="the number of the first one")
    parser.add_argument("--seed", type=int, default=1, help="which sequence of inputs")
    parser.add_argument("--seconds", type=float, default=60.0, help="when to stop all the same")
    parser.add_argument("--kernel-runs", type=float, default=0.02,
                        help="the share of programs with probes in the kernel that run on one")
    parser.add_argument("--save", default="fuzz-findings", help="the directory for inputs that fail")
    parser.add_argument("files", nargs="*", help="files to try instead")
    arguments = parser.parse_args()
    if arguments.files:
        return min(retry(arguments.files), 1)
    return min(Campaign(arguments).run(), 1)


if __name__ == "__main__":
    sys.exit(main())
