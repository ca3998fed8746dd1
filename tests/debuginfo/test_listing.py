"""What there is to probe, with which variables of which types: as SystemTap 4.8 lists it for the same
images."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from stapy.runtime.debuginfo import KernelDescription, pretty, statements
from stapy.runtime.debuginfo.functions import Function, Variable, walk_calls
from stapy.runtime.debuginfo.types import Type

from .running import DATA

Describe = Callable[[str], KernelDescription]


def arguments(variables: Iterable[Variable], pc: int) -> list[str]:
    return [f"${v.name}:{v.type.describe()}" for v in variables if v.location(pc) is not None]


def place(function: Function) -> str:
    return f"{function.name}@{function.file}:{function.decl_line}"


def listing(kernel: KernelDescription, file: str) -> Iterable[tuple[str, list[str]]]:
    functions = [function for function in kernel.functions() if function.file]
    for f in functions:
        if not f.is_inlined_only:
            returned = [f"$return:{f.return_type.describe()}"] if f.return_type else []
            yield f'function("{place(f)}").call', arguments(f.variables, f.low_pc)
            yield f'function("{place(f)}").return', returned + arguments(f.variables, f.low_pc)
        for label in f.labels:
            name = f'function("{f.name}@{label.file}:{label.line}").label("{label.name}")'
            yield name, arguments(f.variables_at(label.address), label.address)
        for copy in f.inlined:
            yield f'function("{place(f)}").inline', arguments(copy.scope.variables, copy.address)
    for statement in kernel.statements("*", file):
        name = f'statement("{statement.function.name}@{statement.file}:{statement.line}")'
        yield name, arguments(statement.owner.variables_at(statement.address), statement.address)


@pytest.mark.parametrize("image", ["sample.x86_64", "sample.i386"])
def test_same_as_systemtap(describe: Describe, image: str) -> None:
    ours: dict[str, list[str]] = {}
    for name, found in listing(describe(image), "sample.c"):
        # of several places under one name, stap lists the variables that all have
        ours[name] = [argument for argument in ours[name] if argument in found] if name in ours else found
    theirs = {line.split(" $")[0]: line for line in (DATA / f"{image}.listing").read_text().splitlines()}
    assert {name: " ".join([name, *found]) for name, found in ours.items()} == theirs


def test_every_type_is_spelled_as_systemtap_does(describe: Describe) -> None:
    zoo = describe("zoo.x86_64").function("zoo")
    assert zoo is not None
    (theirs,) = (DATA / "zoo.x86_64.listing").read_text().splitlines()
    assert theirs.split(" ", 1)[1] == " ".join(arguments(zoo.variables, zoo.low_pc))


def test_every_type_is_printed_as_systemtap_does(describe: Describe) -> None:
    zoo = describe("zoo.x86_64").function("zoo")
    assert zoo is not None
    variables = {variable.name: variable for variable in zoo.variables}
    for line in (DATA / "zoo.x86_64.pretty").read_text().splitlines():
        name, theirs = line.split("\t")
        if name == "$$locals":
            items = [(v.name, v.type, v.location(zoo.low_pc) is not None) for v in zoo.locals]
            assert pretty.variables(items) == (theirs, ())
        else:
            ours = pretty.describe(variables[name.strip("$")].type, deep=name.endswith("$$"))
            assert ours.format == theirs, name
            assert ours.format.count("%") == len(ours.values)


def test_where_printed_values_are(describe: Describe) -> None:
    kernel = describe("zoo.x86_64")
    bits = kernel.types.lookup("struct bits")
    assert bits is not None
    text = pretty.describe(kernel.types.pointer_to(bits))
    assert [(value.path, value.type.describe()) for value in text.values] == [
        (("x",), "int"), (("y",), "unsigned int"), (("z",), "long int")
    ]  # fmt: skip
    whole = kernel.types.lookup("struct all *")
    assert whole is not None
    deep = pretty.describe(whole, deep=True)
    assert {("bits", "x"), ("inner",), ("r",), ("more", 0, "z"), ("names", 0)} <= {
        value.path for value in deep.values
    }
    assert len(deep.values) == pretty.MAX_VALUES
    matrix: Any = kernel.types.lookup("struct all")
    assert [value.path for value in pretty.describe(matrix.member("matrix").type).values] == [(0, 0)]
    assert {value.path for value in deep.values if value.kind == pretty.STRING} == {
        ("name",), ("text",), ("either", "c"), ("bytes",), ("names", 0)
    }  # fmt: skip


# ---------------------------------------------------------------- names, files, lines


@pytest.fixture
def kernel(describe: Describe) -> KernelDescription:
    return describe("sample.x86_64")


def names(functions: list[Function]) -> list[str]:
    return [function.name for function in functions]


def test_functions_by_name_and_file(kernel: KernelDescription) -> None:
    assert names(kernel.functions("m*")) == ["many", "middle"]
    assert names(kernel.functions("[mw]i[!x]*e")) == ["middle", "wide"]
    assert names(kernel.functions("*", "other.c")) == ["local_name", "other_entry", "shared"]
    assert names(kernel.functions("local_name", "*r.c")) == ["local_name"]
    assert kernel.functions("many", "ple.c") == []
    assert kernel.functions("no_such") == []
    scaled = kernel.function("scaled")
    assert scaled is not None
    assert scaled.is_inlined_only
    assert len(scaled.inlined) == 1
    assert scaled.inlined[0].caller is kernel.function("middle")
    assert scaled.inlined[0].call_place == ("sample.c", 51)


def test_what_a_function_is(kernel: KernelDescription) -> None:
    many = kernel.function("many")
    operate = kernel.function("operate")
    assert many is not None
    assert operate is not None
    assert (many.external, many.exported, many.prototyped) == (True, True, True)
    assert (operate.external, operate.exported) == (False, False)
    assert kernel.function_at(many.high_pc - 1) is many
    assert kernel.function_at(0) is None
    assert kernel.exported("shared")


def test_statements(kernel: KernelDescription) -> None:
    (found,) = kernel.statements("middle", "sample.c", 48)
    assert kernel.line_at(found.address) == ("sample.c", 48)
    assert kernel.statements("middle", "sample.c", 50) == []
    assert statements.neighbours(kernel, "middle", "sample.c", 50) == (49, 51)
    assert statements.nearest(kernel, "middle", "sample.c", 50) == 51
    assert statements.nearest(kernel, "middle", "sample.c", 48) == 48
    assert statements.nearest(kernel, "*", "sample.c", 9999) is None
    ranged = [statement.line for statement in kernel.statements("middle", "sample.c", (46, 49))]
    assert ranged == [46, 47, 48, 49]


def test_lines(kernel: KernelDescription) -> None:
    forgets = kernel.function("forgets")
    assert forgets is not None
    assert kernel.line_at(forgets.low_pc) == ("sample.c", 65)
    assert forgets.low_pc in kernel.addresses_for("sample.c", 65)
    assert kernel.lines.nearest("sample.c", 63) == 65
    assert {"sample.c", "other.c"} <= set(kernel.source_files())
    assert kernel.line_at(1) is None
    assert kernel.line_at(1 << 63) is None
    last = max(function.high_pc for function in kernel.functions())
    assert kernel.line_at(last + 64) is None
    rows = list(kernel.lines.rows(forgets.low_pc, forgets.high_pc))
    assert rows[0].is_statement
    assert {row.address for row in rows} <= set(range(forgets.low_pc, forgets.high_pc))


def test_calls(kernel: KernelDescription) -> None:
    start = kernel.function("start")
    remembers = kernel.function("remembers")
    assert start is not None
    assert remembers is not None
    assert {"many", "middle", "remembers"} <= {call.callee for call in start.calls}
    assert [(caller.name, callee) for caller, callee in walk_calls(remembers, depth=2)] == [
        ("remembers", "forgets"), ("forgets", "twice")
    ]  # fmt: skip


def test_symbols(kernel: KernelDescription) -> None:
    symbols = kernel.symbols
    many = symbols["many"]
    assert kernel.symbol_at(many) == ("many", 0, symbols.all("many")[0].size)
    assert kernel.symbol_at(many + 5) == ("many", 5, symbols.all("many")[0].size)
    assert len(symbols.all("local_name")) == 2
    assert symbols.all("local_name")[0].kind == "t"
    assert symbols.all("many")[0].kind == "T"
    assert (kernel.symbol_at(kernel.symbols["mark_sum"]) or ("",))[0] == "middle"
    assert kernel.symbol_at(0) is None
    assert "many" in symbols
    assert symbols.get("no_such") is None
    with pytest.raises(KeyError):
        symbols["no_such"]
    assert kernel.release == "2.6.32-sample"


def test_global_variables(kernel: KernelDescription) -> None:
    counter = kernel.variable("counter")
    assert counter is not None
    assert counter.type.describe() == "int"
    location = counter.location(0)
    assert location is not None
    assert location.expression == ("const", kernel.symbols["counter"])
    assert kernel.variable("counter", "sample.c") is not None
    assert kernel.variable("counter", "other.c") is None
    assert kernel.variable("no_such") is None
    assert {"counter", "trace", "first"} <= set(kernel.variable_names())


# ---------------------------------------------------------------- types


@pytest.mark.parametrize(
    ("name", "spelling"),
    [
        ("struct item", "struct item"),
        ("item", "struct item"),
        ("struct item *", "struct item*"),
        ("struct  item**", "struct item**"),
        ("u32", "u32"),
        ("unsigned long", "long unsigned int"),
        ("enum colour", "enum colour"),
        ("const struct pair", "struct pair"),
        ("void", "void"),
        ("void *", "void*"),
    ],
)
def test_types_by_name(kernel: KernelDescription, name: str, spelling: str) -> None:
    found = kernel.types.lookup(name)
    assert found is not None
    assert found.describe() == spelling


def test_members(describe: Describe) -> None:
    for image, expected in (("sample.x86_64", 24), ("sample.i386", 20)):
        kernel = describe(image)
        item: Any = kernel.types.lookup("struct item")
        union = item.member("second").offset - 2
        assert item.member("number").offset == union
        assert item.member("second").name == "second"
        assert item.member("no_such") is None
        assert item.member("flags").offset == expected
        assert item.member("tail").type.size is None
        assert {"number", "first", "id"} <= set(item.member_names())
        flags: Any = kernel.types.lookup("struct flags")
        wide = flags.member("wide")
        assert wide.is_bitfield
        assert wide.bit_size == 40
        matrix: Type = item.member("matrix").type
        assert matrix.size == 24
        assert matrix.describe() == "int[]"


def test_incomplete_and_unknown_types(kernel: KernelDescription) -> None:
    opaque: Any = kernel.types.lookup("struct opaque")
    assert opaque.incomplete
    assert opaque.size is None
    assert kernel.types.lookup("struct no_such") is None
    assert kernel.types.lookup("") is None


def test_constants(kernel: KernelDescription) -> None:
    green = kernel.types.constant("GREEN")
    minus = kernel.types.constant("MINUS")
    assert green is not None
    assert green.value == 5
    assert green.enum.name == "colour"
    assert minus is None or minus.value == -1
    assert kernel.types.constant("PURPLE") is None


def test_dwarf_versions_say_the_same(describe: Describe) -> None:
    old, new = describe("sample.x86_64.dwarf4"), describe("sample.x86_64")
    assert list(listing(old, "sample.c")) == list(listing(new, "sample.c"))
    for name in old.types.named():
        left: Any = old.types.lookup(name)
        right: Any = new.types.lookup(name)
        assert (left.describe(), left.size) == (right.describe(), right.size)
        assert str(getattr(left, "members", "")) == str(getattr(right, "members", ""))
