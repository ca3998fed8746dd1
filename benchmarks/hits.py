"""Probe hits: what one costs on each architecture, against an empty hook of the stock Unicorn binding.

The hits are of an instruction in strlen()'s loop, which has one for every character of a long string; return probes are
of calls of strlen(). What these take without a probe is subtracted.
"""

from __future__ import annotations

import io
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from benchmarks.measuring import Row, processor_seconds, times_of

Preparation = Callable[[Any], object]


def rows(size: float) -> list[Row]:
    """The cost of hits, by architecture."""
    from stapy import arch

    names = arch.names() if size > 0.1 else ["x86_64"]
    return [row for name in names for row in _hits(Subject(name, size), max(2, round(200 * size)))]


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


def _hits(subject: Subject, calls: int) -> list[Row]:
    from stapy.runtime.kprobes import (
        Kprobe,
        Kretprobe,
        kallsyms_lookup_name,
        register_kprobe,
        register_kretprobe,
        unregister_kprobe,
        unregister_kretprobe,
        use,
    )

    name = subject.name
    kernel = subject.started()
    with use(kernel):
        function, text = kallsyms_lookup_name("strlen"), kallsyms_lookup_name("linux_banner")
        place, hits = _busiest(kernel, function, text)

        def seconds(count: int = calls) -> float:
            def work() -> None:
                for _ in range(count):
                    kernel.machine.call(function, text)

            return processor_seconds(work)

        bare = seconds()
        remove = _empty_hook(kernel.cpus[0].uc, place)
        empty = (seconds() - bare) / (calls * hits)
        remove()
        probe = Kprobe(addr=place, pre_handler=lambda p, regs: 0)
        register_kprobe(probe)
        hit = (seconds() - bare) / (calls * hits)
        unregister_kprobe(probe)
        session = _counting_session(subject, kernel, place)
        session.open()
        counted = (seconds() - bare) / (calls * hits)
        session.close()
        many = 20 * calls
        bare = seconds(many)
        returned = Kretprobe(addr=kernel.description.function("strlen").entry, handler=lambda instance, regs: 0)
        register_kretprobe(returned)
        both = (seconds(many) - bare) / many
        unregister_kretprobe(returned)
    kernel.close()
    found = [Row(f"{name}: an empty Unicorn hook", f"{empty * 1e6:.2f} us")]
    for shown, cost in (("a kprobe's hit", hit), ("a script's hit, which counts", counted),
                        ("a kretprobe's call and return", both)):
        found.append(Row(f"{name}: {shown}", f"{cost * 1e6:.2f} us, {1 / cost:,.0f} a second",
                         times_of(cost, empty, "empty hook")))
    return found


def _busiest(kernel: Any, function: int, argument: int) -> tuple[int, int]:
    """The instruction of a function that a call runs most often, and how often."""
    from stapy.runtime.kprobes import Kprobe, KprobeError, register_kprobe, unregister_kprobe

    counts: Counter[int] = Counter()
    size = kernel.description.symbols.symbol_starting(function).size
    for place in sorted(kernel.arch.boundaries(kernel.kprobes.code(function, size), function)):
        def count(p: Any, regs: Any, place: int = place) -> int:
            counts[place] += 1
            return 0

        probe = Kprobe(addr=place, pre_handler=count)
        try:
            register_kprobe(probe)
        except KprobeError:  # not to be probed
            continue
        kernel.machine.call(function, argument)
        unregister_kprobe(probe)
    return counts.most_common(1)[0]


def _counting_session(subject: Subject, kernel: Any, place: int) -> Any:
    """A session of a script with a counter at ``place``."""
    from stapy.compiler import passes
    from stapy.compiler.analysis import CompileOptions
    from stapy.compiler.diagnostics import Reporter
    from stapy.runtime.session import Session

    options = CompileOptions(architecture=subject.name, guru=True)
    script = f"global n; probe kernel.statement({place:#x}).absolute {{ n++ }}"
    program = passes.compile_text(script, subject.description, options, Reporter(io.StringIO()))
    return Session(program, kernel, io.BytesIO())


def _empty_hook(uc: Any, address: int) -> Callable[[], None]:
    """Hooks one instruction, as a program that uses Unicorn's Python binding does; the result takes the hook away."""
    import unicorn

    handle = uc.hook_add(unicorn.UC_HOOK_CODE, lambda *_: None, begin=address, end=address)
    uc.ctl_flush_tb()

    def remove() -> None:
        uc.hook_del(handle)
        uc.ctl_flush_tb()

    return remove
