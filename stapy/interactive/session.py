"""What the interactive mode knows and does: a script that grows, settings, and the commands of ``stap -i``.

It reads whole inputs (a command, or declarations in full) and writes to streams; the terminal is in terminal.py.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from stapy import running, samples_index
from stapy.editors.completion import STRING_OR_COMMENT
from stapy.options import Options
from stapy.running import Failure, ScriptRun

DECLARATIONS = ("probe", "global", "function", "private", "@define", "%{")

_PIECE = re.compile(STRING_OR_COMMENT.pattern + r"|%\{.*?%\}|[{}()\[\]]|\b\w+\b", re.DOTALL)


class CommandError(Exception):
    """A command that cannot be carried out; the message says why."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its names (the first is the full one), its arguments, what it does."""

    names: tuple[str, ...]
    arguments: str
    help: str
    act: Callable[[InteractiveSession, str], None]


@dataclass(frozen=True, slots=True)
class Setting:
    """What ``set`` sets: an attribute of Options, and how its text is read."""

    attribute: str
    read: Callable[[str], object]
    help: str


def _flag(text: str) -> bool:
    values = {"0": False, "no": False, "off": False, "false": False, "1": True, "yes": True, "on": True, "true": True}
    if text.lower() not in values:
        raise CommandError(f"0 or 1, not '{text}'.")
    return values[text.lower()]


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:9]) < 1 << 31):
        raise CommandError(f"a number, not '{text}'.")
    return int(text)


def _pass(text: str) -> int:
    if text not in ("1", "2", "3", "4", "5"):
        raise CommandError(f"a pass from 1 to 5, not '{text}'.")
    return int(text)


def _architecture(text: str) -> str:
    try:
        running.architectures(text)
    except Failure as failure:
        raise CommandError(str(failure).removeprefix("ERROR: ")) from None
    return text


SETTINGS = {
    "arch": Setting("architecture", _architecture, "what to emulate; several, or all, to compare"),
    "cmd": Setting("command", lambda text: _word(text) or None, "the workload, as -c; empty for the default one"),
    "guru_mode": Setting("guru", _flag, "-g"),
    "keep_tmpdir": Setting("keep", _flag, "-k"),
    "last_pass": Setting("last_pass", _pass, "-p"),
    "panic_warnings": Setting("warnings_are_errors", _flag, "-W"),
    "suppress_warnings": Setting("no_warnings", _flag, "-w"),
    "target_pid": Setting("target_pid", _number, "-x"),
    "timing": Setting("timing", _flag, "-t"),
    "unoptimized": Setting("unoptimized", _flag, "-u"),
    "verbose": Setting("verbose", _number, "-v, as often"),
}


def _word(text: str) -> str:
    """What was typed, a character a byte, as the operating system's words are."""
    return os.fsdecode(text.encode("latin-1"))


def _path(text: str) -> Path:
    try:
        return Path(_word(text)).expanduser()
    except RuntimeError as error:  # ~somebody who is not there
        raise CommandError(f"{text}: {error}") from None


class InteractiveSession:
    """The state between two inputs, a character a byte. ``options`` are what runs begin with, ``output`` takes what
    commands say."""

    def __init__(self, options: Options, output: TextIO | None = None) -> None:
        self.options = options
        self.output = output if output is not None else sys.stdout
        self.lines: list[str] = []  # of the script
        self.changed = False  # since it was saved
        self.last: str | None = None  # what ran last
        self.last_typed: str | None = None  # the probes among it that the script does not have
        self.finished = False

    # ------------------------------------------------------------ input

    def handle(self, text: str) -> None:
        """Carry out one input. Whatever is wrong with it is said, and the session goes on."""
        text = text.strip()
        if not text:
            return
        try:
            self._handle(text)
        except CommandError as error:
            self.say(str(error))
        except Failure as failure:
            if str(failure):
                self.say(str(failure))
        except KeyboardInterrupt:
            self.say("Interrupted.")

    def _handle(self, text: str) -> None:
        word, _, rest = text.partition(" ")
        if text.startswith("!"):
            self.again(text[1:].strip())
        elif is_script(text):
            self.typed(text)
        elif word in COMMANDS:
            COMMANDS[word].act(self, rest.strip())
        else:
            raise CommandError(f"No command '{word}'{_nearest(word)}; 'help' lists them. A probe runs at once.")

    def say(self, text: str) -> None:
        print(text, file=self.output, flush=True)

    # ------------------------------------------------------------ running

    def typed(self, text: str) -> None:
        """Declarations typed at the prompt: probes run at once, with the script's globals and functions; others join
        the script."""
        if not any(_first_word(part) == "probe" for part in declarations(text)):
            self.add(text)
            return
        self.last_typed = text
        kept = [part for part in declarations("\n".join(self.lines)) if _first_word(part) != "probe"]
        self.execute("\n".join([*kept, text]))

    def execute(self, text: str) -> None:
        """Run a script's text on the architecture that is set."""
        self.last = text
        names = running.architectures(self.options.architecture)

        def run(architecture: str) -> int:
            options = replace(self.options, architecture=architecture, script_text=text, script_file=None)
            try:
                return ScriptRun(options, sys.stdout.buffer, sys.stderr).run()
            except Failure as failure:
                print(failure, file=sys.stderr)
                return 1

        sys.stdout.flush()
        if len(names) > 1:
            from stapy import comparison

            comparison.show(comparison.run_each(names, run), sys.stdout.buffer)
        else:
            run(names[0])
        sys.stdout.buffer.flush()

    def again(self, architecture: str) -> None:
        """``!``: what ran last once more, on another architecture if one is given."""
        if self.last is None:
            raise CommandError("Nothing has been run yet.")
        before = self.options.architecture
        if architecture:
            self.options.architecture = _architecture(architecture)
        try:
            self.execute(self.last)
        finally:
            self.options.architecture = before

    # ------------------------------------------------------------ commands

    def run(self, _: str) -> None:
        if not self.lines:
            raise CommandError("The script is empty: 'add' or 'load' something, or type a probe.")
        self.execute("\n".join(self.lines))

    def add(self, text: str) -> None:
        text = text or self.last_typed or ""
        if not text:
            raise CommandError("Nothing to add.")
        self.lines += text.splitlines()
        self.changed = True

    def list(self, _: str) -> None:
        width = len(str(len(self.lines)))
        for number, line in enumerate(self.lines, 1):
            self.say(f"{number:>{width}}: {line}")

    def delete(self, text: str) -> None:
        first, last = self._range(text)
        del self.lines[first - 1 : last]
        self.changed = True

    def _range(self, text: str) -> tuple[int, int]:
        """``3``, ``3-5``, ``3-`` or ``all``."""
        if text == "all":
            return 1, len(self.lines)
        found = re.fullmatch(r"(\d{1,6})(-?)(\d{0,6})", text)
        if found is None:
            raise CommandError("delete takes a line's number, two with - between them, or all.")
        first = int(found[1])
        last = int(found[3]) if found[3] else len(self.lines) if found[2] else first
        if not 1 <= first <= last <= len(self.lines):
            raise CommandError(f"There are lines 1 to {len(self.lines)}." if self.lines else "The script is empty.")
        return first, last

    def load(self, path: str) -> None:
        if not path:
            raise CommandError("load takes a file's name.")
        try:
            text = _path(path).read_text("latin-1")
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}.") from None
        self.lines = text.splitlines()
        self.changed = False

    def save(self, path: str) -> None:
        if not path:
            raise CommandError("save takes a file's name.")
        try:
            _path(path).write_text("".join(f"{line}\n" for line in self.lines), "latin-1")
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}.") from None
        self.changed = False

    def edit(self, _: str) -> None:
        """The script in $VISUAL or $EDITOR."""
        editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
        with tempfile.TemporaryDirectory(prefix="stapy") as folder:
            path = Path(folder) / "script.stp"
            path.write_text("".join(f"{line}\n" for line in self.lines), "latin-1")
            try:
                done = subprocess.run([*shlex.split(editor), str(path)], check=False)
            except OSError as error:
                raise CommandError(f"{editor}: {error.strerror}. Set EDITOR to an editor.") from None
            if done.returncode:
                raise CommandError(f"{editor} ended with status {done.returncode}; the script stays as it was.")
            lines = path.read_text("latin-1").splitlines()
        self.changed = self.changed or lines != self.lines
        self.lines = lines

    def set(self, text: str) -> None:
        name, _, value = text.partition(" ")
        setting = self._setting(name)
        try:
            setattr(self.options, setting.attribute, setting.read(value.strip()))
        except CommandError as error:
            raise CommandError(f"{name} takes {error}") from None

    def show(self, name: str) -> None:
        for each in [name] if name else sorted(SETTINGS):
            value = getattr(self.options, self._setting(each).attribute)
            self.say(f"{each}: {int(value) if isinstance(value, bool) else '' if value is None else value}")

    def _setting(self, name: str) -> Setting:
        if name not in SETTINGS:
            raise CommandError(f"No option '{name}'; there are: {', '.join(sorted(SETTINGS))}.")
        return SETTINGS[name]

    def sample(self, words: str) -> None:
        """Samples whose name or opening comment has the words; one by its name is loaded."""
        found = samples_index.find(words)
        if found is not None:
            self.load(str(found.path))
            self.say(f"{found.name} is loaded: 'list' shows it, 'run' runs it.")
            return
        lines = [line for line in samples_index.listing().splitlines()
                 if all(word.lower() in line.lower() for word in words.split())]
        if not lines:
            raise CommandError(f"No sample has '{words}'.")
        self.say("\n".join(lines))

    def help(self, topic: str) -> None:
        from stapy.editors.completion import documentation

        if topic in COMMANDS:
            command = COMMANDS[topic]
            self.say(f"{', '.join(command.names)} {command.arguments}".rstrip() + f"\n  {command.help}")
        elif topic in SETTINGS:
            self.say(f"set {topic}: {SETTINGS[topic].help}")
        elif topic:
            text = documentation(topic)
            if text is None:
                raise CommandError(f"No command, option or function '{topic}'.")
            self.say(text)
        else:
            for command in dict.fromkeys(COMMANDS.values()):
                self.say(f"  {command.names[0] + ' ' + command.arguments:<18} {command.help}")
            self.say("A probe typed at the prompt runs at once; a global or function joins the script.")

    def quit(self, _: str) -> None:
        if self.changed and self.lines:
            self.changed = False
            raise CommandError("The script has not been saved; 'quit' again leaves all the same.")
        self.finished = True


COMMANDS: dict[str, Command] = {
    name: command
    for command in (
        Command(("help", "h", "?"), "[NAME]", "what commands, options and functions do", InteractiveSession.help),
        Command(("list", "l"), "", "show the script", InteractiveSession.list),
        Command(("add", "a"), "[TEXT]", "put TEXT, or the last probe, at the script's end", InteractiveSession.add),
        Command(("delete", "d"), "LINES", "take lines out: 3, 3-5, 3- or all", InteractiveSession.delete),
        Command(("edit", "e"), "", "change the script in $EDITOR", InteractiveSession.edit),
        Command(("load", "ld"), "FILE", "take the script from a file", InteractiveSession.load),
        Command(("save", "s"), "FILE", "write the script to a file", InteractiveSession.save),
        Command(("run", "r"), "", "run the script", InteractiveSession.run),
        Command(("set",), "OPTION VALUE", "change an option for the runs to come", InteractiveSession.set),
        Command(("show",), "[OPTION]", "show options", InteractiveSession.show),
        Command(("sample", "samp"), "[WORDS]", "find samples by words, load one by name", InteractiveSession.sample),
        Command(("!",), "[ARCH]", "what ran last once more, on another architecture", InteractiveSession.again),
        Command(("quit", "q", "exit"), "", "leave", InteractiveSession.quit),
    )
    for name in command.names
}


def _nearest(word: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, COMMANDS, 1)
    return f" ({near[0]}?)" if near else ""


# ---------------------------------------------------------------- script text


def is_script(text: str) -> bool:
    """Whether an input is script text, not a command."""
    return _first_word(text) in DECLARATIONS


def _first_word(text: str) -> str:
    found = re.match(r"\s*(@?\w+|%\{)", _bare(text))
    return found[1] if found else ""


def _bare(text: str) -> str:
    """The text without comments and without what stands in strings; a string that is not closed stays."""
    return STRING_OR_COMMENT.sub(lambda match: '""' if match[0].startswith('"') else " ", text)


def is_complete(text: str) -> bool:
    """Whether an input can be carried out: script text with all its braces closed, and with a handler where one has
    to come."""
    if not is_script(text):
        return True
    bare = _bare(text)
    if "/*" in bare or bare.count("%{") > bare.count("%}"):
        return False
    bare = re.sub(r"%\{.*?%\}", "{}", bare, flags=re.DOTALL)
    depth = sum(bare.count(mark) for mark in "{([") - sum(bare.count(mark) for mark in "})]")
    if depth > 0 or bare.rstrip().endswith((",", "=", "->", "+", "-", "*", "&&", "||", "<<<")):
        return False
    last = _bare(declarations(text)[-1])
    handler = re.sub(r"\.\{[^{}]*\}", "", last)  # without alternatives of a probe point
    return _first_word(last) not in ("probe", "function") or "}" in handler


def declarations(text: str) -> list[str]:
    """The declarations of a script, each with its text. What is not well-formed comes out in some pieces."""
    starts = [0]
    depth = 0
    for found in _PIECE.finditer(text):
        token = found[0]
        if token in "{([":
            depth += 1
        elif token in "})]":
            depth = max(0, depth - 1)
        elif depth == 0 and token in ("probe", "global", "function", "private") and not text[
                starts[-1] : found.start()].strip().endswith("private"):
            starts.append(found.start())
    pieces = [text[start:end].strip() for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    return [piece for piece in pieces if piece]
