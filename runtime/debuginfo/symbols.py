"""An image's symbol table, by name and by address, as /proc/kallsyms has it."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Any, NamedTuple


class Symbol(NamedTuple):
    """``kind`` is nm's letter, small for a local symbol. ``size`` is in bytes, 0 where the image does not
    say. ``local_entry`` is how many bytes after ``address`` calls from the same module enter (ppc64 ELFv2);
    ``descriptor`` the address of the function descriptor (ppc64 ELFv1), else 0."""

    name: str
    address: int
    size: int
    kind: str
    is_function: bool
    local_entry: int = 0
    descriptor: int = 0

    @property
    def is_global(self) -> bool:
        return self.kind.isupper()


def unpack(typecode: str, data: bytes) -> array[int]:
    """What reader.pack made."""
    numbers = array(typecode, data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


class SymbolTable:
    """``table[name]`` is the address of a symbol, of the global one where several have the name; KeyError
    without one. ``all(name)`` has them all. Addresses are those of code, not of ELFv1's function
    descriptors."""

    def __init__(self, section: tuple[Any, ...]) -> None:
        names, addresses, sizes, self._kinds, self._functions, self._others = section
        self._names: list[str] = names.split("\n") if names else []
        self._addresses = unpack("Q", addresses)
        self._sizes = unpack("Q", sizes)
        self._by_name: dict[str, list[int]] | None = None

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[str]:
        return iter(self._index())

    def __contains__(self, name: object) -> bool:
        return name in self._index()

    def __getitem__(self, name: str) -> int:
        return self._addresses[self._best(self._index()[name])]

    def get(self, name: str, default: int | None = None) -> int | None:
        numbers = self._index().get(name)
        return default if numbers is None else self._addresses[self._best(numbers)]

    def symbol(self, name: str) -> Symbol | None:
        """The whole entry behind ``table[name]``."""
        numbers = self._index().get(name)
        return None if numbers is None else self._symbol(self._best(numbers))

    def all(self, name: str) -> list[Symbol]:
        """Every symbol of that name, by address."""
        return [self._symbol(number) for number in self._index().get(name, ())]

    def symbols(self) -> Iterator[Symbol]:
        """All symbols by address."""
        return (self._symbol(number) for number in range(len(self._names)))

    def functions(self) -> Iterator[Symbol]:
        """The symbols of functions, by address."""
        return (self._symbol(number) for number, kind in enumerate(self._functions) if kind == "f")

    def symbol_starting(self, address: int) -> Symbol | None:
        """The symbol that starts at an address; of several, a function."""
        number = bisect_left(self._addresses, address)
        if number == len(self._addresses) or self._addresses[number] != address:
            return None
        return self._symbol(self._preferred(number))

    def at(self, address: int) -> tuple[str, int, int] | None:
        """The symbol an address belongs to: (name, offset, size). ``size`` reaches to the next symbol where
        the image gives none, as in kallsyms. None below the first symbol and behind the end of a sized
        one."""
        last = bisect_right(self._addresses, address) - 1
        if last < 0:
            return None
        number = self._preferred(self._enclosing(last, address))
        offset = address - self._addresses[number]
        size = self._sizes[number]
        if not size:
            following = last + 1
            end = self._addresses[following] if following < len(self._addresses) else address + 1
            size = end - self._addresses[number]
        if offset >= size:
            return None
        return self._names[number], offset, size

    def _enclosing(self, last: int, address: int) -> int:
        """A label within a function is no function of its own: the function that reaches to ``address``, if
        any."""
        number = last
        while number >= 0 and not (self._functions[number] == "f" and self._sizes[number]):
            if self._sizes[number]:
                return last
            number -= 1
        return number if number >= 0 and address < self._addresses[number] + self._sizes[number] else last

    def _preferred(self, number: int) -> int:
        """Of the symbols at one address: a function before anything else, then one with a size, then a
        global."""
        address = self._addresses[number]
        return min(
            range(bisect_left(self._addresses, address), bisect_right(self._addresses, address)),
            key=lambda n: (self._functions[n] != "f", not self._sizes[n], self._kinds[n].islower(), n),
        )

    def _index(self) -> dict[str, list[int]]:
        if self._by_name is None:
            found: dict[str, list[int]] = {}
            for number, name in enumerate(self._names):
                found.setdefault(name, []).append(number)
            self._by_name = found
        return self._by_name

    def _best(self, numbers: list[int]) -> int:
        return min(numbers, key=lambda n: (self._kinds[n].islower(), n)) if len(numbers) > 1 else numbers[0]

    def _symbol(self, number: int) -> Symbol:
        other = self._others.get(number, 0)
        descriptor = other if other > 256 else 0
        return Symbol(
            self._names[number],
            self._addresses[number],
            self._sizes[number],
            self._kinds[number],
            self._functions[number] == "f",
            0 if descriptor else other,
            descriptor,
        )
