"""The terminal of the interactive mode: line editing, completion, highlighting and history, by prompt_toolkit.

Where standard input is no terminal, its lines are read as they come.
"""

from __future__ import annotations

import locale
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stapy import samples_index
from stapy.interactive.session import COMMANDS, SETTINGS, InteractiveSession, is_complete, is_script
from stapy.options import as_bytes

if TYPE_CHECKING:
    from stapy.options import Options

PROMPT, MORE = "stapy> ", "  ...> "


def main(options: Options) -> int:
    """Read and carry out inputs until 'quit' or the end of input. Returns the exit status, 0."""
    session = InteractiveSession(options)
    if options.script_file is not None:
        session.handle(f"load {as_bytes(options.script_file)}")
    if sys.stdin.isatty() and sys.stdout.isatty():
        _at_terminal(session)
    else:
        _from_stream(session, (line.decode("latin-1") for line in sys.stdin.buffer))
    return 0


def _from_stream(session: InteractiveSession, lines: Iterable[str]) -> None:
    """Inputs from a pipe or a file; the last one may be incomplete, which then is an error of the script."""
    waiting = ""
    for line in lines:
        waiting += line
        if is_complete(waiting):
            session.handle(waiting)
            waiting = ""
        if session.finished:
            return
    session.handle(waiting)


def _at_terminal(session: InteractiveSession) -> None:
    prompt = _prompt(session)
    session.say("Type a probe to run it, 'help' for commands.")
    while not session.finished:
        try:
            text = prompt()
        except KeyboardInterrupt:  # ^C at the prompt drops what was typed
            continue
        except EOFError:
            return
        session.handle(as_bytes(text))


def _prompt(session: InteractiveSession) -> Any:
    """A function that reads one whole input."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.filters import Condition
    from prompt_toolkit.history import FileHistory, InMemoryHistory
    from prompt_toolkit.key_binding import KeyBindings
    from prompt_toolkit.lexers import PygmentsLexer

    from stapy.editors.highlighting import SystemTapLexer

    keys = KeyBindings()
    reader: Any = None

    @Condition
    def incomplete() -> bool:
        return not is_complete(reader.default_buffer.text)

    @keys.add("enter", filter=incomplete)
    def newline(event: Any) -> None:
        event.current_buffer.insert_text("\n")

    try:
        history: Any = FileHistory(str(_history_file()))
    except OSError:
        history = InMemoryHistory()
    reader = PromptSession(
        history=history, lexer=PygmentsLexer(SystemTapLexer), completer=_completer(session), key_bindings=keys,
        output=_screen(), multiline=False, complete_while_typing=False,
        prompt_continuation=lambda width, number, wrapped: MORE,
    )
    return lambda: reader.prompt(PROMPT)


def _screen() -> Any:
    """The terminal in the locale's encoding; standard output itself takes bytes as they are."""
    from prompt_toolkit.output import create_output

    encoding = locale.getpreferredencoding(False)
    return create_output(open(os.dup(sys.stdout.fileno()), "w", encoding=encoding, errors="replace"))


def _history_file() -> Path:
    """Where history is kept. Raises OSError where that is not possible."""
    folder = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "stapy"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "history"
    path.touch()
    return path


def _completer(session: InteractiveSession) -> Any:
    from prompt_toolkit.completion import Completer, Completion

    class PromptCompleter(Completer):
        """The words that fit: commands and options in a command, and what fits in a script."""

        def get_completions(self, document: Any, event: Any) -> Iterable[Completion]:
            text = document.text_before_cursor
            for word, replaced, detail in words_for(session, text):
                yield Completion(word, -replaced, display_meta=detail)

    return PromptCompleter()


_engines: dict[str, Any] = {}  # by architecture


def words_for(session: InteractiveSession, text: str) -> list[tuple[str, int, str]]:
    """What can follow ``text``: the word, how many characters of it are written, and what it is."""
    if is_script(text):
        return [(found.text, found.replaced, found.detail) for found in _engine(session).complete(text)]
    command, space, rest = text.partition(" ")
    if not space:
        offered = {name: COMMANDS[name].help for name in COMMANDS if name.isalpha()} | {"probe": "runs at once"}
        return [(word, len(command), offered[word]) for word in sorted(offered) if word.startswith(command)]
    if command in ("set", "show", "help"):
        return [(name, len(rest), SETTINGS[name].help) for name in sorted(SETTINGS) if name.startswith(rest)]
    if command in ("sample", "samp"):
        return [(sample.name, len(rest), sample.about) for sample in samples_index.samples()
                if sample.name.startswith(rest)]
    if command in ("add", "a"):
        return [(found.text, found.replaced, found.detail) for found in _engine(session).complete(rest)]
    return []


def _engine(session: InteractiveSession) -> Any:
    """The completion engine for the architecture that is set."""
    from stapy import running
    from stapy.compiler import passes
    from stapy.compiler.diagnostics import Reporter
    from stapy.editors.completion import Completer
    from stapy.runtime.kernels.builtin import describe

    name = running.architectures(session.options.architecture)[0]
    if name not in _engines:
        _engines[name] = Completer(describe(name), passes.library(session.options, Reporter()))
    return _engines[name]
