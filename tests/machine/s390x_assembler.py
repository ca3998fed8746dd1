"""Keystone for s390x, with labels: by itself it puts what is relative to the instruction in the wrong place."""

from __future__ import annotations

import re
from typing import Any

_DATA = {".short": 2, ".long": 4, ".quad": 8}


class Assembler:
    """As much of Keystone's interface as the tests use. Labels and {symbols} in branches become distances."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine

    def asm(self, source: str, address: int = 0) -> tuple[bytes, int]:
        lines, labels, at = [], {}, address
        for line in source.replace("\n", " ").split(";"):
            label, _, rest = line.rpartition(":")
            if label:
                labels[label.strip()] = at
            if rest.strip():
                lines.append((at, rest.strip()))
                at += len(self._encode(rest.strip(), at, {}))
        return b"".join(self._encode(line, at, labels) for at, line in lines), len(lines)

    def _encode(self, line: str, at: int, labels: dict[str, int]) -> bytes:
        name, _, operands = line.partition(" ")
        if name in _DATA:
            return int(operands, 0).to_bytes(_DATA[name], "big")
        if name == "svc":
            return bytes((0x0A, int(operands, 0)))
        head, comma, last = line.rpartition(",") if "," in line else (name, " ", operands)
        if re.fullmatch(r"[a-z]\w*", last.strip()):
            line = f"{head}{comma} {labels.get(last.strip(), at) - at}"
        return bytes(self._engine.asm(line, 0)[0])
