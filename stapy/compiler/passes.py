"""The compiler's passes in order: parse, analyse (pass 2), lower (pass 3); and what -p2, -l and -L print."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from typing import Any

from stapy.compiler import lexer, optimize, parser, resolve, tree, types
from stapy.compiler.analysis import Analysis
from stapy.compiler.diagnostics import Reporter, SemanticError
from stapy.compiler.library import TAPSET, Library
from stapy.compiler.listing import dump
from stapy.compiler.lower import ProgramLowering, StatisticsUse
from stapy.compiler.preprocess import Facts, Macro
from stapy.compiler.walk import descend
from stapy.runtime.program import Program

__all__ = ["analyse", "compile_script", "compile_text", "dump", "list_probes", "lower", "parse_all"]

_AT_WORD = re.compile(r"@(\w+)")


class CompileFailedError(Exception):
    """A script that does not compile; ``number`` is the pass. The reporter has said why."""

    def __init__(self, number: int) -> None:
        super().__init__(f"pass {number} failed")
        self.number = number


# ---------------------------------------------------------------- pass 1


def parse_all(sources: Iterable[tree.Source], options: Any, reporter: Reporter) -> list[tree.Script] | None:
    """Parse the user's sources; None (and said why) where one does not parse."""
    sources = list(sources)
    if not sources:
        return None
    given = _parse_options(options)
    if any(word not in _OPERATORS for source in sources for word in _AT_WORD.findall(source.text)):
        given.library = library_macros(options, given.facts)
    scripts = []
    failed = False
    for source in sources:
        try:
            scripts.append(parser.parse(source, given, reporter))
        except parser.ParseFailed:
            failed = True
    if failed:
        return None
    arguments = given.arguments
    assert arguments is not None
    words = re.compile(r"\barg[cv](_\d+)?\b")  # the tapset's globals
    all_asked_for = any(words.search(script.source.text) for script in scripts)
    for number, used in enumerate(arguments.used, 1):
        if not used and not all_asked_for:
            reporter.warning(f"unused command line option ${number}/@{number}")
    return scripts


_OPERATORS = frozenset(word[1:] for word in lexer.OPERATOR_WORDS)


def _parse_options(options: Any) -> parser.ParseOptions:
    guru = bool(getattr(options, "guru", False))
    facts = Facts(arch=getattr(options, "architecture", "x86_64"), guru=guru)
    if getattr(options, "compatible", None):
        facts.systemtap_v = options.compatible
    return parser.ParseOptions(args=list(getattr(options, "arguments", [])), guru=guru, facts=facts)


def library_macros(options: Any, facts: Facts) -> dict[str, Macro]:
    """The macros of the tapset's and ``-I`` directories' .stpm files."""
    from pathlib import Path

    macros: dict[str, Macro] = {}
    for directory in [*map(Path, getattr(options, "include", [])), TAPSET]:
        for path in sorted(directory.rglob("*.stpm")):
            source = tree.Source(str(path), path.read_text(encoding="latin-1"), user=False)
            found = parser.parse_macros(source, parser.ParseOptions(guru=True, tapset=True, facts=facts))
            for macro in found:
                macros.setdefault(macro.name, macro)
    return macros


def library(options: Any, reporter: Reporter) -> Library:
    """The tapset and the files of -I directories, as ``options`` have them."""
    macros: list[dict[str, Macro]] = []

    def parse(source: tree.Source) -> tree.Script:
        given = _parse_options(options)
        given.guru = given.tapset = True
        given.arguments = lexer.Arguments(given.args)  # of its own: what a library file uses, the script has not
        if not macros:
            macros.append(library_macros(options, given.facts))
        given.library = macros[0]
        return parser.parse(source, given, reporter)

    return Library(parse, getattr(options, "include", []))


# ---------------------------------------------------------------- pass 2


def analyse(scripts: list[tree.Script], kernel: Any, options: Any, reporter: Reporter) -> Analysis | None:
    """Resolve, infer types, optimise. ``kernel`` is the KernelDescription, or a callable that gives it (so that scripts
    which need none do not wait for it). None, and said why, where the script is wrong."""
    analysis = Analysis(options, reporter, kernel, library(options, reporter), scripts)
    try:
        _analyse(analysis)
    except SemanticError as error:
        reporter.error(error)
    except parser.ParseFailed:
        return None
    if not reporter.errors and not analysis.instances:
        reporter.error(SemanticError("no probes found"))
    if reporter.warnings and reporter.warnings_are_errors:
        return None
    return None if reporter.errors else analysis


def _analyse(analysis: Analysis) -> None:
    _override_globals(analysis)
    resolve.resolve(analysis)
    if analysis.failed:
        return
    optimize.mark_returns(analysis)
    optimize.optimize(analysis)
    optimize.settle_returns(analysis)
    types.infer(analysis)
    if analysis.failed:
        return
    optimize.drop_unreachable_overloads(analysis)
    _check_overrides(analysis)
    _note_displayed(analysis)
    optimize.optimize(analysis, first=False)
    optimize.check_iterations(analysis)
    _check_statistics(analysis)
    _check_regexes(analysis)


def _check_regexes(analysis: Analysis) -> None:
    """Raises SemanticError for a regular expression that is none."""
    from stapy.runtime.values import regex

    for unit in optimize.units(analysis):
        for node in descend(unit.body):
            if isinstance(node, tree.RegexMatch):
                try:
                    regex.compile(node.pattern.value)
                except regex.RegexError as error:
                    raise SemanticError(str(error), node.pattern.token) from None


def _override_globals(analysis: Analysis) -> None:
    """``-G name=value``. Raises SemanticError for a global that is not there."""
    for name, text in getattr(analysis.options, "globals", {}).items():
        variable = next((v for script in analysis.scripts for v in script.globals if v.name == name), None)
        if variable is None:
            raise SemanticError(f"global variable '{name}' (-G) not found in the script")
        token = variable.token
        if isinstance(variable.initial, tree.String) or not _is_number(text):
            variable.initial = tree.String(token, text, type=tree.Type.STRING)
        elif not -(1 << 63) <= int(text, 0) < 1 << 64:
            raise SemanticError(f"-G {name}={text} does not fit in 64 bits")
        else:
            from stapy.compiler.targets import signed64

            variable.initial = tree.Number(token, signed64(int(text, 0)), type=tree.Type.LONG)


def _check_overrides(analysis: Analysis) -> None:
    """That what ``-G`` gives is what the script takes the global for. Raises SemanticError."""
    for name, text in getattr(analysis.options, "globals", {}).items():
        variable = next(v for script in analysis.scripts for v in script.globals if v.name == name)
        if variable.key_types is not None or variable.type is tree.Type.STATS:
            raise SemanticError(f"-G {name}={text}: '{name}' holds more than one value", variable.token)
        if variable.type is tree.Type.STRING:
            variable.initial = tree.String(variable.token, text, type=tree.Type.STRING)
        elif variable.type is tree.Type.LONG and not isinstance(variable.initial, tree.Number):
            raise SemanticError(f"-G {name}={text}: '{name}' is a number", variable.token)


def _is_number(text: str) -> bool:
    try:
        int(text, 0)
    except ValueError:
        return False
    return True


def _note_displayed(analysis: Analysis) -> None:
    """The globals that are printed at the end: the script's own, written and never read."""
    if getattr(analysis.options, "no_global_var_display", False):
        return
    uses = optimize.Uses()
    for unit in optimize.units(analysis):
        uses.visit(unit.body)
        for expression in getattr(unit, "entry", []):
            uses.visit(expression)
        condition = getattr(unit, "condition", None)
        if condition is not None:
            uses.visit(condition)
    for function in analysis.script_functions():
        if isinstance(function.body, tree.EmbeddedCode):
            uses.consumed.update(v for v in analysis.globals if f"g_{v.name}" in function.body.code)
    analysis.displayed = [
        variable
        for variable in analysis.globals
        if variable in uses.written and variable not in uses.consumed and variable.token.source.user
    ]


def _check_statistics(analysis: Analysis) -> None:
    found: dict[int, StatisticsUse] = {}
    for unit in optimize.units(analysis):
        for node in descend(unit.body):
            if isinstance(node, (tree.Statistic, tree.Histogram)):
                operand = node.operand
                symbol = operand.array if isinstance(operand, tree.Index) else operand
                if isinstance(symbol, tree.Symbol) and symbol.referent is not None:
                    found.setdefault(id(symbol.referent), StatisticsUse()).note(node)


# ---------------------------------------------------------------- pass 3


def lower(analysis: Analysis) -> Program | None:
    """The runtime's Program; None, and said why, for the mistakes that only pass 3 finds."""
    try:
        optimize.check_crements(analysis)
        return ProgramLowering(analysis, limits_of(analysis.options)).lower()
    except SemanticError as error:
        analysis.reporter.error(error)
        return None


def limits_of(options: Any) -> dict[str, int]:
    """What ``-D`` set, as numbers."""
    found = {}
    for name, text in getattr(options, "defines", {}).items():
        if _is_number(str(text)):
            found[name] = int(str(text), 0)
    return found


def compile_script(sources: Iterable[tree.Source], kernel: Any, options: Any, reporter: Reporter) -> Program:
    """All passes. Raises CompileFailedError when the reporter has said what is wrong."""
    scripts = parse_all(sources, options, reporter)
    if scripts is None:
        raise CompileFailedError(1)
    analysis = analyse(scripts, kernel, options, reporter)
    if analysis is None:
        raise CompileFailedError(2)
    program = lower(analysis)
    if program is None:
        raise CompileFailedError(3)
    return program


def compile_text(text: str, kernel: Any = None, options: Any = None, reporter: Reporter | None = None) -> Program:
    """Compile a script given as text; for tests and library users."""
    from stapy.compiler.analysis import CompileOptions

    return compile_script([tree.Source("<input>", text)], kernel, options or CompileOptions(), reporter or Reporter())


# ---------------------------------------------------------------- --dump-..., -l and -L


def list_inventory(what: str, options: Any, reporter: Reporter) -> str:
    """The lines of --dump-functions, --dump-probe-types or --dump-probe-aliases."""
    from stapy.compiler import inventory

    tapset = library(options, reporter)
    lines = {
        "functions": lambda: inventory.functions(tapset, bool(getattr(options, "verbose", 0))),
        "probe-types": inventory.probe_types,
        "probe-aliases": lambda: inventory.probe_aliases(tapset),
    }[what]()
    return "".join(f"{line}\n" for line in lines)


def list_probes(pattern: str, kernel: Any, options: Any, reporter: Reporter, variables: bool = False) -> int:
    """Print the probe points that ``pattern`` matches, with their variables if asked. Exit status 1 for none."""
    from stapy.compiler import listing

    lines = listing.probe_points(pattern, kernel, options, reporter, library(options, reporter), variables)
    if lines is None:
        reporter.failed(1)
        return 1
    sys.stdout.write("".join(line + "\n" for line in lines))
    return 0 if lines else 1
