"""The tracepoints of a kernel image, from its table ``__tracepoints`` (see docs/machine.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from stapy.runtime.debuginfo.description import KernelDescription

TABLE = "__tracepoints"
LONGEST_NAME = 128


class Tracepoint(NamedTuple):
    """A tracepoint: ``function`` is the name of the function that the kernel calls there."""

    name: str
    system: str
    function: str


def tracepoints(description: KernelDescription) -> list[Tracepoint]:
    """All tracepoints of the image, in the table's order; none where it has no table."""
    table = description.symbols.symbol(TABLE)
    if table is None or description.path is None:
        return []
    word = description.pointer_size
    with description.path.open("rb") as file:
        image = file.read()

    def read(address: int, size: int) -> bytes:
        place = _offset(description, address)
        return b"" if place is None else image[place : place + size]

    def text(address: int) -> str:
        return read(address, LONGEST_NAME).partition(b"\0")[0].decode("latin-1")

    found = []
    order = "little" if description.little_endian else "big"
    for entry in range(table.address, table.address + table.size, 3 * word):
        data = read(entry, 2 * word)
        name, system = (int.from_bytes(data[at : at + word], order) for at in (0, word))  # type: ignore[arg-type]
        if not name:
            break
        found.append(Tracepoint(text(name), text(system), f"trace_{text(name)}"))
    return found


def _offset(description: KernelDescription, address: int) -> int | None:
    """Where in the file the byte at ``address`` is; None for what the file does not have."""
    for virtual, _, _, offset, size, _ in description.segments:
        if virtual <= address < virtual + size:
            return offset + address - virtual
    return None
