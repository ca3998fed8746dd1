"""From the shell to the end of the output: whole processes, against an empty one."""

from __future__ import annotations

from benchmarks.measuring import Row, process, times_of

HELLO = 'probe begin { println("hello") exit() }'
DO_FORK = 'probe kernel.function("do_fork") { printf("%s(%d) 0x%x\\n", execname(), pid(), $clone_flags) }'
IMPORTS = "import lark, unicorn, capstone, keystone, elftools.elf.elffile"


def rows(size: float) -> list[Row]:
    """Start-up times."""
    times = max(1, round(7 * size))
    empty = process("-c", "pass", times=times)
    found = [Row("an empty Python process", f"{empty.wall * 1000:.0f} ms, CPU {empty.processor * 1000:.0f} ms")]
    for what, words in (
        ("Python importing what stapy depends on", ("-c", IMPORTS)),
        ("stapy --version", ("-m", "stapy", "--version")),
        ("stapy -e, a hello script", ("-m", "stapy", "-e", HELLO)),
        ("stapy -p2, the do_fork script", ("-m", "stapy", "-p2", "-e", DO_FORK)),
        ("stapy -c 'fork 1', the do_fork script", ("-m", "stapy", "-c", "fork 1", "-e", DO_FORK)),
        ("stapy, the do_fork script on the default workload", ("-m", "stapy", "-e", DO_FORK)),
    ):
        cost = process(*words, times=times)
        found.append(Row(what, f"{cost.wall * 1000:.0f} ms, CPU {cost.processor * 1000:.0f} ms",
                         times_of(cost.processor, empty.processor, "empty process")))
    return found
