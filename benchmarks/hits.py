"""Probe hits: what one costs on each architecture, against an empty hook of the stock Unicorn binding.

All are taken on the function that the default workload calls most, as what the workload takes longer for each call.
"""

from __future__ import annotations

import io
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from benchmarks.measuring import Row, times_of

Preparation = Callable[[Any], object]


def rows(size: float) -> list[Row]:
    """The cost of hits, by architecture."""
    from stapy import arch

    names = arch.names() if size > 0.1 else ["x86_64"]
    return [row for name in names for row in _hits(Subject(name, size), max(1, round(3 * size)))]


class Subject:
    """A kernel of an architecture, to be started again and again with the same workload."""

    def __init__(self, name: str, size: float) -> None:
        from stapy.runtime.kernels.builtin import describe

        self.name = name
        self.description = describe(name)
        self.command = None if size > 0.05 else "fork 2"  # None: the default workload

    def started(self) -> Any:
        """A kernel at the beginning of the workload."""
        from stapy import workload
        from stapy.runtime.kernels.builtin import BuiltinKernel

        kernel = BuiltinKernel(self.name, description=self.description)
        kernel.start(workload.load(self.command))
        return kernel

    def workload(self, prepare: Preparation | None = None) -> float:
        """Processor seconds of the workload after ``prepare(kernel)``."""
        from stapy.runtime.kprobes import use

        kernel = self.started()
        with use(kernel):
            if prepare is not None:
                prepare(kernel)
            begun = time.process_time()
            kernel.run()
            taken = time.process_time() - begun
        kernel.close()
        return taken

    def script(self, text: str) -> tuple[float, int]:
        """Processor seconds of the workload under a script, compiling left out, and how many hits it had."""
        from stapy.compiler import passes
        from stapy.compiler.analysis import CompileOptions
        from stapy.compiler.diagnostics import Reporter
        from stapy.runtime.session import Session, SessionOptions

        taken, hits = 0.0, 0
        for timing in (True, False):  # once to count the hits, which takes time itself
            options = CompileOptions(architecture=self.name)
            program = passes.compile_text(text, self.description, options, Reporter(io.StringIO()))
            kernel = self.started()
            session = Session(program, kernel, io.BytesIO(), SessionOptions(timing=timing))
            begun = time.process_time()
            status = session.run()
            taken = time.process_time() - begun
            kernel.close()
            assert status == 0
            hits = hits or sum(probe.hits for probe in program.probes)
        return taken, hits


def _hits(subject: Subject, times: int) -> list[Row]:
    from stapy.runtime.kprobes import Kprobe, Kretprobe, register_kprobe, register_kretprobe

    name = subject.name
    function, count = _hottest(subject)
    least: Counter[str] = Counter()
    cases: dict[str, Preparation | None] = {
        "bare": None,
        "empty": lambda kernel: _empty_hook(kernel.cpus[0].uc, function.entry),
        "kprobe": lambda kernel: register_kprobe(Kprobe(addr=function.entry, pre_handler=lambda p, regs: 0)),
        "kretprobe": lambda kernel: register_kretprobe(Kretprobe(addr=function.entry, handler=lambda i, regs: 0)),
    }
    for _ in range(times):
        for what, prepare in cases.items():
            taken = subject.workload(prepare)
            least[what] = min(least[what] or float("inf"), taken)  # type: ignore[assignment, type-var]
        taken, _ = subject.script(f'global n; probe kernel.function("{function.name}").call {{ n++ }}')
        least["script"] = min(least["script"] or float("inf"), taken)  # type: ignore[assignment, type-var]
    cost = {what: (seconds - least["bare"]) / count for what, seconds in least.items()}
    empty = cost["empty"]
    found = [Row(f"{name}: an empty Unicorn hook on {function.name}(), {count} calls", f"{empty * 1e6:.2f} us")]
    for what, shown in (("kprobe", "a kprobe's hit"), ("script", "a script's probe that counts"),
                        ("kretprobe", "a return probe's call and return")):
        found.append(Row(f"{name}: {shown}", f"{cost[what] * 1e6:.2f} us, {1 / cost[what]:,.0f} a second",
                         times_of(cost[what], empty, "empty hook")))
    return found


def _hottest(subject: Subject) -> tuple[Any, int]:
    """The function that the workload calls most, and how often."""
    from stapy.runtime.kprobes import Kprobe, KprobeError, register_kprobe

    counts: Counter[str] = Counter()
    functions = {f.name: f for f in subject.description.functions("*") if f.ranges and f.file and not f.is_inlined_only}

    def probe_all(kernel: Any) -> None:
        for function in functions.values():
            def count(p: Any, regs: Any, name: str = function.name) -> int:
                counts[name] += 1
                return 0

            try:
                register_kprobe(Kprobe(addr=function.entry, pre_handler=count))
            except KprobeError:  # not to be probed
                continue

    subject.workload(probe_all)
    hottest, count = counts.most_common(1)[0]
    return functions[hottest], count


def _empty_hook(uc: Any, address: int) -> None:
    """Hooks one instruction, as a program that uses Unicorn's Python binding does."""
    import unicorn

    uc.hook_add(unicorn.UC_HOOK_CODE, lambda *_: None, begin=address, end=address)
    uc.ctl_flush_tb()
