"""The tapset as the compiler sees it: which library file defines a name, and its parse when it is needed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from stapy.compiler import tree
from stapy.compiler.analysis import Callee, LibraryFunction
from stapy.runtime.tapset import declare, stp_index

TAPSET = Path(declare.__file__).parent

_DECLARATION = re.compile(
    r"^[ \t]*(?:private[ \t]+)?(?:(?P<function>function)[ \t]+(?P<name>\w+)"
    r"|(?P<global>global)[ \t]+(?P<globals>[^\n]*)"
    r"|(?P<probe>probe)[ \t]+(?P<aliases>[^{}<>]*?=[^{}]*?)(?=\{|%\{|\Z))",
    re.MULTILINE,
)
_COMMENT = re.compile(r'/\*.*?\*/|//[^\n]*|#[^\n]*|"(?:\\.|[^"\\\n])*"', re.DOTALL)

_NAME = re.compile(r"[A-Za-z_]\w*")

Parse = Callable[[tree.Source], tree.Script]


@dataclass(slots=True)
class LibraryFile:
    """One .stp file: the names it defines, found without parsing it, and its parse once that was asked for."""

    path: Path
    text: Callable[[], str] | None = None  # of a file that is made, not read
    functions: set[str] = field(default_factory=set)
    globals: set[str] = field(default_factory=set)
    aliases: list[tuple[str, ...]] = field(default_factory=list)
    probed: tuple[str, ...] = ()  # of aliases of system calls: the kernel's functions for them
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
        self._directories = [Path(directory) for directory in include]
        self._made: dict[tuple[str, str], LibraryFile] = {}  # aliases of system calls, as they are asked for
        self._files: list[LibraryFile] | None = None
        self._python: dict[str, list[Callee]] = {}
        self.readers: list[tree.Script] | None = None  # whose words decide what aliases set; None: they set everything
        self._words_of = 0  # so many texts
        self._known_words: frozenset[str] = frozenset()

    # ------------------------------------------------------------ files

    @property
    def files(self) -> list[LibraryFile]:
        if self._files is None:
            found = [scan(path) for directory in self._directories for path in sorted(directory.rglob("*.stp"))]
            self._files = found + [_indexed(name, *names) for name, names in stp_index.FILES.items()]
        return self._files

    def load(self, file: LibraryFile) -> tree.Script:
        """The parse of ``file``. Raises ParseError."""
        if file.script is None:
            text = file.text() if file.text is not None else file.path.read_text(encoding="latin-1")
            file.script = self._parse(tree.Source(str(file.path), text, user=False))
            if self._pulled is not None:
                self._pulled(file.script)
        return file.script

    def parse_text(self, name: str, text: str) -> tree.Script:
        """The parse of a piece of the tapset that is in no file. Raises ParseError."""
        return self._parse(tree.Source(str(TAPSET / name), text, user=False))

    def loaded(self) -> Iterator[tree.Script]:
        """The files whose names the program uses, those included that come while this goes on: their own probes
        belong to the program."""
        done: set[Path] = set()
        while waiting := [file for file in self._all() if file.script is not None and file.path not in done]:
            done.add(waiting[0].path)
            if waiting[0].script is not None:
                yield waiting[0].script

    def _all(self) -> list[LibraryFile]:
        return [*(self._files or ()), *self._made.values()]

    def _taken(self) -> frozenset[str]:
        """The names of the scripts' own globals, which aliases made for them leave alone."""
        return frozenset(variable.name for script in self.readers or () for variable in script.globals)

    def _words(self) -> frozenset[str] | None:
        """The names that the program may ask of an alias: all words of its scripts, and of the library's in use."""
        if self.readers is None:
            return None
        texts = [script.source.text for script in self.readers]
        texts += [file.script.source.text for file in self._files or () if file.script is not None]
        if len(texts) != self._words_of:
            self._words_of = len(texts)
            self._known_words = frozenset(word for text in texts for word in _NAME.findall(text))
        return self._known_words

    def script_from(self, source: tree.Source) -> tree.Script | None:
        """The library's script that was parsed from ``source``; None where it is no file of the library."""
        return next((file.script for file in self._all() if file.script and file.script.source is source), None)

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

    def alias_roots(self) -> set[str]:
        """The first components of all aliases' names."""
        roots = {name[0] for file in self.files for name in file.aliases}
        return roots | set(stp_index.SYSTEM_CALLS)

    def aliases(self, root: str) -> Iterator[tuple[tuple[str, ...], LibraryFile]]:
        """The names of the aliases that begin with ``root``, and the file of each."""
        for file in self.files:
            for name in file.aliases:
                if name[0] == root:
                    yield name, file
        if root in stp_index.SYSTEM_CALLS:
            from stapy.runtime.tapset import system_call_table

            for name in system_call_table.alias_names(root):
                yield name, self._system_call(root, name[1])

    def _system_call(self, root: str, call: str) -> LibraryFile:
        """The file that has the aliases of a system call: made from the table of them."""
        from stapy.runtime.tapset.system_call_table import CALLS, alias_text

        if (root, call) not in self._made:
            path = TAPSET / f"{root}.{call}.stp"
            probed = CALLS[call].functions
            made = LibraryFile(path, lambda: alias_text(root, call, self._words(), self._taken()), probed=probed)
            self._made[root, call] = made
        return self._made[root, call]


def _indexed(name: str, functions: str, variables: str, aliases: str) -> LibraryFile:
    """A file of the tapset, by what the index says of it."""
    return LibraryFile(
        TAPSET / name,
        functions=set(functions.split()),
        globals=set(variables.split()),
        aliases=[tuple(alias.split(".")) for alias in aliases.split()],
    )


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


# ---------------------------------------------------------------- the index of the tapset's own files


def index_text() -> str:
    """What runtime/tapset/stp_index.py has to say: read from the files themselves. A test holds the two equal."""
    from textwrap import wrap

    lines = []
    for path in sorted(TAPSET.rglob("*.stp")):
        file = scan(path)
        names = (sorted(file.functions), sorted(file.globals), sorted(map(".".join, file.aliases)))
        lines.append(f'    "{path.relative_to(TAPSET).as_posix()}": (')
        for part in names:
            if len(text := " ".join(part)) < 100:
                lines.append(f'        "{text}",')
            else:
                lines += ['        """', *(f"        {line}" for line in wrap(text, 110)), '        """,']
        lines.append("    ),")
    return "\n".join(
        [
            '"""What the .stp files of the tapset define, so that none is read before it is asked for: functions, '
            "globals,",
            "aliases.",
            "",
            "stapy.compiler.library.write_index() writes this file.",
            '"""',
            "",
            "FILES: dict[str, tuple[str, str, str]] = {",
            *lines,
            "}",
            "",
            '# Aliases made from a table: see system_call_table.',
            'SYSTEM_CALLS = ("syscall", "nd_syscall")',
            "",
        ]
    )


def write_index() -> None:
    """Write the index anew, after .stp files changed."""
    (TAPSET / "stp_index.py").write_text(index_text())
