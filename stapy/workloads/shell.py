"""The small shell: command lines of programs with pipelines, lists, redirections and background jobs."""

from __future__ import annotations

from dataclasses import dataclass, field

from stapy.workload import (
    O_APPEND,
    O_CREAT,
    O_RDONLY,
    O_TRUNC,
    O_WRONLY,
    WEXITSTATUS,
    WIFEXITED,
    WTERMSIG,
    Procedure,
    System,
    WorkloadError,
    program,
    programs,
)

PATH = ("/bin", "/usr/bin", "/sbin", "/usr/sbin")
OPERATORS = ("&&", "||", ">>", "2>", ";", "&", "|", "<", ">", "\n")
JOINERS = ("&&", "||", ";", "&", "\n")

_OUTPUT = O_WRONLY | O_CREAT | O_TRUNC
REDIRECTIONS = {
    "<": (0, O_RDONLY),
    ">": (1, _OUTPUT),
    ">>": (1, O_WRONLY | O_CREAT | O_APPEND),
    "2>": (2, _OUTPUT),
}


@dataclass
class Command:
    """A simple command: its words, and redirections as (fd, flags, path)."""

    words: list[str] = field(default_factory=list)
    redirections: list[tuple[int, int, str]] = field(default_factory=list)


@dataclass
class Pipeline:
    """Commands joined by ``|``, and what joins the pipeline to the next one."""

    commands: list[Command]
    joiner: str = ";"


# ---------------------------------------------------------------- parsing


def words(line: str) -> list[str]:
    """The words and operators of a command line; operators are marked by a leading NUL. Raises
    WorkloadError."""
    found: list[str] = []
    word: list[str] | None = None
    place = 0
    while place < len(line):
        char = line[place]
        operator = next((op for op in OPERATORS if line.startswith(op, place)), None)
        if operator == "2>" and word:
            operator = None
        if operator or char in " \t" or (char == "#" and word is None):
            if word is not None:
                found.append("".join(word))
                word = None
            if operator:
                found.append("\0" + operator)
            elif char == "#":
                break
            place += len(operator or char)
        elif char in "'\"":
            end = line.find(char, place + 1)
            if end < 0:
                raise WorkloadError(f"sh: unterminated quoted string: {line}")
            word = [*(word or []), line[place + 1 : end]]
            place = end + 1
        elif char == "\\" and place + 1 < len(line):
            word = [*(word or []), line[place + 1]]
            place += 2
        else:
            word = [*(word or []), char]
            place += 1
    if word is not None:
        found.append("".join(word))
    return found


def parse(line: str) -> list[Pipeline]:
    """The pipelines of a command line. Raises WorkloadError."""
    pipelines: list[Pipeline] = []
    pipeline, command = Pipeline([]), Command()
    tokens = iter(words(line))
    for token in tokens:
        operator = token[1:] if token.startswith("\0") else None
        if operator is None:
            command.words.append(token)
        elif operator in REDIRECTIONS:
            path = next(tokens, "\0newline")
            if path.startswith("\0"):
                raise WorkloadError(f'sh: syntax error: "{path[1:]}" unexpected')
            command.redirections.append((*REDIRECTIONS[operator], path))
        else:
            if not command.words:
                if operator == "\n":
                    continue
                raise WorkloadError(f'sh: syntax error: "{operator}" unexpected')
            pipeline.commands.append(command)
            command = Command()
            if operator in JOINERS:
                pipeline.joiner = operator
                pipelines.append(pipeline)
                pipeline = Pipeline([])
    if command.words:
        pipeline.commands.append(command)
    elif pipeline.commands:
        raise WorkloadError("sh: syntax error: end of line unexpected")
    if pipeline.commands:
        pipelines.append(pipeline)
    return pipelines


def find(name: str) -> str | None:
    """The path of a program that the shell would run for ``name``."""
    if "/" in name:
        return name if name in programs else None
    return next((path for path in (f"{folder}/{name}" for folder in PATH) if path in programs), None)


# ---------------------------------------------------------------- running


@program("/bin/sh")
def sh(sys: System, *arguments: str) -> Procedure:
    """sh -c COMMAND, or sh FILE"""
    if arguments[:1] == ("-c",) and len(arguments) > 1:
        return (yield from interpret(sys, arguments[1], last=True))
    if arguments:
        text = yield from sys.read_file(arguments[0])
    else:
        text = yield from sys.read_all(0)
    return (yield from interpret(sys, text.decode()))


def interpret(sys: System, text: str, last: bool = False) -> Procedure:
    """Runs command lines; the status of the last one. ``last``: nothing follows, a lone command may replace
    the shell."""
    try:
        pipelines = parse(text)
    except WorkloadError as error:
        yield sys.print(error, fd=2)
        return 2
    if last and len(pipelines) == 1 and pipelines[0].joiner != "&" and len(pipelines[0].commands) == 1:
        command = pipelines[0].commands[0]
        if command.words[0] not in BUILTINS:
            return (yield from _execute(sys, command))
    status, joiner = 0, ";"
    for pipeline in pipelines:
        if (joiner == "&&" and status != 0) or (joiner == "||" and status == 0):
            continue
        status = yield from _run(sys, pipeline)
        joiner = pipeline.joiner
    return status


def _run(sys: System, pipeline: Pipeline) -> Procedure:
    first = pipeline.commands[0]
    if len(pipeline.commands) == 1 and first.words[0] in BUILTINS:
        return (yield from BUILTINS[first.words[0]](sys, *first.words[1:]))
    pids = yield from _start(sys, pipeline.commands)
    if pipeline.joiner == "&":
        return 0
    status = 0
    for pid in pids:
        _, status = yield sys.waitpid(pid)
    return WEXITSTATUS(status) if WIFEXITED(status) else 128 + WTERMSIG(status)


def _start(sys: System, commands: list[Command]) -> Procedure:
    """Starts the commands of a pipeline: their pids."""
    pids = []
    source = -1
    for number, command in enumerate(commands):
        is_last = number == len(commands) - 1
        next_source, sink = (-1, -1) if is_last else (yield sys.pipe())
        pids.append((yield sys.fork(_stage, command, source, sink, next_source)))
        for fd in (source, sink):
            if fd >= 0:
                yield sys.close(fd)
        source = next_source
    return pids


def _stage(sys: System, command: Command, source: int, sink: int, unused: int) -> Procedure:
    """A child that becomes one command of a pipeline."""
    for fd, target in ((source, 0), (sink, 1)):
        if fd >= 0:
            yield sys.dup2(fd, target)
            yield sys.close(fd)
    if unused >= 0:
        yield sys.close(unused)
    if command.words[0] in BUILTINS:
        return (yield from BUILTINS[command.words[0]](sys, *command.words[1:]))
    return (yield from _execute(sys, command))


def _execute(sys: System, command: Command) -> Procedure:
    """Becomes the command; only comes back with an exit code when that fails."""
    name = command.words[0]
    try:
        for fd, flags, path in command.redirections:
            opened = yield sys.open(path, flags, 0o644)
            if opened != fd:
                yield sys.dup2(opened, fd)
                yield sys.close(opened)
    except OSError as error:
        yield sys.print(f"{sys.name}: cannot open {error.filename}: {error.strerror}", fd=2)
        return 2
    for path in [name] if "/" in name else [f"{folder}/{name}" for folder in PATH]:
        try:
            yield sys.execve(path, command.words)
        except FileNotFoundError:
            continue
        except OSError as error:
            yield sys.print(f"{sys.name}: {name}: {error.strerror}", fd=2)
            return 126
    yield sys.print(f"{sys.name}: {name}: not found", fd=2)
    return 127


# ---------------------------------------------------------------- built-in commands


def _cd(sys: System, path: str = "/") -> Procedure:
    try:
        yield sys.chdir(path)
    except OSError as error:
        yield sys.print(f"sh: cd: {path}: {error.strerror}", fd=2)
        return 1
    return 0


def _exit(sys: System, code: str = "0") -> Procedure:
    yield sys.exit(int(code))


def _wait(sys: System) -> Procedure:
    while True:
        try:
            yield sys.wait()
        except ChildProcessError:
            return 0


def _nothing(sys: System, *_arguments: str) -> Procedure:
    yield from ()
    return 0


BUILTINS = {"cd": _cd, "exit": _exit, "wait": _wait, ":": _nothing}
