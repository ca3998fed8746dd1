"""Probes at every instruction of the built-in kernel: nothing they do may change what a workload sees.

``python -m tests.kprobes.everywhere`` probes each instruction of each function, in batches, boosted and stepped, while
workloads run, and compares results, console, terminal and virtual time with a run without probes. It prints what was
refused and why; ``--write`` puts that into docs/architectures.md.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stapy import arch as architectures
from stapy import workload
from stapy.runtime.kernels.builtin import BuiltinKernel
from stapy.runtime.kprobes import Kprobe, KprobeError

WORKLOADS = ("fork 2", "exec", "files", "pipes", "signals", "memory", "threads", "directories", "sleep")
BATCH = 10000
PAGE = Path(__file__).parents[2] / "docs" / "architectures.md"
_MARKS = ("<!-- what `python -m tests.kprobes.everywhere --write` found -->", "<!-- end -->")
_LONGEST = 10_000_000_000  # nanoseconds that a workload may take


class Run:
    """The built-in kernel with its output collected, stopped where the workload begins."""

    def __init__(self, arch: str, command: str) -> None:
        self.console, self.terminal = bytearray(), bytearray()
        self.kernel = BuiltinKernel(arch)
        self.kernel.set_console(self.console.extend)
        self.kernel.set_terminal(self.terminal.extend)
        self.kernel.start(workload.load(command))

    def finish(self) -> tuple[Any, ...]:
        """Runs to the end; everything that probes must not change."""
        result = self.kernel.run(self.kernel.clock.now() + _LONGEST)
        return result, bytes(self.console), bytes(self.terminal), self.kernel.clock.now(), self.kernel.status


def functions(kernel: BuiltinKernel) -> list[tuple[int, int]]:
    """(address, size) of every function that is not for booting only."""
    probes = kernel.kprobes
    init = range(probes.kallsyms_lookup_name("_sinittext"), probes.kallsyms_lookup_name("_einittext"))
    symbols = kernel.description.symbols.symbols()
    return sorted({(s.address, s.size) for s in symbols if s.is_function and s.size and s.address not in init})


def instructions(kernel: BuiltinKernel) -> list[int]:
    """Every instruction of these functions."""
    found: set[int] = set()
    for address, size in functions(kernel):
        found |= kernel.arch.boundaries(kernel.kprobes.code(address, size), address)
    return sorted(found)


def arm(kernel: BuiltinKernel, places: Sequence[int], post: bool) -> tuple[list[Kprobe], Counter[str]]:
    """Probes at ``places``, with a post-handler, and so stepped, or without; and the errno of what was refused."""
    armed, refused = [], Counter[str]()
    for place in places:
        p = Kprobe(addr=place, post_handler=(lambda p, regs, flags: None) if post else None)
        try:
            kernel.kprobes.register_kprobe(p)
            armed.append(p)
        except KprobeError as error:
            refused[error.name] += 1
    return armed, refused


@dataclass
class Found:
    """What came out for one architecture."""

    arch: str
    functions: int
    instructions: int
    refused: Counter[str] = field(default_factory=Counter)  # by reason
    hit: set[int] = field(default_factory=set)  # addresses
    hits: int = 0
    missed: int = 0
    different: list[str] = field(default_factory=list)  # the runs that probes changed


def reasons(arch: str) -> Counter[str]:
    """How many instructions are refused, by reason."""
    kernel = Run(arch, WORKLOADS[0]).kernel
    found = Counter[str]()
    for place in instructions(kernel):
        p = Kprobe(addr=place)
        try:
            kernel.kprobes.register_kprobe(p)
        except KprobeError as error:
            found[_reason(error, kernel, place)] += 1
        else:
            kernel.kprobes.unregister_kprobe(p)
    return found


def _reason(error: KprobeError, kernel: BuiltinKernel, place: int) -> str:
    """The message without what is particular to a place."""
    message = str(error).partition(": ")[2]
    symbol = kernel.description.symbol_at(place)
    if symbol is not None and message == f"{symbol[0]} may not be probed":
        message = "in a function that probes need themselves"
    message = re.sub(r"^0x[0-9a-f]+ is ", "", message)
    message = re.sub(r",? at 0x[0-9a-f]+( may not be probed| cannot be run out of line)?", "", message)
    return f"{message.removesuffix(' may not be probed')} ({error.name})"


def check(arch: str, commands: Sequence[str], share: float = 1.0, seed: int = 1) -> Found:
    """Probes ``share`` of the instructions, chosen by lot, under each workload."""
    kernel = Run(arch, commands[0]).kernel
    places = instructions(kernel)
    found = Found(arch, len(functions(kernel)), len(places))
    for command in commands:
        expected = Run(arch, command).finish()
        for post in (False, True):
            chosen = random.Random(f"{seed} {command} {post}").sample(places, round(len(places) * share))
            for start in range(0, len(chosen), BATCH):
                run = Run(arch, command)
                armed, _ = arm(run.kernel, chosen[start : start + BATCH], post)
                if run.finish() != expected:
                    found.different.append(f"{command}, {'stepped' if post else 'boosted'}, from {start}")
                found.hit |= {p.site.address for p in armed if p.hits and p.site}
                found.hits += sum(p.hits for p in armed)
                found.missed += sum(p.nmissed for p in armed)
    return found


def table(all_found: Sequence[Found]) -> str:
    """The page's table, a row an architecture."""
    lines = [
        "| architecture | functions | instructions | hit by the workloads | refused | of these |",
        "|---|---:|---:|---:|---:|---|",
    ]
    for found in all_found:
        why = "; ".join(f"{count} {reason}" for reason, count in found.refused.most_common())
        refused = sum(found.refused.values())
        lines.append(
            f"| {found.arch} | {found.functions} | {found.instructions} | {len(found.hit)} | {refused} | {why} |"
        )
    return "\n".join(lines)


def write(text: str, page: Path = PAGE) -> None:
    """Puts the table between its marks on the page."""
    before, _, rest = page.read_text().partition(_MARKS[0])
    _, _, after = rest.partition(_MARKS[1])
    page.write_text(f"{before}{_MARKS[0]}\n\n{text}\n\n{_MARKS[1]}{after}")


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.kprobes.everywhere", description=__doc__)
    options.add_argument("arch", nargs="*", default=architectures.names())
    options.add_argument("--share", type=float, default=1.0, help="how much of the instructions, 0 to 1 (default: all)")
    options.add_argument("--workload", action="append", help=f"instead of {', '.join(WORKLOADS)}")
    options.add_argument("--write", action="store_true", help=f"into {PAGE.name}")
    asked = options.parse_args()
    all_found = []
    for arch in asked.arch:
        started = time.monotonic()
        found = check(arch, asked.workload or WORKLOADS, asked.share)
        found.refused = reasons(arch)
        all_found.append(found)
        print(
            f"{arch}: {found.hits} hits of {len(found.hit)} of {found.instructions} instructions, "
            f"{found.missed} missed, {len(found.different)} runs different, {time.monotonic() - started:.0f} s",
            *found.different, sep="\n  ", flush=True,
        )  # fmt: skip
    print(table(all_found))
    if asked.write:
        write(table(all_found))
    return 1 if any(found.different for found in all_found) else 0


if __name__ == "__main__":
    sys.exit(main())
