"""Measures what users wait for: ``python -m benchmarks.run [--size FACTOR] [SECTION...]`` prints a table.

The figures are processor time, the least of several, and ratios to something measured beside it in the same run:
machines differ, and others use them. ``--size 0.01`` only shows that it runs.
"""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import compiling, hits, loops, machine, starting
from benchmarks.measuring import Row, table

SECTIONS: dict[str, Callable[[float], list[Row]]] = {
    "starting": starting.rows,
    "compiling": compiling.rows,
    "loops": loops.rows,
    "hits": hits.rows,
    "machine": machine.rows,
}


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("--size", type=float, default=1.0, help="how much of everything to do")
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"of {', '.join(SECTIONS)}; all without")
    arguments = parser.parse_args(argv)
    unknown = [name for name in arguments.sections if name not in SECTIONS]
    if unknown:
        parser.error(f"no section {unknown[0]}")
    print(f"Python {platform.python_version()} on {platform.machine()}")
    for name in arguments.sections or SECTIONS:
        print(f"\n{name}\n")
        print(table(SECTIONS[name](arguments.size)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
