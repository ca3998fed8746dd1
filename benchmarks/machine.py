"""The machine: starting it, running workloads on it, and scripts against the same workload without one."""

from __future__ import annotations

import time
from typing import Any

from benchmarks.hits import Subject
from benchmarks.measuring import Row, processor_seconds, times_of

MOST_ARMED = 10_000

SCRIPTS = (
    ("a counter on each system call", 'global n; probe kernel.function("sys_*").call { n++ }'),
    ("counts by process and function",
     'global n; probe kernel.function("sys_*").call { n[execname(), ppfunc()]++ } probe end { println(n["a", "b"]) }'),
    ("latencies in a histogram",
     "global t, h; probe kernel.function(\"sys_*\").call { t[tid()] = gettimeofday_ns() }"
     " probe kernel.function(\"sys_*\").return { h <<< gettimeofday_ns() - t[tid()] }"
     " probe end { print(@hist_log(h)) }"),
    ("a line printed at each",
     'probe kernel.function("sys_*").call { printf("%s(%d) %s\\n", execname(), pid(), $$parms) }'),
)


def rows(size: float) -> list[Row]:
    """Boot, workload, scripts, armed probes."""
    subject = Subject("x86_64", size)
    times = max(1, round(3 * size))
    boot = processor_seconds(lambda: subject.started().close(), times)
    bare = min(subject.workload() for _ in range(times))
    found = [
        Row("booting the built-in kernel", f"{boot * 1000:.0f} ms"),
        Row("the default workload, unprobed", f"{bare * 1000:.0f} ms"),
    ]
    for what, script in SCRIPTS:
        best, hits = min(subject.script(script) for _ in range(times))
        found.append(Row(f"the workload with {what}", f"{best * 1000:.0f} ms, {hits} hits",
                         f"{times_of(best, bare, 'unprobed')}, {(best - bare) / hits * 1e6:.1f} us a hit"))
    return found + _armed(subject, max(100, round(MOST_ARMED * min(size, 1))), times)


def _armed(subject: Subject, count: int, times: int) -> list[Row]:
    """The workload with ``count`` probes that are never hit, against none."""
    from stapy.runtime.kprobes import Kprobe, KprobeError, register_kprobe, use

    places = _never_reached(subject, count)
    bare = armed = arming = float("inf")
    hits = number = 0

    def hit(p: Any, regs: Any) -> int:
        nonlocal hits
        hits += 1
        return 0

    for _ in range(2 * times + 1):
        bare = min(bare, subject.workload())
        kernel = subject.started()
        with use(kernel):
            number = 0
            started = time.process_time()
            for place in places:
                try:
                    register_kprobe(Kprobe(addr=place, pre_handler=hit))
                    number += 1
                except KprobeError:  # not every instruction can be probed
                    continue
            arming = min(arming, time.process_time() - started)
            started = time.process_time()
            kernel.run()
            armed = min(armed, time.process_time() - started)
        kernel.close()
    return [
        Row(f"arming {number} probes", f"{arming * 1000:.0f} ms", f"{arming / number * 1e6:.0f} us a probe"),
        Row(f"the workload with {number} armed probes, {hits} hits", f"{armed * 1000:.0f} ms",
            times_of(armed, bare, "unprobed")),
    ]


def _never_reached(subject: Subject, count: int) -> list[int]:
    """Instructions of functions that the workload does not enter."""
    from stapy.runtime.kprobes import Kprobe, KprobeError, register_kprobe, use

    entered: set[int] = set()
    functions = [f for f in subject.description.functions("*") if f.ranges and not f.is_inlined_only]
    kernel = subject.started()
    with use(kernel):
        for function in functions:
            def note(p: Any, regs: Any, at: int = function.low_pc) -> int:
                entered.add(at)
                return 0

            try:
                register_kprobe(Kprobe(addr=function.entry, pre_handler=note))
            except KprobeError:
                entered.add(function.low_pc)
        kernel.run()
    places: list[int] = []
    for function in functions:
        if function.low_pc not in entered:
            for low, high in function.ranges:
                code = kernel.kprobes.code(low, high - low)  # without the breakpoints
                places += sorted(kernel.arch.boundaries(code, low))
    kernel.close()
    return places[:count]
