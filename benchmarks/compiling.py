"""The passes, after start-up: bytes parsed in a second, and what the passes after that take."""

from __future__ import annotations

import io

from benchmarks.measuring import ROOT, Row, processor_seconds
from benchmarks.starting import DO_FORK

EVERYTHING = 'probe kernel.function("*").call { println($$parms) }'


def corpus() -> list[str]:
    """The scripts of the samples and of the tests against stap."""
    paths = [*sorted((ROOT / "samples").rglob("*.stp")), *sorted((ROOT / "tests/oracle/lang").glob("*.stp"))]
    return [path.read_text(encoding="latin-1") for path in paths]


def rows(size: float) -> list[Row]:
    """Compiler speeds."""
    from stapy.compiler import parser
    from stapy.compiler.tree import Source

    texts = corpus()[:max(3, round(1000 * size))]

    def parse_all() -> None:
        for text in texts:
            try:
                parser.parse(Source("script", text), parser.ParseOptions(guru=True, args=["1", "2", "3"]))
            except parser.ParseFailed:  # those that use macros of the library
                continue

    parse_all()
    total = sum(map(len, texts))
    long = "\n".join(text for text in [DO_FORK] * max(10, round(2000 * size)))
    found = [
        Row(f"parsing {len(texts)} scripts of {total / len(texts):.0f} bytes on average",
            f"{total / 1000 / processor_seconds(parse_all):.0f} KB/s"),
        Row(f"parsing one script of {len(long) / 1000:.0f} KB",
            f"{len(long) / 1000 / processor_seconds(lambda: parser.parse(Source('script', long))):.0f} KB/s"),
    ]
    for what, script in (("the do_fork script", DO_FORK), ("a probe on each function", EVERYTHING)):
        found.append(_passes(what, script, max(1, round(3 * size))))
    return found


def _passes(what: str, script: str, times: int) -> Row:
    """The time of passes 1 to 3."""
    from stapy.compiler import passes
    from stapy.compiler.analysis import CompileOptions
    from stapy.compiler.diagnostics import Reporter
    from stapy.runtime.kernels.builtin import describe

    description = describe("x86_64")
    probes = 0

    def compile_it() -> None:
        nonlocal probes
        program = passes.compile_text(script, description, CompileOptions(), Reporter(io.StringIO()))
        probes = len(program.probes)

    compile_it()
    seconds = processor_seconds(compile_it, times)
    return Row(f"compiling {what}", f"{seconds * 1000:.1f} ms",
               f"{seconds / probes * 1e6:.0f} us a probe" if probes > 1 else "")
