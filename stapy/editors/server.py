"""A language server for SystemTap scripts (``stapy --language-server``): what is wrong as it is typed, completion, what
functions do, where things are defined, formatting. It speaks LSP on standard input and output, by pygls.
"""

from __future__ import annotations

import io
import re

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path

from stapy import __version__
from stapy.compiler import passes, tree
from stapy.compiler.diagnostics import CompileError, ParseError, Reporter, SemanticError
from stapy.compiler.library import Library
from stapy.editors import formatting
from stapy.editors.completion import Completer, documentation
from stapy.options import Options
from stapy.runtime.tapset import declare

KINDS = {
    "probe": types.CompletionItemKind.Event,
    "function": types.CompletionItemKind.Function,
    "keyword": types.CompletionItemKind.Keyword,
    "operator": types.CompletionItemKind.Operator,
    "variable": types.CompletionItemKind.Variable,
    "member": types.CompletionItemKind.Field,
}
_DEFINITION = (r"^[ \t]*(?:private\s+)?(?:(?:function|@define)\s+|global\s[^\n]*?(?<!\w)|probe\s[^={{]*?(?<![\w.])"
               r"(?={word}\s*\+?=)){word}\b")
_WORD = re.compile(r"[@$]?\w+")


class Findings(Reporter):
    """A Reporter that keeps what it is told, for the editor."""

    def __init__(self) -> None:
        super().__init__(io.StringIO())
        self.found: list[types.Diagnostic] = []

    def error(self, error: CompileError) -> None:
        self.errors += 1
        token = error.token if isinstance(error, (ParseError, SemanticError)) else None
        text = "\n".join(link.message for link in error.links()) if isinstance(error, SemanticError) else error.message
        self._keep(text + (f"\n{error.hint}" if error.hint else ""), token, types.DiagnosticSeverity.Error)

    def warning(self, message: str, token: tree.Token | None = None) -> None:
        self._keep(message, token, types.DiagnosticSeverity.Warning)

    def _keep(self, message: str, token: tree.Token | None, severity: types.DiagnosticSeverity) -> None:
        self.found.append(types.Diagnostic(_span(token), message, severity, source="stapy"))


def _span(token: tree.Token | None) -> types.Range:
    """Where a token stands; the end of the text where there is none."""
    if token is None or not token.source.user:
        return _range(0, 0, 0)
    return _range(token.line - 1, token.column - 1, max(token.end_column, token.column + 1) - 1)


def _range(line: int, start: int, end: int) -> types.Range:
    return types.Range(types.Position(line, start), types.Position(line, end))


class Checker:
    """What the server knows: a kernel to check against, and the tapset."""

    def __init__(self, options: Options) -> None:
        from stapy.runtime.kernels.builtin import describe

        self.options = options
        self.description = describe(options.architecture)
        self.completer = Completer(self.description, self.library())

    def library(self) -> Library:
        return passes.library(self.options, Reporter(io.StringIO()))

    def check(self, text: str) -> list[types.Diagnostic]:
        """What the first two passes find wrong with a script."""
        findings = Findings()
        try:
            scripts = passes.parse_all([tree.Source("script", text)], self.options, findings)
            if scripts is not None:
                passes.analyse(scripts, self.description, self.options, findings)
        except RecursionError:
            findings.warning("the script is nested too deeply")
        return findings.found

    def definition(self, uri: str, text: str, word: str) -> types.Location | None:
        """Where a function, global, macro or alias is defined: in the script, else in the tapset."""
        found = re.search(_DEFINITION.format(word=re.escape(word)), text, re.MULTILINE)
        if found is not None:
            line = text.count("\n", 0, found.end())
            column = found.end() - len(word) - (text.rfind("\n", 0, found.end()) + 1)
            return types.Location(uri, _range(line, column, column + len(word)))
        for function in declare.find(word):
            code = function.call.__code__
            return types.Location(from_fs_path(code.co_filename) or "", _range(code.co_firstlineno - 1, 0, 0))
        for file in self.completer.library.files:
            if file.path is not None and (word in file.functions or (word,) in file.aliases or word in file.globals):
                return types.Location(from_fs_path(str(file.path)) or "", _range(0, 0, 0))
        return None


def make(options: Options) -> LanguageServer:
    """The server, ready to be started."""
    server = LanguageServer("stapy", __version__)
    checker = Checker(options)

    def text_of(uri: str) -> str:
        return server.workspace.get_text_document(uri).source

    def check(uri: str) -> None:
        document = server.workspace.get_text_document(uri)
        found = checker.check(document.source)
        server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, document.version))

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        check(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        check(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=list('."$>@')))
    def complete(params: types.CompletionParams) -> types.CompletionList:
        before = _before(text_of(params.text_document.uri), params.position)
        place = params.position
        items = [
            types.CompletionItem(found.text, kind=KINDS[found.kind], detail=found.detail or None,
                                 text_edit=types.TextEdit(_range(place.line, place.character - found.replaced,
                                                                 place.character), found.text))
            for found in checker.completer.complete(before)
        ]
        return types.CompletionList(is_incomplete=False, items=items)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        word = _word_at(text_of(params.text_document.uri), params.position)
        about = documentation(word) if word else None
        if about is None:
            return None
        signature, _, rest = about.partition("\n\n")
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, f"```systemtap\n{signature}\n```\n{rest}"))

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def definition(params: types.DefinitionParams) -> types.Location | None:
        uri = params.text_document.uri
        word = _word_at(text_of(uri), params.position)
        return checker.definition(uri, text_of(uri), word.lstrip("@")) if word else None

    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    def layout(params: types.DocumentFormattingParams) -> list[types.TextEdit]:
        text = text_of(params.text_document.uri)
        whole = types.Range(types.Position(0, 0), types.Position(text.count("\n") + 1, 0))
        return [types.TextEdit(whole, formatting.format(text))]

    return server


def _before(text: str, position: types.Position) -> str:
    lines = text.split("\n")
    return "\n".join([*lines[: position.line], lines[position.line][: position.character]])


def _word_at(text: str, position: types.Position) -> str | None:
    line = text.split("\n")[position.line]
    words = (found[0] for found in _WORD.finditer(line) if found.start() <= position.character <= found.end())
    return next(words, None)


def main(options: Options) -> int:
    """Serve until the client is done. Returns the exit status."""
    make(options).start_io()
    return 0
