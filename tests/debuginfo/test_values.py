"""Variables of running code have the values that the source gives them, on every architecture with a
sample."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from stapy import arch as architectures
from stapy.runtime.debuginfo import KernelDescription
from stapy.runtime.debuginfo.expressions import NotAvailable

from .running import DATA, Running

IMAGES = sorted(path.name.removeprefix("sample.").removesuffix(".elf") for path in DATA.glob("sample.*.elf"))
ARGUMENT = 10
HALF = 0x80000000


@pytest.fixture(params=IMAGES)
def kernel(request: pytest.FixtureRequest, describe: Callable[[str], KernelDescription]) -> KernelDescription:
    return describe(f"sample.{request.param}")


def at(kernel: KernelDescription, address: int, look: Callable[[Running], Any]) -> list[Any]:
    """What ``look`` finds each time the run comes to an address."""
    found: list[Any] = []
    running = Running(kernel)
    running.places[address] = lambda now: found.append(look(now))
    running.run(ARGUMENT)
    assert found, "the run did not come there"
    return found


def entry(kernel: KernelDescription, name: str) -> int:
    function = kernel.function(name)
    assert function is not None
    return function.entry


def variables(kernel: KernelDescription, address: int) -> dict[str, Any]:
    return {variable.name: variable for variable in kernel.variables_at(address)}


def test_parameters_at_entry(kernel: KernelDescription) -> None:
    address = entry(kernel, "many")
    names = variables(kernel, address)

    def look(now: Running) -> dict[str, Any]:
        found = {name: now.value(names[name]) for name in "abcdehij"}
        found["f"] = now.value(names["f"]) == kernel.symbols["first"]
        found["g"] = now.text(now.value(names["g"]) or 0)
        found["by"] = now.value(names["by_value"], "a"), now.value(names["by_value"], "b")
        return found

    assert at(kernel, address, look) == [
        {
            "a": -1, "b": -2, "c": -3, "d": -4, "e": 0x1122334455667788, "f": True, "g": "hello", "h": 1,
            "i": 5, "by": (5, -6), "j": 200,
        }
    ]  # fmt: skip


def test_structures_through_pointers(kernel: KernelDescription) -> None:
    address = entry(kernel, "use")
    item = variables(kernel, address)["item"]
    paths: dict[tuple[str | int, ...], int] = {
        ("id",): 77, ("flags", "low"): 5, ("flags", "middle"): 4321, ("flags", "negative"): -9,
        ("flags", "on"): 1, ("flags", "wide"): -123456, ("first",): 17, ("second",): -18, ("colour",): 6,
        ("parent", "id"): -5,
        ("parent", "parent", "id"): 77, ("matrix", 1, 2): 99, ("tiny",): -4, ("name", 2): ord("n"),
    }  # fmt: skip

    def look(now: Running) -> dict[tuple[str | int, ...], int | None]:
        return {path: now.value(item, *path) for path in paths}

    assert at(kernel, address, look)[0] == paths


def test_function_pointer(kernel: KernelDescription) -> None:
    address = entry(kernel, "use")
    item = variables(kernel, address)["item"]
    (found, _) = at(kernel, address, lambda now: now.value(item, "operation"))
    symbol = kernel.symbols.symbol("operate")
    assert symbol is not None
    assert found == (symbol.descriptor or symbol.address)


@pytest.mark.parametrize(
    ("mark", "name", "expected"),
    [
        ("sum", "sum", 14),
        ("sum", "constant", 42),
        ("sum", "calls", 1),
        ("nested", "nested", 56),
        ("nested", "sum", 14),
        ("late", "sum", 390),
        ("scaled", "factor", 253),
        ("wide", "product", 0x50000000F),
        ("forgets", "result", 14),
    ],
)
def test_in_the_middle(kernel: KernelDescription, mark: str, name: str, expected: int) -> None:
    address = kernel.symbols[f"mark_{mark}"]
    variable = variables(kernel, address)[name]
    assert at(kernel, address, lambda now: now.value(variable)) == [expected]


def test_structure_kept_by_value(kernel: KernelDescription) -> None:
    address = kernel.symbols["mark_sum"]
    local = variables(kernel, address)["local"]
    assert at(kernel, address, lambda now: (now.value(local, "a"), now.value(local, "b"))) == [(10, 4)]


def test_inlined_function_has_its_own_variables(kernel: KernelDescription) -> None:
    address = kernel.symbols["mark_scaled"]
    inside, outside = variables(kernel, address), kernel.function_at(address)
    assert set(inside) == {"value", "by", "factor"}
    assert outside is not None
    assert outside.name == "middle"
    assert {"a", "b", "p", "sum", "local"} <= {variable.name for variable in outside.variables_at(address)}
    assert at(kernel, address, lambda now: now.value(inside["by"], "a")) == [11]


def test_functions_of_one_name(kernel: KernelDescription) -> None:
    functions = kernel.functions("local_name")
    assert [function.file for function in sorted(functions, key=lambda f: f.file)] == ["other.c", "sample.c"]
    for function in functions:
        (x,) = function.parameters
        assert at(kernel, function.entry, lambda now, x=x: now.value(x)) == [ARGUMENT]


def test_what_is_not_available_is_none(kernel: KernelDescription) -> None:
    """A local has no place before its function has begun."""
    function = kernel.function("middle")
    assert function is not None
    local = {variable.name: variable for variable in function.locals}
    assert local["sum"].location(function.low_pc) is None


# ---------------------------------------------------------------- the stack; needs the architecture's module


@pytest.fixture
def unwinder(kernel: KernelDescription) -> Any:
    from stapy.runtime.debuginfo.unwind import Unwinder

    if kernel.arch not in architectures.names():
        pytest.skip("no such architecture yet")
    return Unwinder(kernel)


def names(kernel: KernelDescription, addresses: list[int]) -> list[str]:
    return [(kernel.symbol_at(address) or ("?",))[0] for address in addresses]


def test_backtrace(kernel: KernelDescription, unwinder: Any) -> None:
    place = kernel.symbols["mark_bottom"]
    (found,) = at(kernel, place, lambda now: unwinder.backtrace(now, now.memory))
    assert names(kernel, found[1:]) == ["recurse"] * 5 + ["start"]
    assert kernel.function_at(found[0]) is kernel.function("recurse")


def test_backtrace_from_every_instruction(kernel: KernelDescription, unwinder: Any) -> None:
    """Prologues and epilogues included, the caller is found."""
    function = kernel.function("recurse")
    assert function is not None
    depths = set()
    running = Running(kernel)

    def look(now: Running) -> None:
        found = unwinder.backtrace(now, now.memory)
        called = names(kernel, found)
        assert called[-1] == "start", hex(now.pc)
        assert set(called[1:-1]) <= {"recurse"}
        depths.add(len(called))

    for address in range(function.low_pc, function.high_pc):
        running.places[address] = look
    running.run(ARGUMENT)
    assert depths == set(range(2, 8))


def test_backtrace_without_frame_rules(kernel: KernelDescription, unwinder: Any, monkeypatch: Any) -> None:
    if kernel.arch in ("ppc64le", "s390x"):
        pytest.skip("nothing is followed there without frame rules")
    monkeypatch.setattr(type(kernel.frames), "at", lambda self, address: None)
    place = kernel.symbols["mark_forgets"]  # where the frame pointer is set up
    (found,) = at(kernel, place, lambda now: unwinder.backtrace(now, now.memory))
    assert names(kernel, found) == ["forgets", "remembers", "start"]
    (at_entry,) = at(kernel, entry(kernel, "forgets"), lambda now: unwinder.backtrace(now, now.memory))
    assert names(kernel, at_entry) == ["forgets", "remembers", "start"]


def test_backtrace_is_limited_and_recovers_return_addresses(kernel: KernelDescription, unwinder: Any) -> None:
    place = kernel.symbols["mark_bottom"]
    (found,) = at(kernel, place, lambda now: unwinder.backtrace(now, now.memory, limit=3))
    assert len(found) == 3
    target = kernel.symbols["twice"]
    (found,) = at(
        kernel, place, lambda now: unwinder.backtrace(now, now.memory, 3, lambda address, frame: target + 1)
    )
    assert found[1:] == [target + 1, target + 1] or len(found) < 3


@pytest.mark.parametrize("value", [0, 1, 0xFFFFFFFF, 0x7FFFFFFF_FFFFFFFF, 0xDEADBEEF, 0x100000])
def test_backtrace_on_garbage(kernel: KernelDescription, unwinder: Any, value: int) -> None:
    running = Running(kernel)

    class Garbage:
        def __init__(self, pc: int) -> None:
            self.pc = pc

        def register(self, number: int) -> int:
            return value & ((1 << 8 * kernel.pointer_size) - 1)

    for symbol in list(kernel.symbols.symbols()):
        for pc in (symbol.address, symbol.address + 1, value):
            assert unwinder.backtrace(Garbage(pc), running.memory)[0] == pc


def test_what_the_caller_passed(kernel: KernelDescription, unwinder: Any) -> None:
    """``gone`` is in no register any more; the call says what it was."""
    place = kernel.symbols["mark_forgets"]
    gone = variables(kernel, place)["gone"]

    def look(now: Running) -> int | None:
        return now.value(gone, entry_value=lambda number: unwinder.entry_value(number, now, now.memory))

    assert at(kernel, place, look) == [ARGUMENT + 1]
    location = gone.location(place)
    assert location is not None
    if location.needs_entry_value:
        with pytest.raises(NotAvailable):
            at(kernel, place, lambda now: now.value(gone))
