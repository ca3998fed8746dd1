"""Lowering: the analysed program becomes one readable Python module, and that a runtime Program.

Every handler is a function ``probe_N(c)``, every script function ``f_NAME(c, ...)``, every global ``g_NAME``.
Statements become Python's own; actions are counted a basic block at a time, and only where a loop could use them up.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from typing import Any

from stapy.compiler import tree
from stapy.compiler.analysis import Analysis, Callee, Handler, Instance, LibraryFunction
from stapy.compiler.diagnostics import SemanticError
from stapy.compiler.emit import Lines, Names, Places, unmarked
from stapy.compiler.expressions import ATOM, Code, ExpressionLowering, has_effects
from stapy.compiler.optimize import units
from stapy.compiler.ranges import FULL, HIGHEST, LOWEST, Ranges, binary, fits
from stapy.compiler.symbols import may_pass_on
from stapy.compiler.tree import Type
from stapy.compiler.walk import descend
from stapy.runtime import limits, operations, program
from stapy.runtime.program import Program
from stapy.runtime.values import EMPTY, Array, Statistics, printf
from stapy.runtime.values.strings import cut

WIDE_OPEN = 1 << 60  # actions under --suppress-time-limits
MOST_PATHS = 20_000  # ways through functions that call each other
MOST_ENTRIES = 20_000  # calls that a handler without loops may come to uncounted
MOST_STATEMENTS = 2000  # a handler or function that can run no more has its actions checked once, at its start
HISTOGRAM_LIMITS = {"width": "HIST_WIDTH", "elision": "HIST_ELISION"}
AT_ONCE = 10  # actions after which straight code has them checked


class ProgramLowering:
    """Lowers a whole program. ``lower`` gives the Program; errors of pass 3 are SemanticErrors."""

    def __init__(self, analysis: Analysis, defines: dict[str, int]) -> None:
        self.analysis = analysis
        self.options = analysis.options
        self.limits = defines
        self.string_limit = limits.value(defines, "MAXSTRINGLEN") - 1
        self.places = Places("<stapy program>")
        self.ranges = Ranges(analysis)
        self.embedded = EmbeddedPython(self)
        self.needs_kernel = False
        self.asks_who_runs = False  # begin and end probes know without a kernel, timers do not
        self.names = Names()
        self.namespace: dict[str, Any] = {
            "ScriptError": program.ScriptError,
            "EMPTY": EMPTY,
            "Array": Array,
            "Statistics": Statistics,
            "NEXT": operations.NEXT,
            **printf.NAMESPACE,
            **{
                name: getattr(operations, name)
                for name in (
                    "wrap",
                    "divide",
                    "modulo",
                    "cut",
                    "put",
                    "put_old",
                    "add_sample",
                    "put_sample",
                    "exceeded",
                    "nested_too_deep",
                    "exhausted",
                    "embedded_error",
                    "caught",
                    "store",
                    "store_bits",
                    "store_register",
                    "read_string",
                    "shown",
                    "read_sized",
                    "read_user_sized",
                    "read_register",
                )
            },
        }
        self.calls = Calls(analysis, self.limits)
        self.most_actions = WIDE_OPEN if self.options.suppress_time_limits else limits.actions(defines)
        self.keeps_matches = any(
            isinstance(f, LibraryFunction) and f.name in ("matched", "matched_str", "ngroups")
            for f in analysis.functions
        )
        self._function_names: dict[int, str] = {}
        self._dispatchers: dict[tuple[int, ...], str] = {}
        self._dispatcher_lines: list[str] = []
        self._regexes: dict[str, str] = {}
        self._statistics: dict[int, StatisticsUse] = {}

    # ------------------------------------------------------------ the whole

    def lower(self) -> Program:
        self._collect_statistics()
        sections: list[list[str]] = [self._heading(), self._globals()]
        sections += self.embedded.top_level()
        bodies: list[list[str]] = []
        for function in self.analysis.script_functions():
            bodies.append(self._function(function))
        handlers = self._handlers(bodies)
        sections += [[*self._dispatcher_lines]] if self._dispatcher_lines else []
        sections += bodies
        source, lines = [], 0
        for section in sections:
            for line in section:
                lines += 1
                source.append(self.places.write(lines, line))
            if section:
                lines += 1
                source.append("")
        text = "\n".join(source)
        self._execute(text)
        return self._program(text, handlers)

    def _heading(self) -> list[str]:
        return [f'"""{self.options.module_name or "stapy_script"}: Python made from a SystemTap script."""']

    def _execute(self, text: str) -> None:
        try:
            code = compile(text, self.places.filename, "exec")
        except (SyntaxError, RecursionError, MemoryError) as error:
            place = self.embedded.place_in_trouble()
            if place is not None:
                raise SemanticError(f"embedded code is not valid Python: {error}", place) from None
            if isinstance(error, (RecursionError, MemoryError)):
                raise SemanticError("expression too deeply nested") from None
            if "too many" in str(error):  # levels of indentation (100), nested blocks (20): Python's limits
                raise SemanticError("statements too deeply nested") from None
            raise
        try:
            exec(code, self.namespace)
        except (Exception, SystemExit) as error:
            place = self.embedded.place_in_trouble()
            if place is None:
                raise
            raise SemanticError(f"embedded code: {type(error).__name__}: {error}", place) from error

    # ------------------------------------------------------------ globals

    def global_name(self, variable: tree.Variable) -> str:
        return self.names.name(variable, variable.name, "g_")

    def _globals(self) -> list[str]:
        return [f"{self.global_name(variable)} = {self._initial(variable)}" for variable in self.analysis.globals]

    def _initial(self, variable: tree.Variable) -> str:
        if variable.key_types:
            return self._array(variable)
        if variable.type is Type.STATS:
            return self._statistics_text(variable)
        initial = variable.initial
        if isinstance(initial, tree.String):
            return ascii(cut(initial.value, self.string_limit))
        if isinstance(initial, tree.Number):
            return str(initial.value)
        return '""' if variable.type is Type.STRING else "0"

    def _array(self, variable: tree.Variable) -> str:
        size = variable.size or limits.value(self.limits, "MAXMAPENTRIES")
        arguments = [str(size)]
        if variable.wrap:
            arguments.append("wrap=True")
        if variable.type is Type.STRING:
            arguments.append('default=""')
        elif variable.type is Type.STATS:
            arguments.append("default=EMPTY")
            made = self._statistics_text(variable)
            if made != "Statistics()":
                arguments.append(f"make=lambda: {made}")
                arguments[arguments.index("default=EMPTY")] = f"default={made}"
        if variable.size:
            arguments.append("sized=True")
        return f"Array({', '.join(arguments)})"

    def _statistics_text(self, variable: tree.Variable) -> str:
        use = self._statistics.get(id(variable))
        if use is None:
            return "Statistics()"
        given = {name: self.limits[limit] for name, limit in HISTOGRAM_LIMITS.items() if limit in self.limits}
        return use.text(given)

    def _collect_statistics(self) -> None:
        """What the script asks of each statistics variable: a histogram, the variance."""
        for unit in units(self.analysis):
            for node in descend(unit.body):
                if isinstance(node, (tree.Statistic, tree.Histogram)):
                    operand = node.operand
                    symbol = operand.array if isinstance(operand, tree.Index) else operand
                    assert isinstance(symbol, tree.Symbol)
                    self._statistics.setdefault(id(symbol.referent), StatisticsUse()).note(node)

    def regex(self, pattern: tree.String) -> str:
        """The name of a compiled regular expression. Raises SemanticError for one that is malformed."""
        from stapy.runtime.values import regex

        known = self._regexes.get(pattern.value)
        if known is None:
            known = f"regex_{len(self._regexes) + 1}"
            try:
                self.namespace[known] = regex.Regex(pattern.value)
            except regex.RegexError as error:
                raise SemanticError(str(error), pattern.token) from None
            self._regexes[pattern.value] = known
        return known

    # ------------------------------------------------------------ functions

    def function_name(self, function: tree.Function) -> str:
        known = self._function_names.get(id(function))
        if known is None:
            known = self.names.name(function, function.name, "f_")
            self._function_names[id(function)] = known
        return known

    def library_name(self, function: LibraryFunction) -> str:
        declaration = function.declaration
        name = f"t_{function.name}"
        if self.namespace.get(name, declaration.call) is not declaration.call:  # another overload
            name = f"t_{function.name}_{len(declaration.parameters)}"
        self.namespace[name] = declaration.call
        if declaration.at_begin:
            self.asks_who_runs |= declaration.needs_kernel
        else:
            self.needs_kernel |= declaration.needs_kernel
        return name

    def callable_for(self, node: tree.Call) -> str:
        """The name that a call calls: the function, or what tries several overloads in turn."""
        first = node.referents[0]
        if isinstance(first, LibraryFunction):
            return self.library_name(first)
        if not may_pass_on(first):
            return self.function_name(first)
        tried: list[Callee] = []
        for function in node.referents:
            tried.append(function)
            if not may_pass_on(function):
                break
        key = tuple(id(function) for function in tried)
        known = self._dispatchers.get(key)
        if known is None:
            known = self._dispatchers[key] = f"{self.function_name(first)}_or_next"
            while list(self._dispatchers.values()).count(known) > 1:
                known = self._dispatchers[key] = known + "_"
            self._dispatch(known, tried)
        return known

    def _dispatch(self, name: str, tried: list[Callee]) -> None:
        parameters = ", ".join(f"a{number}" for number in range(len(tried[0].parameters)))
        lines = self._dispatcher_lines
        lines.append(f"def {name}(c{', ' if parameters else ''}{parameters}):")
        for function in tried:
            if isinstance(function, LibraryFunction):
                called, with_context = self.library_name(function), function.declaration.takes_context
            else:
                called, with_context = self.function_name(function), True
            arguments = ", ".join(part for part in ("c" if with_context else "", parameters) if part)
            lines.append(f"    result = {called}({arguments})")
            lines.append("    if result is not NEXT: return result")
        lines.append("    exhausted()")
        lines.append("")

    def _function(self, function: tree.Function) -> list[str]:
        name = self.function_name(function)
        if isinstance(function.body, tree.EmbeddedCode):
            return self.embedded.function(function, name)
        return UnitLowering(self, function, name).lines()

    # ------------------------------------------------------------ handlers

    def _handlers(self, bodies: list[list[str]]) -> dict[int, tuple[str, str | None]]:
        """Lower every handler; handlers with the same text share one function."""
        made: dict[int, tuple[str, str | None]] = {}
        same: dict[str, str] = {}
        for instance in self.analysis.instances:
            if id(instance.handler) not in made:
                made[id(instance.handler)] = self._handler(instance.handler, bodies, same)
        return made

    def _handler(self, handler: Handler, bodies: list[list[str]], same: dict[str, str]) -> tuple[str, str | None]:
        count = len(same) + 1
        name = f"probe_{count}"
        lines = UnitLowering(self, handler, name).lines()
        entry = None
        if handler.entry:
            entry = f"{name}_entry"
            lines += ["", *UnitLowering(self, handler, entry).entry_lines()]
        text = unmarked("\n".join(lines)).replace(name, "probe", 1).replace(f"def {entry}", "def entry")
        if text in same:
            name = same[text]
            return name, f"{name}_entry" if entry else None
        same[text] = name
        bodies.append(lines)
        return name, entry

    # ------------------------------------------------------------ the Program

    def _program(self, text: str, handlers: dict[int, tuple[str, str | None]]) -> Program:
        namespace = self.namespace
        probes = []
        for index, instance in enumerate(self.analysis.instances):
            name, entry = handlers[id(instance.handler)]
            handler, at_call = namespace[name], namespace[entry] if entry else None
            if instance.callers:
                handler, at_call = self._only_from(instance, handler, at_call)
            condition = self._condition(instance.handler)
            probe = program.Probe(instance.event, handler, instance.name, instance.point, at_call, condition, index)
            probes.append(probe)
        kernel_events = (program.Breakpoint, program.FunctionReturn, program.JprobeEntry, program.Watchpoint)
        needs_kernel = self.needs_kernel or any(
            isinstance(probe.event, kernel_events)
            or getattr(probe.event, "profile", False)
            or (self.asks_who_runs and isinstance(probe.event, program.Timer))
            for probe in probes
        )
        return Program(
            probes,
            [self._global(variable) for variable in self.analysis.globals],
            text,
            self.limits,
            self.places.place_of,
            needs_kernel,
            self.options.module_name or "stapy_script",
        )

    def _only_from(
        self, instance: Instance, handler: program.Handler, at_call: program.Handler | None
    ) -> tuple[program.Handler, program.Handler | None]:
        """The handlers of a callee probe: they run for calls that come from the caller's code. A return probe decides
        that at the call."""
        called_from, callers = operations.called_from, instance.callers

        def entered(c: Any) -> None:
            if called_from(c, callers):
                handler(c)

        def call(c: Any) -> None:
            c.instance.data = None
            if called_from(c, callers):
                c.instance.data = ()
                if at_call is not None:
                    at_call(c)

        def returned(c: Any) -> None:
            if c.instance.data is not None:
                handler(c)

        return (returned, call) if isinstance(instance.event, program.FunctionReturn) else (entered, None)

    def _global(self, variable: tree.Variable) -> program.Global:
        name = self.global_name(variable)
        namespace = self.namespace

        def change(value: Any) -> None:
            namespace[name] = operations.wrap(value) if isinstance(value, int) else value

        pointer = bool(variable.ctype is not None and variable.type is Type.LONG and _is_pointer(variable.ctype))
        displayed = variable in self.analysis.displayed
        return program.Global(variable.name, lambda: namespace[name], change, displayed, pointer)

    def _condition(self, handler: Handler) -> Callable[[], Any] | None:
        if handler.condition is None:
            return None
        unit = UnitLowering(self, handler, "condition")
        text = unmarked(unit.expressions.condition(handler.condition).at(0))
        return eval(f"lambda: {text}", self.namespace)  # the compiler's own text


def _is_pointer(ctype: Any) -> bool:
    from stapy.runtime.debuginfo.types import Pointer

    return isinstance(ctype.strip(), Pointer)


class StatisticsUse:
    """What one statistics variable has to keep."""

    def __init__(self) -> None:
        self.histogram: tuple[Any, ...] | None = None
        self.variance = False
        self.shift = 0

    def note(self, node: tree.Statistic | tree.Histogram) -> None:
        """Take in one use. Raises SemanticError where a variable would need two histograms, or for bad parameters."""
        symbol = node.operand.array if isinstance(node.operand, tree.Index) else node.operand
        assert isinstance(symbol, tree.Symbol)
        if isinstance(node, tree.Statistic):
            if node.function == "variance":
                self.variance = True
                if node.argument:
                    if not 0 <= node.argument <= 62:
                        raise SemanticError(f"bit shift ({node.argument}) out of range <0..62>", node.token)
                    if self.shift not in (0, node.argument):
                        message = f"conflicting bit shifts declared (previously {self.shift})"
                        raise SemanticError(message, node.token)
                    self.shift = node.argument
            return
        wanted: tuple[Any, ...] = ("log",) if node.function == "hist_log" else ("linear", *node.parameters)
        if self.histogram is not None and self.histogram != wanted:
            raise SemanticError(f"multiple histogram types declared on '__global_{symbol.name}'", node.token)
        if len(wanted) > 1:
            check_linear(node)
        self.histogram = wanted

    def text(self, drawn: dict[str, int]) -> str:
        """The Python that makes the statistics; ``drawn`` is how the script wants histograms drawn."""
        arguments = []
        if self.shift:
            arguments.append(f"shift={self.shift}")
        if self.variance:
            arguments.append("variance=True")
        if self.histogram is not None:
            arguments.append(f"histogram={self.histogram!r}")
            arguments += [f"{name}={value}" for name, value in drawn.items()]
        return f"Statistics({', '.join(arguments)})"


def check_linear(node: tree.Histogram) -> None:
    """The parameters of @hist_linear. Raises SemanticError."""
    low, high, step = node.parameters
    if step <= 0:
        raise SemanticError("histogram: the interval has to be above 0", node.token)
    if low > high:
        raise SemanticError("histogram: the low bound lies above the high one", node.token)
    if (high - low) // step > 100_000:
        raise SemanticError("histogram: too many buckets", node.token)


class Calls:
    """The call graph: which functions recurse, which count actions, how deep calls can nest."""

    def __init__(self, analysis: Analysis, given: dict[str, int]) -> None:
        self.called: dict[int, list[tree.Function]] = {}
        self.functions = {id(f): f for f in analysis.script_functions()}
        for unit in units(analysis):
            roots = [unit.body, *unit.entry] if isinstance(unit, Handler) else [unit.body]
            self.called[id(unit)] = [
                function
                for root in roots
                for node in descend(root)
                if isinstance(node, tree.Call)
                for function in node.referents
                if isinstance(function, tree.Function)
            ]
        self._reach: dict[int, set[int]] = {}
        self._depths: dict[int, int] = {}
        self._paths = 0
        self.recursive = {key for key in self.functions if key in self._reached(key)}
        depth = max((self._depth(id(unit), set()) for unit in analysis.handlers), default=0)
        self.most_nested = depth + 1 + (10 if self.recursive else 0)
        asked = given.get("MAXNESTING", 0)
        if asked:
            self.most_nested = asked
        everything = asked and asked <= depth
        self.nesting = {
            key for key in self.functions if everything or key in self.recursive or self._reached(key) & self.recursive
        }
        self._statements: dict[int, int] = {}
        self.endless: set[int] = set()  # units whose actions are counted as they run
        if not analysis.options.suppress_time_limits:
            self._find_endless(analysis)

    def _reached(self, start: int) -> set[int]:
        """The functions that ``start`` calls, directly or through others."""
        known = self._reach.get(start)
        if known is not None:
            return known
        seen: set[int] = set()
        self._reach[start] = seen
        waiting = list(self.called.get(start, ()))
        while waiting:
            function = waiting.pop()
            if id(function) not in seen:
                seen.add(id(function))
                waiting += self.called.get(id(function), ())
        return seen

    def _find_endless(self, analysis: Analysis) -> None:
        for unit in units(analysis):
            if self.statements(unit) >= MOST_STATEMENTS or self._reached(id(unit)) & self.recursive:
                self.endless.add(id(unit))
            elif self._entries(id(unit), {}) > MOST_ENTRIES:
                self.endless |= {id(unit), *self._reached(id(unit))}

    def statements(self, unit: Handler | tree.Function) -> int:
        """How many statements a call of ``unit`` can run at most, those of what it calls included; MOST_STATEMENTS or
        more where that has no limit."""
        known = self._statements.get(id(unit))
        if known is None:
            self._statements[id(unit)] = MOST_STATEMENTS  # for one that calls itself
            known = self._statements[id(unit)] = self._most(unit.body)
        return known

    def _most(self, node: tree.Node | None) -> int:
        if node is None or isinstance(node, tree.EmbeddedCode):
            return 0
        if isinstance(node, tree.Block):
            return sum(map(self._most, node.statements))
        if isinstance(node, (tree.For, tree.Foreach)):
            return MOST_STATEMENTS
        if isinstance(node, tree.If):
            return 1 + self._called(node.condition) + max(self._most(node.then), self._most(node.otherwise))
        if isinstance(node, tree.Try):
            return self._most(node.body) + self._most(node.handler)
        if isinstance(node, tree.Return):  # stap passes over what its value calls
            return 1
        return 1 + self._called(node)

    def _entries(self, start: int, known: dict[int, int]) -> int:
        """How many functions are entered from ``start``, where nothing recurses: functions that each call the next one
        twice come to very many without a loop."""
        if start not in known:
            known[start] = 1 + sum(self._entries(id(function), known) for function in self.called.get(start, ()))
        return known[start]

    def _called(self, node: tree.Node) -> int:
        """The statements of the functions that an expression calls."""
        return sum(self.statements(function) for found in descend(node) if isinstance(found, tree.Call)
                   for function in found.referents if isinstance(function, tree.Function))

    def _depth(self, start: int, path: set[int]) -> int:
        """How deep the calls from ``start`` go, none of ``path`` entered twice. With recursion that is as hard as the
        travelling salesman's problem: what is not looked at after MOST_PATHS steps counts as no deeper."""
        if start in self._depths:
            return self._depths[start]
        if start in path or self._paths > MOST_PATHS:
            return 0
        self._paths += 1
        path.add(start)
        below = [self._depth(id(function), path) for function in dict.fromkeys(self.called.get(start, ()))]
        path.discard(start)
        depth = max((1 + depth for depth in below), default=0)
        if start not in self.recursive and not self._reached(start) & self.recursive:
            self._depths[start] = depth
        return depth

    def reaches_nesting(self, key: int) -> bool:
        return any(id(function) in self.nesting for function in self.called.get(key, ()))

    def reaches_counting(self, key: int) -> bool:
        """Whether functions called from here count actions too."""
        return bool(self._reached(key) & self.endless)


# ---------------------------------------------------------------- one function or handler


class UnitLowering:
    """Lowers one function or handler."""

    def __init__(self, lowering: ProgramLowering, unit: Handler | tree.Function, name: str) -> None:
        self.program = lowering
        self.unit = unit
        self.name = name
        self.is_function = isinstance(unit, tree.Function)
        self.names = Names()
        self.out = Lines(1)
        self.reads_memory = self.reads_registers = False
        self.prints = 0
        self.loops = 0
        self.used_globals: set[str] = set()
        self.written_globals: set[str] = set()
        self.temporaries: dict[str, int] = {}
        self.expressions = ExpressionLowering(self)
        calls = lowering.calls
        self.counts = id(unit) in calls.endless
        self.shares_count = self.counts and (self.is_function or calls.reaches_counting(id(unit)))
        self.pending = 0
        self.steps: list[tree.ExpressionStatement | None] = []  # of the loops around: what continue has to do
        self.parameters = {id(p) for p in unit.parameters} if isinstance(unit, tree.Function) else set()
        self.has_nesting = self.is_function and id(unit) in calls.nesting

    # ------------------------------------------------------------ names

    def variable(self, variable: tree.Variable) -> str:
        """The Python name of a variable."""
        if variable.is_global:
            name = self.program.global_name(variable)
            self.used_globals.add(name)
            return name
        return self.names.name(variable, variable.name)

    def assigned(self, variable: tree.Variable) -> str:
        """The same of one that is assigned to."""
        name = self.variable(variable)
        if variable.is_global:
            self.written_globals.add(name)
        return name

    def temporary(self, kind: str) -> str:
        """A fresh name."""
        self.temporaries[kind] = self.temporaries.get(kind, 0) + 1
        return f"_{kind}{self.temporaries[kind]}"

    @property
    def emit(self) -> str:
        self.prints += 1 + self.loops
        return "emit"

    def add(self, text: str) -> None:
        self.out.add(text)

    # ------------------------------------------------------------ the whole

    def lines(self) -> list[str]:
        if isinstance(self.unit, Handler) and not self.counts:
            statements = self.program.calls.statements(self.unit)
            if statements > self.program.most_actions and not self.program.options.suppress_time_limits:
                return [self._header(), "    exceeded(True)"]
        self._collect_written()
        self.statement(self.unit.body)
        self.flush_actions(self.unit.body.token)
        if self.is_function:
            self._end_of_function()
        return [self._header(), *self._prologue().text(), *self.out.text()]

    def entry_lines(self) -> list[str]:
        """The handler that runs at the call of a probed function and saves what the return handler reads."""
        assert isinstance(self.unit, Handler)
        defaults = ", ".join('""' if expression.type is Type.STRING else "0" for expression in self.unit.entry)
        self.add(f"c.instance.data = ({defaults},)")
        values = ", ".join(self.expressions.text(expression) for expression in self.unit.entry)
        self.add(f"c.instance.data = ({values},)")
        return [f"def {self.name}(c):", *self._prologue(local_variables=False).text(), *self.out.text()]

    def _collect_written(self) -> None:
        from stapy.compiler.optimize import Uses

        uses = Uses()
        uses.visit(self.unit.body)
        for variable in uses.written:
            if variable.is_global and not variable.key_types and variable.type is not Type.STATS:
                self.assigned(variable)

    def _header(self) -> str:
        if not isinstance(self.unit, tree.Function):
            return f"def {self.name}(c):"
        parameters = "".join(f", {self.variable(parameter)}" for parameter in self.unit.parameters)
        return f"def {self.name}(c{parameters}):"

    def _prologue(self, local_variables: bool = True) -> Lines:
        lines = Lines(1)
        declared = sorted(self.written_globals)
        if self.shares_count:
            declared.append("actions")
        if self.has_nesting or (not self.is_function and self.program.calls.reaches_nesting(id(self.unit))):
            declared.append("nesting")
        if declared:
            lines.add(f"global {', '.join(declared)}")
        if self.counts and not self.is_function:
            lines.add(f"actions = {self.program.most_actions}")
        if self.has_nesting:
            token = self.unit.token
            call = self.program.places.mark("nested_too_deep()", token)
            lines.add(f"if nesting >= {self.program.calls.most_nested}: {call}")
            lines.add("nesting += 1")
        elif "nesting" in declared:
            lines.add("nesting = 0")
        if self.prints:
            lines.add("emit = c.session.emit")
        if self.reads_memory:
            self.program.needs_kernel = True
            lines.add("memory = c.kernel.memory")
        if self.reads_registers:
            lines.add("register = c.regs.register")
        if local_variables:
            for variable in self.unit.locals:
                if not assigned_first(variable, self.unit.body):
                    initial = '""' if variable.type is Type.STRING else "0"
                    lines.add(f"{self.variable(variable)} = {initial}")
        elif isinstance(self.unit, Handler):
            # nothing assigns to a local at the call, so it has its first value there
            for variable in self.unit.entry_locals:
                initial = '""' if variable.type is Type.STRING else "0"
                lines.add(f"{self.variable(variable)} = {initial}")
        if not self.out.lines:
            lines.add("pass")
        return lines

    def _end_of_function(self) -> None:
        function = self.unit
        assert isinstance(function, tree.Function)
        if self.has_nesting:
            self.add("nesting -= 1")
        if function.result is Type.STRING:
            self.add('return ""')
        elif function.result is Type.LONG:
            self.add("return 0")
        elif not self.out.lines:
            self.add("pass")

    # ------------------------------------------------------------ actions

    def count(self, token: tree.Token, actions: int = 1) -> None:
        self.pending += actions
        if self.pending >= AT_ONCE:
            self.flush_actions(token)

    def flush_actions(self, token: tree.Token) -> None:
        """Have what was counted so far checked: the end of a basic block."""
        if self.counts and self.pending:
            call = self.program.places.mark("exceeded()", token)
            self.add(f"actions -= {self.pending}")
            self.add(f"if actions <= 0: {call}")
        self.pending = 0

    def count_calls(self, *nodes: tree.Node | None) -> None:
        """Count what functions without loops run that are called from ``nodes``: they do not count themselves."""
        if not self.counts:
            return
        calls = self.program.calls
        for node in nodes:
            for found in descend(node) if node is not None else ():
                if isinstance(found, tree.Call):
                    for function in found.referents:
                        if isinstance(function, tree.Function) and id(function) not in calls.endless:
                            self._count_call(found, function)

    def _count_call(self, call: tree.Call, function: tree.Function) -> None:
        statements = self.program.calls.statements(function)
        if statements > 1:
            self.add(f"if actions < {statements}: {self.program.places.mark('exceeded()', function.token)}")
        self.pending += statements
        self.flush_actions(call.token)

    # ------------------------------------------------------------ statements

    def statement(self, node: tree.Statement | None) -> None:
        if node is not None:
            getattr(self, "do_" + type(node).__name__.lower())(node)

    def block(self, node: tree.Statement | None) -> None:
        """A statement indented under what was written last; ``pass`` where it comes to nothing."""
        self.out.indent += 1
        before = len(self.out.lines)
        self.statement(node)
        if node is not None:
            self.flush_actions(node.token)
        if len(self.out.lines) == before:
            self.add("pass")
        self.out.indent -= 1

    def do_block(self, node: tree.Block) -> None:
        for statement in node.statements:
            self.statement(statement)

    def do_null(self, node: tree.Null) -> None:
        pass

    def do_embeddedcode(self, node: tree.EmbeddedCode) -> None:
        self.program.embedded.statement(self, node)

    def do_expressionstatement(self, node: tree.ExpressionStatement) -> None:
        value = node.value
        self.count_calls(value)
        self._expression(value)
        self.count(node.token)

    def _expression(self, value: tree.Expression) -> None:
        if isinstance(value, tree.Assignment):
            self._assignment(value)
        elif isinstance(value, (tree.PreCrement, tree.PostCrement)):
            one = tree.Number(value.token, 1, type=Type.LONG)
            self._assignment(tree.Assignment(value.token, value.operand, value.operator[0] + "=", one, type=Type.LONG))
        elif isinstance(value, tree.Print) and value.to_stream:
            text = self.expressions.print_text(value)
            self.add(f"{self.emit}({text.text})")
        else:
            code = self.expressions.value(value)
            if not code.simple:
                self.add(code.text)

    def _assignment(self, node: tree.Assignment) -> None:
        left = node.left
        if node.operator == "<<<":
            self._add_sample(left, node.right)
        elif isinstance(left, tree.Symbol):
            self._assign_variable(node, left.referent)
        elif isinstance(left, tree.Index):
            self._assign_element(node, left)
        else:
            self.add(self.expressions.lower_assignment(node).text)

    def _add_sample(self, target: tree.Expression, right: tree.Expression) -> None:
        """``target <<< right``; an element comes into being only once its sample is known."""
        value = self.expressions.value(right)
        if isinstance(target, tree.Index):
            assert isinstance(target.array, tree.Symbol)
            array, key = self.variable(target.array.referent), self.expressions.key_value(target.keys)
            if not value.simple:
                keys = [self.expressions.value(part) for part in target.keys if part is not None]
                if has_effects(right) and not all(code.constant for code in keys):
                    name = self.temporary("k")
                    self.add(f"{name} = {key}")
                    key = name
                name = self.temporary("v")
                self._set(name, value)
                value = Code(name)
            statistics = self.program.places.mark(f"{array}.statistics({key})", target.token)
        else:
            assert isinstance(target, tree.Symbol)
            statistics = self.variable(target.referent)
        self.add(f"{statistics}.add({value.text})")

    def _assign_variable(self, node: tree.Assignment, variable: tree.Variable) -> None:
        name = self.assigned(variable)
        expressions = self.expressions
        if variable.type is not Type.LONG:
            value = expressions.assigned(node, Code(name, length=expressions.limit))
            self.add(f"{name} = {value.at(0)}")
            return
        if node.operator == "=":
            self._set(name, expressions.value(node.right))
            return
        right = expressions.value(node.right)
        if has_effects(node.right):  # the old value is read after that
            new = self.temporary("r")
            self._set(new, right)
            right = right._replace(text=new, level=ATOM, wide=None)
        operator = node.operator[:-1]
        if operator not in ("+", "-", "*", "&", "|", "^"):
            self._set(name, expressions.combined(node, Code(name), right))
            return
        known = self.program.ranges.variable(variable)
        self.add(f"{name} {node.operator} {right.raw.at(0)}")
        if not fits(binary(operator, known, right.raw.range)) and (known == FULL or right.wide is not None):
            self._fit(name)

    def _set(self, name: str, code: Code) -> None:
        """``name = expression``; where the number may be too wide, that is seen to in a line of its own."""
        self.add(f"{name} = {code.raw.at(0)}")
        if code.wide is not None:
            self._fit(name)

    def _fit(self, name: str) -> None:
        self.add(f"if not {LOWEST} <= {name} <= {HIGHEST}: {name} = wrap({name})")

    def _assign_element(self, node: tree.Assignment, target: tree.Index) -> None:
        """``array[key] = value``: a plain store while the array has room."""
        assert isinstance(target.array, tree.Symbol)
        variable = target.array.referent
        array = self.variable(variable)
        expressions = self.expressions
        codes = [expressions.value(key) for key in target.keys if key is not None]
        text = ", ".join(code.text if len(codes) > 1 else code.at(0) for code in codes)
        writes_twice = all(code.simple or code.constant for code in codes)
        if writes_twice and has_effects(node.right):  # which could change the key
            writes_twice = all(code.constant for code in codes)
        if not writes_twice:
            key = self.temporary("k")
            self.add(f"{key} = ({text})" if len(codes) > 1 else f"{key} = {text}")
            text = key
        old = Code(f"{array}[{text}]", range=self.program.ranges.variable(variable), length=expressions.limit)
        value = expressions.assigned(node, old)
        new = value.at(0)
        if value.wide is not None or (not value.simple and (has_effects(node.right) or len(unmarked(new)) > 30)):
            new = self.temporary("v")
            self._set(new, value)
        size = variable.size or limits.value(self.program.limits, "MAXMAPENTRIES")
        self.add(f"if len({array}) < {size}: {array}[{text}] = {new}")
        key_text = f"({text})" if writes_twice and len(codes) > 1 else text
        put = self.program.places.mark(f"{array}.put({key_text}, {new})", target.token)
        self.add(f"else: {put}")

    def do_if(self, node: tree.If) -> None:
        self.count(node.token)
        self.flush_actions(node.token)
        self.count_calls(node.condition)
        self.add(f"if {self.expressions.condition(node.condition).at(0)}:")
        self.block(node.then)
        otherwise = node.otherwise
        if isinstance(otherwise, tree.If) and not self.counts:
            before = len(self.out.lines)
            self.do_if(otherwise)
            indent, text = self.out.lines[before]
            if text.startswith("if "):
                self.out.lines[before] = (indent, "el" + text)
                return
            raise AssertionError("an if that does not begin with if")
        if otherwise is not None:
            self.add("else:")
            self.block(otherwise)

    def do_for(self, node: tree.For) -> None:
        if node.initial is not None:
            self.statement(node.initial)
        self.count(node.token)
        self.flush_actions(node.token)
        condition = self.expressions.condition(node.condition)
        self.add("while True:" if condition.text == "1" else f"while {condition.at(0)}:")
        self.loops += 1
        self.steps.append(node.step)
        self.out.indent += 1
        self.count(node.token)  # stands for the condition
        before = len(self.out.lines)
        self.count_calls(node.condition)
        self.statement(node.body)
        self.flush_actions(node.token if isinstance(node.body, tree.Null) else node.body.token)
        if node.step is not None:
            self.statement(node.step)
            self.pending = 0
        if len(self.out.lines) == before:
            self.add("pass")
        self.out.indent -= 1
        self.steps.pop()
        self.loops -= 1
        self.count(node.token, int(node.step is not None))

    def do_foreach(self, node: tree.Foreach) -> None:
        self.count(node.token)
        self.flush_actions(node.token)
        if isinstance(node.array, tree.Histogram):
            self._foreach_bucket(node)
        else:
            self._foreach_key(node)
        self.loops += 1
        self.steps.append(None)
        self.out.indent += 1
        self.count(node.token)
        if not isinstance(node.array, tree.Histogram) and node.value is not None and not self._whole(node):
            array = self.variable(node.array.referent)  # type: ignore[attr-defined]
            keys = ", ".join(self.assigned(key.referent) for key in node.keys)
            self.add(f"{self.assigned(node.value.referent)} = {array}[{keys}]")
        self.statement(node.body)
        self.flush_actions(node.body.token)
        if self.out.lines[-1][0] < self.out.indent:
            self.add("pass")
        self.out.indent -= 1
        self.steps.pop()
        self.loops -= 1

    def _whole(self, node: tree.Foreach) -> bool:
        """Whether the loop goes over all of the array as it is."""
        return not node.sort_direction and node.limit is None and node.slice is None

    def _foreach_key(self, node: tree.Foreach) -> None:
        assert isinstance(node.array, tree.Symbol)
        array = self.variable(node.array.referent)
        targets = ", ".join(self.assigned(key.referent) for key in node.keys)
        if self._whole(node):
            if node.value is None:
                self.add(f"for {targets} in {array}:")
            else:
                keys = f"({targets})" if len(node.keys) > 1 else targets
                self.add(f"for {keys}, {self.assigned(node.value.referent)} in {array}.items():")
            return
        arguments = [str(node.sort_column), str(node.sort_direction)]
        if node.sort_aggregate is not None:
            arguments.append(repr(node.sort_aggregate))
        if node.limit is not None:
            arguments.append(f"limit={self.expressions.text(node.limit)}")
        if node.slice is not None:
            arguments.append(f"pattern=({self.expressions.key(node.slice)},)")
        self.add(f"for {targets} in {array}.ordered({', '.join(arguments)}):")

    def _foreach_bucket(self, node: tree.Foreach) -> None:
        """A loop over buckets: always upwards, whatever the script says of sorting."""
        assert isinstance(node.array, tree.Histogram)
        histogram = self.expressions.statistics(node.array.operand)
        key = self.assigned(node.keys[0].referent)
        count = f"{histogram}.buckets"
        if node.limit is not None:
            limit = self.temporary("n")
            self.add(f"{limit} = {self.expressions.text(node.limit)}")
            count += f" and ({limit} := {limit} - 1) >= 0"
        self.add(f"{key} = -1")
        self.add(f"while ({key} := {key} + 1) < {count}:")
        if node.value is not None:
            self.out.indent += 1
            self.add(f"{self.assigned(node.value.referent)} = {histogram}.counted({key})")
            self.out.indent -= 1

    def do_return(self, node: tree.Return) -> None:
        self.count_calls(node.value)
        self.count(node.token)
        self.flush_actions(node.token)
        value = self.expressions.value(node.value).at(0) if node.value is not None else ""
        if self.has_nesting:
            if value and not unmarked(value).isidentifier():
                self.add(f"result = {value}")
                value = "result"
            self.add("nesting -= 1")
        self.add(f"return {value}".rstrip())

    def do_next(self, node: tree.Next) -> None:
        self.count(node.token)
        self.flush_actions(node.token)
        if self.has_nesting:
            self.add("nesting -= 1")
        self.add("return NEXT" if self.is_function else "return")

    def do_break(self, node: tree.Break) -> None:
        if not self.steps:
            raise SemanticError("cannot 'break' outside loop", node.token)
        self.count(node.token)
        self.flush_actions(node.token)
        self.add("break")

    def do_continue(self, node: tree.Continue) -> None:
        if not self.steps:
            raise SemanticError("cannot 'continue' outside loop", node.token)
        self.count(node.token)
        self.flush_actions(node.token)
        step = self.steps[-1]
        if step is not None:
            pending = self.pending
            self.statement(step)
            self.pending = pending
        self.add("continue")

    def do_delete(self, node: tree.Delete) -> None:
        self.count(node.token)
        value = node.value
        if isinstance(value, tree.Index):
            assert isinstance(value.array, tree.Symbol)
            array = self.variable(value.array.referent)
            if any(key is None for key in value.keys):
                self.add(f"{array}.delete(({self.expressions.key(value.keys)},))")
            else:
                self.add(f"{array}.pop({self.expressions.key_value(value.keys)}, None)")
            return
        assert isinstance(value, tree.Symbol)
        variable = value.referent
        if variable.key_types or variable.type is Type.STATS:
            self.add(f"{self.variable(variable)}.clear()")
        else:
            self.add(self._cleared(variable))

    def _cleared(self, variable: tree.Variable) -> str:
        empty = '""' if variable.type is Type.STRING else "0"
        return f"{self.assigned(variable)} = {empty}"

    def do_try(self, node: tree.Try) -> None:
        self.flush_actions(node.token)
        nests = self.has_nesting or self.program.calls.reaches_nesting(id(self.unit))
        if nests:
            saved = self.temporary("nesting")
            self.add(f"{saved} = nesting")
        self.add("try:")
        self.block(node.body)
        self.add("except Exception as error:")
        self.out.indent += 1
        call = f"caught(error, {self.program.string_limit})"
        if node.error is not None:
            self.add(f"{self.assigned(node.error.referent)} = {call}")
        else:
            self.add(call)
        if nests:
            self.add(f"nesting = {saved}")
        self.count(node.token)
        self.flush_actions(node.token)
        self.statement(node.handler)
        if node.handler is not None:
            self.flush_actions(node.handler.token)
        self.out.indent -= 1


def assigned_first(variable: tree.Variable, body: tree.Node) -> bool:
    """Whether the first thing that happens to a local is an assignment, so that it needs no initial value."""
    statements = body.statements if isinstance(body, tree.Block) else [body]
    for statement in statements:
        if not mentions(statement, variable):
            continue
        if isinstance(statement, tree.For) and statement.initial is not None and mentions(statement.initial, variable):
            statement = statement.initial
        if not isinstance(statement, tree.ExpressionStatement):
            return False
        value = statement.value
        return (
            isinstance(value, tree.Assignment)
            and value.operator == "="
            and isinstance(value.left, tree.Symbol)
            and value.left.referent is variable
            and not mentions(value.right, variable)
        )
    return False


def mentions(node: tree.Node, variable: tree.Variable) -> bool:
    return any(isinstance(found, tree.Symbol) and found.referent is variable for found in descend(node))


# ---------------------------------------------------------------- embedded code


class EmbeddedPython:
    """``%{ ... %}`` in guru mode: Python here, where stap takes C.

    A function's body is the body of a Python function: its parameters are there under their names, ``c`` is the
    handler's Context, ``return`` gives the result. A script's global ``x`` is the Python global ``g_x`` (say ``global
    g_x`` to assign to it). ``%{ ... %}`` as an expression is a Python expression; at top level it is module
    text, run once when the program is loaded. ``# pure`` in it says that it has no effect but its result.
    """

    def __init__(self, lowering: ProgramLowering) -> None:
        self.program = lowering
        self._tokens: list[tree.Token] = []

    def place_in_trouble(self) -> tree.Token | None:
        return self._tokens[0] if self._tokens else None

    def check(self, code: str, token: tree.Token, header: str) -> list[str]:
        """The lines of embedded code, if it is Python. Raises SemanticError, also for C."""
        lines = [line for line in _dedented(_strip_comments(code)).split("\n") if line.strip()] or ["pass"]
        indented = ["    " + line for line in lines] if header else lines
        try:
            compile("\n".join([header, *indented] if header else indented), "<embedded>", "exec")
        except SyntaxError as error:
            if looks_like_c(code):
                message = "embedded code is Python here, not C: this looks like C"
            else:
                message = f"embedded code is not valid Python: {error.msg} (its line {error.lineno or 0})"
            raise SemanticError(
                message, token, hint="write the body of a Python function: parameters by name, `return value`"
            ) from None
        if looks_like_c(code):
            raise SemanticError("embedded code is Python here, not C: this looks like C", token)
        self._tokens.append(token)
        return indented

    def function(self, function: tree.Function, name: str) -> list[str]:
        assert isinstance(function.body, tree.EmbeddedCode)
        parameters = "".join(f", {parameter.name}" for parameter in function.parameters)
        inner = f"{name}_python"
        header = f"def {inner}(c{parameters}):"
        body = self.check(function.body.code, function.body.token, header)
        lines = [header, *body, "", f"def {name}(c{parameters}):"]
        mark = self.program.places.mark
        lines.append(f"    try: result = {mark(f'{inner}(c{parameters})', function.token)}")
        raised = mark("embedded_error(error)", function.token)
        lines.append(f"    except (Exception, SystemExit) as error: raise {raised}")
        if may_pass_on(function):
            lines.append("    if result is NEXT: return NEXT")
        if function.result is Type.STRING:
            lines.append(f'    return cut("" if result is None else str(result), {self.program.string_limit})')
        elif function.result is Type.LONG:
            lines.append("    return wrap(int(result or 0))")
        return lines

    def expression(self, node: tree.EmbeddedExpression, limit: int) -> Code:
        code = _strip_comments(node.code).strip()
        try:
            compile(code, "<embedded>", "eval")
        except SyntaxError:
            message = "embedded code is Python here, not C: expected a Python expression"
            raise SemanticError(message, node.token) from None
        marked = self.program.places.mark(f"({' '.join(code.split())})", node.token)
        if node.type is Type.STRING:
            return Code(f"cut(str({marked}), {limit})", length=limit)
        return Code(f"wrap(int({marked}))")

    def statement(self, unit: UnitLowering, node: tree.EmbeddedCode) -> None:
        """Embedded code among a handler's statements."""
        name = unit.temporary("python")
        unit.count(node.token)
        unit.add(f"def {name}(c):")
        for line in self.check(node.code, node.token, f"def {name}(c):"):
            unit.out.indent += 1
            unit.add(line[4:])
            unit.out.indent -= 1
        unit.add(unit.program.places.mark(f"{name}(c)", node.token))

    def top_level(self) -> list[list[str]]:
        return [
            self.check(code.code, code.token, "")
            for script in self.program.analysis.scripts
            for code in script.embedded
        ]


def _strip_comments(code: str) -> str:
    """Embedded code without SystemTap's ``/* pragma */`` comments, which Python does not know."""
    return re.sub(r"/\*.*?\*/", lambda match: "\n" * match[0].count("\n"), code, flags=re.DOTALL)


def _dedented(code: str) -> str:
    """Code without the indentation it has in the script; its first line may stand right behind the ``%{``."""
    first, _, rest = code.partition("\n")
    if not first.strip():
        return textwrap.dedent(rest)
    opens_block = first.rstrip().endswith(":")
    return first.strip() + "\n" + textwrap.indent(textwrap.dedent(rest), "    " if opens_block else "")


def looks_like_c(code: str) -> bool:
    """Whether embedded code shows marks of SystemTap's C."""
    return bool(
        re.search(
            r"STAP_(RETVALUE|RETURN|ARG_|ERROR|PRINTF)|THIS\s*->|^\s*#\s*(include|define|if)|;\s*$|->\w",
            code,
            re.MULTILINE,
        )
    )
