"""Measures what users wait for, as ratios within one run (machines are noisy): ``python benchmarks/run.py``.

Prints a table: what was measured, the median of several runs, and its ratio to something measured beside it.
"""

from __future__ import annotations

import ctypes
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

DO_FORK = 'probe kernel.function("do_fork") { printf("%s(%d) 0x%x\\n", execname(), pid(), $clone_flags) }'


def median_of(times: int, measure: Callable[[], float]) -> float:
    return statistics.median(measure() for _ in range(times))


def process(*words: str) -> Callable[[], float]:
    """Seconds from shell to exit of a Python process."""
    def measure() -> float:
        started = time.perf_counter()
        subprocess.run([sys.executable, *words], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        return time.perf_counter() - started

    return measure


def show(what: str, value: str, ratio: str) -> None:
    print(f"{what:<52} {value:>16}   {ratio}")


def start_up() -> None:
    """Whole-process times against an empty Python process."""
    empty = median_of(5, process("-c", "pass"))
    show("empty Python process", f"{empty * 1000:.0f} ms", "")
    hello = 'probe begin { println("hello") exit() }'
    for name, script in (("begin only", hello), ("do_fork, default workload", DO_FORK)):
        seconds = median_of(5, process("-m", "stapy", "-e", script))
        show(f"stapy -e, {name}", f"{seconds * 1000:.0f} ms", f"{seconds / empty:.1f} x empty process")


LOOP = b"\x48\xff\xc9\x75\xfb"  # again: dec rcx; jnz again


def bare_unicorn(count: int, hooked: bool) -> float:
    """Seconds for ``count`` turns of a loop, with an empty raw hook at each turn or without."""
    import unicorn
    from unicorn import x86_const

    uc = unicorn.Uc(unicorn.UC_ARCH_X86, unicorn.UC_MODE_64)
    uc.mem_map(0x1000, 0x1000)
    uc.mem_write(0x1000, LOOP)
    uc.reg_write(x86_const.UC_X86_REG_RCX, count)
    if hooked:
        uc.hook_add(unicorn.UC_HOOK_CODE, lambda *_: None, begin=0x1000, end=0x1000)
    started = time.perf_counter()
    uc.emu_start(0x1000, 0x1000 + len(LOOP))
    return time.perf_counter() - started


def hits() -> None:
    """Hits per second of a counting probe, against an empty Python hook of the stock binding."""
    from stapy import workload
    from stapy.runtime.kernels.builtin import BuiltinKernel
    from stapy.runtime.kprobes import Kprobe, kallsyms_lookup_name, register_kprobe, use

    kernel = BuiltinKernel("x86_64")
    with use(kernel):
        kernel.start(workload.load("fork 1"))
        strlen = kallsyms_lookup_name("strlen")
        string = kallsyms_lookup_name("linux_banner")
        machine = kernel.machine
        counter = 0

        def count(p: object, regs: object) -> int:
            nonlocal counter
            counter += 1
            return 0

        def calls(number: int) -> float:
            started = time.perf_counter()
            for _ in range(number):
                machine.call(strlen, string)
            return time.perf_counter() - started

        unprobed = median_of(3, lambda: calls(20_000))
        register_kprobe(Kprobe(addr=strlen, pre_handler=count))
        probed = median_of(3, lambda: calls(20_000))
    kernel.close()
    hook = (bare_unicorn(200_000, True) - bare_unicorn(200_000, False)) / 200_000
    hit = (probed - unprobed) / 20_000
    show("a hit of a counting kprobe", f"{hit * 1e6:.2f} us", f"{hit / hook:.2f} x an empty hook of the stock binding")


def machine_speed() -> None:
    """The default workload's emulation, and Unicorn alone."""
    turns = 20_000_000
    bare = turns * 2 / bare_unicorn(turns, False)
    show("bare Unicorn, tight loop", f"{bare / 1e6:.0f} M insn/s", "")


def main() -> None:
    assert ctypes.sizeof(ctypes.c_void_p) == 8, "figures are for 64-bit hosts"
    start_up()
    hits()
    machine_speed()


if __name__ == "__main__":
    main()
