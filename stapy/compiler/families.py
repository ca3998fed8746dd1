"""Probe families: what each kind of probe point stands for on an emulated kernel.

A family's builder gets a probe point whose shape already fits and gives ``Found``s: an event each, the spelling that
pp() shows, and for places in the kernel where target variables are looked up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from stapy.compiler import events, tree
from stapy.compiler.analysis import Analysis, similar_text
from stapy.compiler.diagnostics import SemanticError
from stapy.compiler.similar import similar
from stapy.compiler.targets import Place, place_in
from stapy.runtime import program

MICROSECOND, MILLISECOND, SECOND = 1_000, 1_000_000, 1_000_000_000
DAY = 86_400 * SECOND
SHORTEST = 100_000  # nanoseconds of a timer's period
JIFFY = MILLISECOND  # HZ is 1000
LONGEST_PATTERN = 2000  # of a function, file or label: matching takes time with the square of it
MOST_CALLEES = 3000  # of one probe point: at some depth every function calls every other
NUMBER, STRING = "number", "string"
LAST = (1 << 63) - 1  # the order of an end probe behind all others


@dataclass(slots=True)
class Found:
    """One place a probe point stands for."""

    event: program.Event
    point: str
    place: Place | None = None
    note: str = ""
    callers: tuple[tuple[int, int], ...] = ()  # of a callee probe: only calls from these addresses count


@dataclass(slots=True)
class Request:
    """A probe point to resolve: its components' arguments by name."""

    analysis: Analysis
    point: tree.ProbePoint
    token: tree.Token  # the probe's
    arguments: dict[str, Any] = field(default_factory=dict)
    explains: bool = True  # whether anybody reads why it does not resolve: not where it may fail

    def __post_init__(self) -> None:
        for component in self.point.components:
            value = component.argument.value if component.argument is not None else None
            if isinstance(value, str) and len(value) > LONGEST_PATTERN:
                raise SemanticError(f"more than {LONGEST_PATTERN} characters to match", component.token)
            self.arguments[component.name] = value

    def has(self, name: str) -> bool:
        return name in self.arguments

    @property
    def kernel(self) -> Any:
        kernel = self.analysis.kernel
        if kernel is None:
            raise SemanticError("no kernel to probe here")
        return kernel


Builder = Callable[[Request], list[Found] | events.Derived]
Shape = tuple[tuple[str, str | None], ...]


def spelled(point: tree.ProbePoint) -> str:
    """The point as written, without its condition."""
    parts = []
    for component in point.components:
        argument = component.argument
        if argument is None:
            parts.append(component.name)
        elif isinstance(argument, tree.Number):
            parts.append(f"{component.name}({_number_text(component)})")
        else:
            parts.append(f'{component.name}("{argument.raw or argument.value}")')
    return ".".join(parts) + ("!" if point.sufficient else "?" if point.optional else "")


def _number_text(component: tree.PointComponent) -> str:
    assert isinstance(component.argument, tree.Number)
    value = component.argument.value
    return hex(value & (1 << 64) - 1) if component.name in ("statement", "function") else str(value)


# ---------------------------------------------------------------- the session's own


def _session(event: Callable[[int], program.Event], name: str) -> Builder:
    def build(request: Request) -> list[Found]:
        return [Found(event(request.arguments[name] or 0), spelled(request.point))]

    return build


def _never(request: Request) -> list[Found]:
    return [Found(program.Never(), spelled(request.point))]


def _test(request: Request) -> list[Found]:
    """The one that --test names runs last of all, the others not at all."""
    chosen = getattr(request.analysis.options, "test", None) == request.arguments["test"]
    return [Found(program.End(LAST) if chosen else program.Never(), spelled(request.point))]


def _timer(unit: str, length: int) -> Builder:
    def build(request: Request) -> list[Found]:
        count = request.arguments[unit]
        shake = request.arguments.get("randomize") or 0
        lowest, highest = max(1, SHORTEST // length), DAY // length
        if not lowest <= count <= highest:
            raise SemanticError(f"interval value out of range ({lowest}, {highest})")
        if not 0 <= shake <= count:
            raise SemanticError("randomization value out of range")
        return [Found(program.Timer(count * length, shake * length), spelled(request.point))]

    return build


def _jiffies(request: Request) -> list[Found]:
    count, shake = request.arguments["jiffies"], request.arguments.get("randomize") or 0
    if not 1 <= count <= 1_000_000:
        raise SemanticError("invalid interval for jiffies timer")
    if not 0 <= shake <= count:
        raise SemanticError("invalid randomize for jiffies timer")
    return [Found(program.Timer(count * JIFFY, shake * JIFFY), spelled(request.point))]


def _hertz(request: Request) -> list[Found]:
    frequency = request.arguments["hz"]
    if frequency <= 0:
        raise SemanticError("frequency must be greater than 0")
    period = SECOND // frequency
    if not SHORTEST <= period <= DAY:
        raise SemanticError(f"interval value out of range ({SHORTEST}, {DAY})")
    return [Found(program.Timer(period, profile=request.has("freq")), spelled(request.point))]


def _profile(request: Request) -> list[Found]:
    return [Found(program.Timer(JIFFY, profile=True), spelled(request.point))]


# ---------------------------------------------------------------- functions and statements by debug information


class Spec:
    """``function[@file[:line]]`` as kernel.function() and kernel.statement() take it."""

    PATTERN = re.compile(r"(?P<function>[^@]*)(?:@(?P<file>.*?)(?:(?P<mark>[:+])(?P<lines>[\d,\-]+|\*))?)?\Z")

    def __init__(self, text: str, token: tree.Token) -> None:
        found = self.PATTERN.match(text)
        assert found is not None
        self.function = found["function"] or "*"
        self.file: str | None = found["file"] or None
        self.relative = found["mark"] == "+"
        self.lines: list[tuple[int, int]] | None = None  # None: none asked for
        self.every = found["lines"] == "*"
        if found["lines"] and not self.every:
            self.lines = [_line_range(part, token) for part in found["lines"].split(",")]

    @property
    def has_wildcard(self) -> bool:
        return any(special in self.function for special in "*?[")


def _line_range(part: str, token: tree.Token) -> tuple[int, int]:
    first, dash, last = part.partition("-")
    if not first.isdigit() or (dash and not last.isdigit()) or (dash and int(last) < int(first)):
        raise SemanticError(f"malformed specification (line number '{part}')", token)
    return int(first), int(last) if dash else int(first)


_REFUSED_SECTIONS = (".init.text", ".exit.text", ".kprobes.text", ".entry.text", ".irqentry.text", ".noinstr.text")
_REFUSED_RANGES = (("__kprobes_text_start", "__kprobes_text_end"), ("__entry_text_start", "__entry_text_end"))
_NEVER_RETURNED_FROM = frozenset(("__switch_to",))  # a return probe would follow the wrong task


def _unprobeable(kernel: Any, address: int) -> bool:
    """Whether an address lies in text that kprobes refuse: the probes' own, kernel entry, and what is gone after
    boot."""
    for name, start, size, _ in kernel.sections:
        if start <= address < start + size and name in _REFUSED_SECTIONS:
            return True
    return any(kernel.symbols.get(first, 0) <= address < kernel.symbols.get(last, 0) for first, last in _REFUSED_RANGES)


def _probeable(request: Request, found: list[Found]) -> list[Found]:
    """Those of ``found`` that kprobes will take. Raises SemanticError where none is left of some."""
    kept = []
    for one in found:
        event = one.event
        refused = _unprobeable(request.kernel, getattr(event, "address", 0)) or (
            isinstance(event, program.FunctionReturn) and event.symbol in _NEVER_RETURNED_FROM
        )
        if not refused:
            kept.append(one)
    if found and not kept:
        raise SemanticError(f"no match (blacklisted: {found[0].point})")
    return kept


def _matching_functions(request: Request, what: str) -> list[Any]:
    """The functions a specification names, those left out that a wildcard should not reach."""
    kernel = request.kernel
    argument = request.arguments[what]
    if isinstance(argument, int):
        address = argument & ((1 << 64) - 1)
        function = kernel.function_at(address)
        return [function] if function is not None else []
    spec = _spec(request, what)
    line = None
    if spec.lines is not None and not spec.relative:
        line = spec.lines[0][0]
    found = kernel.functions(spec.function, file=spec.file, line=line)
    if not _is_attached(request):
        found = [f for f in found if f.file]  # assembly has no debug information: kprobe.function reaches it
    if spec.lines is not None and spec.relative:
        found = [f for f in found if _has_relative_line(kernel, f, spec.lines[0][0])]
    return found


def _is_attached(request: Request) -> bool:
    """Whether probes are for a program with an ELF file of its own, which need not have debug information."""
    return getattr(request.analysis.kernel, "program", None) is not None


def _has_relative_line(kernel: Any, function: Any, line: int) -> bool:
    return line == 0 or bool(kernel.addresses_for(function.file, function.decl_line + line))


def _spec(request: Request, what: str) -> Spec:
    return Spec(request.arguments[what], _token_of(request, what))


def _token_of(request: Request, what: str) -> tree.Token:
    return next(c.token for c in request.point.components if c.name == what)


def function_text(function: Any) -> str:
    """``do_fork@kernel/fork.c:123``, or the name alone where there is no debug information."""
    return f"{function.name}@{function.file}:{function.decl_line}" if function.file else function.name


def _none_found(request: Request, what: str) -> list[Found]:
    """Nothing matches: no error yet, but a hint for the one that follows."""
    argument = request.arguments[what]
    if isinstance(argument, str) and request.explains:
        name = argument.partition("@")[0]
        names = {function.name for function in request.kernel.functions("*")}
        if name not in names and not any(special in name for special in "*?["):
            raise SemanticError(f"no match{similar_text('similar functions', similar(name, names))}")
    return []


def _suffixes(request: Request) -> str:
    """What pp() shows behind the function."""
    text = ""
    for component in request.point.components[2:]:
        if isinstance(component.argument, tree.Number):
            text += f".{component.name}({component.argument.value})"
        elif component.argument is None:
            text += f".{component.name}"
    return text


def _function(request: Request) -> list[Found]:
    """kernel.function(...), plain and with .call .inline .exported .return"""
    functions = _matching_functions(request, "function")
    if request.has("exported"):
        functions = [function for function in functions if function.exported]
    found = []
    for function in functions:
        found += _of_function(request, function)
    return _probeable(request, found) or _none_found(request, "function")


def _of_function(request: Request, function: Any) -> list[Found]:
    point = f'kernel.function("{function_text(function)}"){_suffixes(request)}'
    found = []
    if not function.file:
        return _of_symbol(request, function.name)
    if request.has("return"):
        return [] if function.is_inlined_only else [_at_return(request, function, point)]
    if not request.has("inline") and not function.is_inlined_only:
        found.append(_at_entry(request, function, point))
    if not request.has("call") and not request.has("exported"):
        found += [_at_inlined(request, instance, point) for instance in function.inlined]
    return found


def _of_symbol(request: Request, name: str) -> list[Found]:
    """The same of a function that only the symbol table knows: without variables."""
    if request.has("inline"):
        return []
    symbol = request.kernel.symbols.symbol(name)
    entry = symbol.address + symbol.local_entry
    event: program.Event = program.Breakpoint(entry, name, symbol.local_entry)
    if request.has("return"):
        event = program.FunctionReturn(entry, name, request.arguments.get("maxactive") or 0)
    return [Found(event, f'kernel.function("{name}"){_suffixes(request)}', None, f"pc={entry:#x}")]


def _at_entry(request: Request, function: Any, point: str) -> Found:
    place = place_in(request.kernel, function, function.low_pc)
    event = program.Breakpoint(function.entry, function.name, function.entry - function.low_pc)
    return Found(event, point, place, f"pc={function.entry:#x}")


def _at_return(request: Request, function: Any, point: str) -> Found:
    place = place_in(request.kernel, function, function.low_pc, returns=True)
    active = request.arguments.get("maxactive") or 0
    if active < 0:
        raise SemanticError("maxactive value out of range")
    return Found(program.FunctionReturn(function.entry, function.name, active), point, place, f"pc={function.entry:#x}")


def _at_inlined(request: Request, instance: Any, point: str) -> Found:
    kernel = request.kernel
    caller = instance.caller
    place = Place(
        instance.function,
        instance.address,
        at_entry=False,
        variables=kernel.variables_at(instance.address, caller) or instance.scope.variables,
    )
    event = program.Breakpoint(instance.address, caller.name, instance.address - caller.low_pc)
    return Found(event, point, place, f"pc={instance.address:#x}")


def _label(request: Request) -> list[Found]:
    """kernel.function("f").label("l")"""
    wanted = request.arguments["label"]
    found = []
    for function in _matching_functions(request, "function"):
        for label in function.labels:
            if label.address and fnmatchcase(label.name, wanted):
                point = f'kernel.function("{function_text(function)}").label("{label.name}")'
                found.append(_at_address(request, function, label.address, point))
    return found


def _at_address(request: Request, function: Any, address: int, point: str) -> Found:
    kernel = request.kernel
    at_entry = address == function.low_pc
    place = Place(function, address, at_entry=at_entry, variables=kernel.variables_at(address, function))
    return Found(
        program.Breakpoint(address, function.name, address - function.low_pc), point, place, f"pc={address:#x}"
    )


def _callees(request: Request) -> list[Found]:
    """kernel.function("f").callee("g") and .callees(depth): ``g`` where ``f`` calls it."""
    from stapy.runtime.debuginfo.functions import walk_calls

    depth = request.arguments.get("callees") or 1 if request.has("callees") else 1
    wanted = request.arguments.get("callee") or "*"
    found = []
    for function in _matching_functions(request, "function"):
        for caller, name in walk_calls(function, depth):
            if fnmatchcase(name, wanted):
                for callee in request.kernel.functions(name):
                    if not callee.is_inlined_only:
                        found.append(_callee(request, function, caller, callee))
                if len(found) > MOST_CALLEES:
                    raise SemanticError(f"more than {MOST_CALLEES} callees")
    return found


def _callee(request: Request, function: Any, caller: Any, callee: Any) -> Found:
    suffix = "".join(f".{name}" for name in ("call", "return") if request.has(name))
    point = f'kernel.function("{function_text(function)}").callee("{function_text(callee)}"){suffix}'
    found = _at_return(request, callee, point) if request.has("return") else _at_entry(request, callee, point)
    found.callers = tuple(caller.ranges)
    return found


def _statement(request: Request) -> list[Found]:
    """kernel.statement("f@file:line") and kernel.statement(address)"""
    kernel = request.kernel
    argument = request.arguments["statement"]
    if isinstance(argument, int):
        address = argument & ((1 << 64) - 1)
        function = kernel.function_at(address)
        point = f"kernel.statement({address:#x})"
        return [_at_address(request, function, address, point)] if function is not None else []
    spec = _spec(request, "statement")
    if spec.file is None or (spec.lines is None and not spec.every):
        functions = _matching_functions(request, "statement")
        return [
            _at_entry(request, function, f'kernel.statement("{function_text(function)}")')
            for function in functions
            if not function.is_inlined_only
        ]
    return _probeable(request, list(_lines(request, spec)))


def _lines(request: Request, spec: Spec) -> Iterator[Found]:
    kernel = request.kernel
    functions = kernel.functions(spec.function, file=spec.file)
    for function in functions:
        if function.is_inlined_only:
            continue
        for line in _wanted_lines(request, spec, function):
            addresses = [a for a in kernel.addresses_for(function.file, line) if function.contains(a)]
            point = f'kernel.statement("{function.name}@{function.file}:{line}")'
            for address in addresses:
                yield _at_address(request, function, address, point)


def _wanted_lines(request: Request, spec: Spec, function: Any) -> list[int]:
    """The lines of ``function`` that the specification names and that have code."""
    kernel = request.kernel
    have = sorted(
        {
            row.line
            for low, high in function.ranges
            for row in kernel.lines.rows(low, high)
            if row.is_statement and row.line and row.file == function.file
        }
    )
    if spec.every:
        return have
    base = function.decl_line if spec.relative else 0
    wanted: list[int] = []
    for first, last in spec.lines or ():
        inside = [line for line in have if base + first <= line <= base + last]
        if not inside and first == last:
            inside = _without_code(request, spec, function, base + first, have)
        wanted += inside
    return wanted


def _without_code(request: Request, spec: Spec, function: Any, line: int, have: list[int]) -> list[int]:
    """A line without code: the nearest one with .nearest, else an error if it was this function's."""
    if request.has("nearest") and have:
        return [min(have, key=lambda other: (abs(other - line), other))]
    if not spec.has_wildcard:
        near = [
            min((other for other in have if other > line), default=0),
            max((other for other in have if other < line), default=0),
        ]
        tries = " or ".join(f":{other}" for other in sorted(near) if other)
        request.analysis.error(
            SemanticError(
                f"no line records for {function.file}:{line} [man error::dwarf]"
                + (f" (try {tries})" if tries and _is_near(line, near) else "")
            )
        )
    return []


def _is_near(line: int, near: list[int]) -> bool:
    return any(other and abs(other - line) < 20 for other in near)


def _absolute(request: Request) -> list[Found]:
    """kernel.statement(address).absolute, kprobe.statement(address).absolute: no debug information needed"""
    if not request.analysis.options.guru:
        raise SemanticError("absolute statement probe in unprivileged script; need stap -g", request.token)
    address = request.arguments["statement"] & ((1 << 64) - 1)
    known = request.kernel.symbol_at(address)
    name, offset = (known[0], known[1]) if known is not None else ("", 0)
    root = request.point.components[0].name
    return [
        Found(
            program.Breakpoint(address, name, offset),
            f"{root}.statement({address:#x}).absolute",
            None,
            "name = " if root == "kprobe" else f"pc={address:#x}",
        )
    ]


# ---------------------------------------------------------------- without debug information; and jprobes


def _kprobe(request: Request) -> list[Found]:
    """kprobe.function("f"), .call, .return, .return.maxactive(N)"""
    name = request.arguments["function"]
    kernel = request.kernel
    address = kernel.symbols.get(name) if kernel.in_text(kernel.symbols.get(name) or 0) else None
    if address is None:
        if not request.explains:
            return []
        names = [symbol.name for symbol in kernel.symbols.symbols() if symbol.is_function]
        raise SemanticError(f"no match{similar_text('similar functions', similar(name, names))}")
    symbol = kernel.symbols.symbol(name)
    entry = address + symbol.local_entry
    event: program.Event = program.Breakpoint(entry, name, symbol.local_entry)
    if request.has("return"):
        event = program.FunctionReturn(entry, name, request.arguments.get("maxactive") or 0)
    return [Found(event, spelled(request.point), None, f" name = {name}")]


def _jprobe(request: Request) -> list[Found]:
    """jprobe.function("f"): a jprobe, whose handler sees the function's parameters by name"""
    found = []
    for function in _matching_functions(request, "function"):
        if not function.is_inlined_only:
            place = place_in(request.kernel, function, function.low_pc)
            place.variables = [variable for variable in place.variables if variable.is_parameter]
            point = f'jprobe.function("{function_text(function)}")'
            found.append(
                Found(program.JprobeEntry(function.entry, function.name), point, place, f"pc={function.entry:#x}")
            )
    return found or _none_found(request, "function")


def _nothing(request: Request) -> list[Found]:
    """A family of which this kernel has nothing: modules, code of user programs."""
    return []


def _in_program(build: Builder) -> Builder:
    """``process("path").function(...)``: where a program is attached to, and the path is its own."""

    def found(request: Request) -> list[Found]:
        program = getattr(request.analysis.kernel, "program", None)
        path = request.arguments.get("process")
        if program is None:
            return []
        name = program.rpartition("/")[2]
        if path is not None and path.rpartition("/")[2] not in (name, name.partition(".")[0]):
            return []
        places = build(request)
        assert isinstance(places, list)  # no alias is made of these
        return [replace(each, point=each.point.replace("kernel.", f'process("{program}").', 1)) for each in places]

    return found


def _no_perf(request: Request) -> list[Found]:
    raise SemanticError(
        "perf probes are not to be had on an emulated machine",
        request.point.components[1].token if len(request.point.components) > 1 else request.token,
    )


# ---------------------------------------------------------------- the table


_FUNCTION_SUFFIXES: tuple[Shape, ...] = (
    (),
    (("call", None),),
    (("inline", None),),
    (("exported", None),),
    (("return", None),),
)


def shapes() -> Iterator[tuple[Shape, Builder]]:
    """Every shape of probe point there is, with its builder."""
    for name, event in (("begin", program.Begin), ("end", program.End), ("error", program.Error)):
        yield ((name, None),), _session(event, name)
        yield ((name, NUMBER),), _session(event, name)
    yield (("never", None),), _never
    yield (("test", STRING),), _test
    yield from _timer_shapes()
    for argument in (STRING, NUMBER):
        function: Shape = (("kernel", None), ("function", argument))
        for suffix in _FUNCTION_SUFFIXES:
            yield (*function, *suffix), _function
        yield (*function, ("return", None), ("maxactive", NUMBER)), _function
        yield (*function, ("label", STRING)), _label
        yield (*function, ("callees", None)), _callees
        yield (*function, ("callees", NUMBER)), _callees
        for suffix in _FUNCTION_SUFFIXES[:2] + _FUNCTION_SUFFIXES[4:]:
            yield (*function, ("callee", STRING), *suffix), _callees
        yield (*function, ("callee", STRING), ("return", None), ("maxactive", NUMBER)), _callees
        yield (("kernel", None), ("statement", argument)), _statement
        yield (("kernel", None), ("statement", argument), ("nearest", None)), _statement
    yield (("kernel", None), ("statement", NUMBER), ("absolute", None)), _absolute
    yield (("kprobe", None), ("statement", NUMBER), ("absolute", None)), _absolute
    kprobe: Shape = (("kprobe", None), ("function", STRING))
    yield kprobe, _kprobe
    yield (*kprobe, ("call", None)), _kprobe
    yield (*kprobe, ("return", None)), _kprobe
    yield (*kprobe, ("return", None), ("maxactive", NUMBER)), _kprobe
    yield (("jprobe", None), ("function", STRING)), _jprobe
    yield from _event_shapes()
    yield from _absent_shapes()


def _timer_shapes() -> Iterator[tuple[Shape, Builder]]:
    units = {
        "s": SECOND,
        "sec": SECOND,
        "ms": MILLISECOND,
        "msec": MILLISECOND,
        "us": MICROSECOND,
        "usec": MICROSECOND,
        "ns": 1,
        "nsec": 1,
    }
    for unit, length in units.items():
        yield (("timer", None), (unit, NUMBER)), _timer(unit, length)
        yield (("timer", None), (unit, NUMBER), ("randomize", NUMBER)), _timer(unit, length)
    yield (("timer", None), ("jiffies", NUMBER)), _jiffies
    yield (("timer", None), ("jiffies", NUMBER), ("randomize", NUMBER)), _jiffies
    yield (("timer", None), ("hz", NUMBER)), _hertz
    yield (("timer", None), ("profile", None)), _profile
    yield (("timer", None), ("profile", None), ("tick", None)), _profile
    yield (("timer", None), ("profile", None), ("freq", None), ("hz", NUMBER)), _hertz


def _event_shapes() -> Iterator[tuple[Shape, Builder]]:
    """Tracepoints, watchpoints and processes."""
    yield (("kernel", None), ("trace", STRING)), events.trace
    for argument in (STRING, NUMBER):
        for access in ("write", "rw"):
            watched: Shape = (("kernel", None), ("data", argument))
            yield (*watched, (access, None)), events.data
            yield (*watched, ("length", NUMBER), (access, None)), events.data
    for kind in (None, STRING):
        for extra in ((), ("umask",), ("maxsize",), ("umask", "maxsize"), ("maxsize", "umask")):
            options: Shape = tuple((name, NUMBER) for name in extra)
            for access in ("read", "write"):
                yield (("procfs", kind), *options, (access, None)), events.procfs
                if options:
                    yield (("procfs", kind), (access, None), *options), events.procfs
    for kind in (None, NUMBER, STRING):
        root: tuple[str, str | None] = ("process", kind)
        for names in events.PROCESS_POINTS:
            yield (root, *((name, None) for name in names.split("."))), events.process


def _absent_shapes() -> Iterator[tuple[Shape, Builder]]:
    """What SystemTap knows and this kernel has none of: scripts that name them optionally still run."""
    root: tuple[str, str | None]
    for root in (("module", STRING), ("process", STRING), ("process", NUMBER), ("process", None)):
        there = root[0] == "process" and root[1] is not NUMBER
        for argument in (STRING, NUMBER):
            function: Shape = (root, ("function", argument))
            for suffix in (*_FUNCTION_SUFFIXES, (("return", None), ("maxactive", NUMBER)), (("label", STRING),)):
                build = _label if suffix and suffix[0][0] == "label" else _function
                yield (*function, *suffix), _in_program(build) if there else _nothing
            for suffix in ((), (("call", None),), (("return", None),)):
                yield (*function, ("callee", STRING), *suffix), _nothing
            for suffix in ((), (("absolute", None),), (("nearest", None),)):
                build = _absolute if suffix and suffix[0][0] == "absolute" else _statement
                there_too = there and (build is _statement or argument is NUMBER)
                yield (root, ("statement", argument), *suffix), _in_program(build) if there_too else _nothing
            yield (root, ("mark", STRING)), _nothing
            yield (root, ("plt", None)), _nothing
            yield (root, ("plt", STRING)), _nothing
            for kind in ("library", "provider"):
                for inner in ("function", "mark", "plt"):
                    yield (root, (kind, STRING), (inner, STRING)), _nothing
            yield (root, ("library", STRING), ("function", STRING), ("return", None)), _nothing
            yield (root, ("provider", STRING), ("mark", STRING)), _nothing
        yield (root, ("insn", None)), _nothing
        yield (root, ("insn", None), ("block", None)), _nothing
    yield (("kernel", None), ("mark", STRING)), _nothing
    yield (("kprobe", None), ("module", STRING), ("function", STRING)), _nothing
    yield (("kprobe", None), ("module", STRING), ("function", STRING), ("return", None)), _nothing
    yield (("perf", None), ("type", NUMBER), ("config", NUMBER)), _no_perf
    yield (("perf", None), ("type", NUMBER), ("config", NUMBER), ("sample", NUMBER)), _no_perf
    yield (("perf", None), ("type", NUMBER), ("config", NUMBER), ("hz", NUMBER)), _no_perf
    for suffix in ((), (("process", STRING),), (("counter", STRING),)):
        yield (("perf", None), ("type", NUMBER), ("config", NUMBER), *suffix), _no_perf
