"""A script taken through the compiler's passes."""

from __future__ import annotations

import io
from typing import Any

from stapy.compiler import passes
from stapy.compiler.analysis import Analysis, CompileOptions
from stapy.compiler.diagnostics import Reporter
from stapy.compiler.tree import Source
from stapy.runtime.program import Program
from stapy.runtime.session import Session


class Compiled:
    """What came of a script: the analysis, the program, and what was said."""

    def __init__(self, text: str, kernel: Any = None, arguments: tuple[str, ...] = (), **options: Any) -> None:
        self.messages = io.StringIO()
        self.options = CompileOptions(arguments=list(arguments), **options)
        reporter = Reporter(self.messages, verbose=self.options.verbose)
        scripts = passes.parse_all([Source("t.stp", text)], self.options, reporter)
        self.analysis: Analysis | None = None
        self.program: Program | None = None
        if scripts is not None:
            self.analysis = passes.analyse(scripts, kernel, self.options, reporter)
        if self.analysis is not None:
            self.program = passes.lower(self.analysis)
        reporter.finish()

    @property
    def said(self) -> str:
        return self.messages.getvalue()

    @property
    def source(self) -> str:
        assert self.program is not None, self.said
        return self.program.source

    @property
    def dump(self) -> str:
        assert self.analysis is not None, self.said
        return passes.dump(self.analysis)

    def run(self) -> str:
        """What the script prints without a kernel."""
        assert self.program is not None, self.said
        output = io.BytesIO()
        Session(self.program, None, output).run()
        return output.getvalue().decode("latin-1")
