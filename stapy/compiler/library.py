"""The tapset as the compiler sees it: which library file defines a name, and its parse when it is needed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from stapy.compiler import tree
from stapy.compiler.analysis import Callee, LibraryFunction
from stapy.runtime.tapset import declare

TAPSET = Path(declare.__file__).parent

_DECLARATION = re.compile(
    r"^[ \t]*(?:private[ \t]+)?(?:(?P<function>function)[ \t]+(?P<name>\w+)"
    r"|(?P<global>global)[ \t]+(?P<globals>[^\n]*)"
    r"|(?P<probe>probe)[ \t]+(?P<aliases>[^{}<>]*?=[^{}]*?)(?=\{|%\{|\Z))",
    re.MULTILINE,
)
_COMMENT = re.compile(r'/\*.*?\*/|//[^\n]*|#[^\n]*|"(?:\\.|[^"\\\n])*"', re.DOTALL)

Parse = Callable[[tree.Source], tree.Script]


@dataclass(slots=True)
class LibraryFile:
    """One .stp file: the names it defines, found without parsing it, and its parse once that was asked for."""

    path: Path
    functions: set[str] = field(default_factory=set)
    globals: set[str] = field(default_factory=set)
    aliases: list[tuple[str, ...]] = field(default_factory=list)
    script: tree.Script | None = None


class Library:
    """The functions declared in Python, and the .stp files of the tapset and of ``-I`` directories."""

    def __init__(
        self,
        parse: Parse,
        include: Iterable[str] = (),
        pulled: Callable[[tree.Script], None] | None = None,
    ) -> None:
        self._parse = parse
        self._pulled = pulled
        self._directories = [Path(directory) for directory in include] + [TAPSET]
        self._files: list[LibraryFile] | None = None
        self._python: dict[str, list[Callee]] = {}

    # ------------------------------------------------------------ files

    @property
    def files(self) -> list[LibraryFile]:
        if self._files is None:
            self._files = [scan(path) for directory in self._directories for path in sorted(directory.rglob("*.stp"))]
        return self._files

    def load(self, file: LibraryFile) -> tree.Script:
        """The parse of ``file``. Raises ParseError."""
        if file.script is None:
            text = file.path.read_text(encoding="latin-1")
            file.script = self._parse(tree.Source(str(file.path), text, user=False))
            if self._pulled is not None:
                self._pulled(file.script)
        return file.script

    def loaded(self) -> Iterator[tree.Script]:
        """The files whose names the program uses, those included that come while this goes on: their own probes
        belong to the program."""
        done: set[Path] = set()
        while waiting := [file for file in self._files or () if file.script is not None and file.path not in done]:
            done.add(waiting[0].path)
            if waiting[0].script is not None:
                yield waiting[0].script

    # ------------------------------------------------------------ what they define

    def functions(self, name: str) -> list[Callee]:
        """The tapset's functions of that name, all overloads."""
        found: list[Callee] = []
        for file in self.files:
            if name in file.functions:
                found += [
                    function for function in self.load(file).functions if function.name == name and not function.private
                ]
        return found + self._declared(name)

    def _declared(self, name: str) -> list[Callee]:
        if name not in self._python:
            self._python[name] = [
                LibraryFunction(declaration, _token_of(declaration)) for declaration in declare.find(name)
            ]
        return self._python[name]

    def function_names(self) -> set[str]:
        names = {name for name in declare.names() if not name.startswith("_")}
        for file in self.files:
            names |= file.functions
        return names

    def global_variable(self, name: str) -> tree.Variable | None:
        for file in self.files:
            if name in file.globals:
                for variable in self.load(file).globals:
                    if variable.name == name and not variable.private:
                        return variable
        return None

    def aliases(self) -> Iterable[tuple[tuple[str, ...], LibraryFile]]:
        """The names of all aliases, and the file of each."""
        for file in self.files:
            for name in file.aliases:
                yield name, file


def scan(path: Path) -> LibraryFile:
    """Find what a library file defines, by its declarations' first words."""
    file = LibraryFile(path)
    text = path.read_text(encoding="latin-1")
    text = _COMMENT.sub(lambda match: match[0] if match[0].startswith('"') else " ", text)
    for found in _DECLARATION.finditer(text):
        if found["function"]:
            file.functions.add(found["name"])
        elif found["global"]:
            file.globals.update(re.findall(r"(?:^|,)\s*(\w+)", found["globals"]))
        elif found["probe"]:
            for name in re.findall(r"(?:^|=)\s*([\w.]+)\s*(?=\+?=(?!=))", found["aliases"]):
                file.aliases.append(tuple(name.split(".")))
    return file


def _token_of(declaration: declare.TapsetFunction) -> tree.Token:
    """The place messages give for a function written in Python: its file and line."""
    code = declaration.call.__code__
    source = tree.Source(code.co_filename, "", user=False)
    return tree.Token("identifier", declaration.name, source, code.co_firstlineno, 1, 1)
