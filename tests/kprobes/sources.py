"""The functions that are probed, in each architecture's assembly, and what tests have to know of them: one file an
architecture in sources/."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Sources:
    """One architecture's. ``functions`` are there in every test: long add(long a, long b), a recursive long
    factorial(long n), long last(long a, long b) which is add by a tail call, and long peek(long *p). ``cases`` compute
    something with instructions that are odd to run out of line. Neither may have probes at the offsets in ``unprobed``.
    ``refused`` has the errno of a probe at each offset of ``odd``. {name} stands for a function's address."""

    functions: dict[str, str]
    eight: str  # long eight(long a, ... h): one that is on the stack, where arguments come to be there, or the last
    eight_gives: int
    escape: str  # returns past its caller
    outer: str  # calls {escape}
    caller: str  # calls {factorial} with 1
    back: int  # the offset in caller that it returns to
    first_size: int  # of add's first instruction
    first_push: int  # bytes it takes of the stack
    load: tuple[int, int]  # offset and size of the instruction in peek that reads through its argument
    pointer: str  # the register it reads through
    flip: int  # what changes a flag when the flags register is xored with it
    saved: str  # a register that functions preserve
    odd: str
    refused: dict[int, str]
    first_argument: str | None = None  # the register of a function's first argument, where it is in one
    cases: dict[str, str] = field(default_factory=dict)
    unprobed: dict[str, list[int]] = field(default_factory=dict)


def _read(path: Path) -> Sources:
    with path.open("rb") as file:
        data = tomllib.load(file)
    if "same_as" in data:
        return _read(path.with_name(f"{data['same_as']}.toml"))
    data["refused"] = {offset: errno for errno, offsets in data["refused"].items() for offset in offsets}
    data["load"] = tuple(data["load"])
    return Sources(**data)


SOURCES = {path.stem: _read(path) for path in sorted(Path(__file__).with_name("sources").glob("*.toml"))}
