"""The first process, the file system it finds, and how a -c command becomes a workload."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from typing import Any

from stapy import workload as public
from stapy.workload import (
    O_RDWR,
    File,
    Finish,
    Procedure,
    Program,
    Ready,
    System,
    Text,
    Workload,
    WorkloadError,
)
from stapy.workloads import commands, named, shell

_PASSWD = """\
root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
syslog:x:102:102:System log:/home/syslog:/bin/false
sshd:x:103:65534:Secure shell:/var/run/sshd:/bin/false
anna:x:1000:1000:Anna:/home/anna:/bin/sh
ben:x:1001:1001:Ben:/home/ben:/bin/sh
"""
_GROUP = "root:x:0:\ndaemon:x:1:\nadm:x:4:syslog,anna\nusers:x:100:anna,ben\nanna:x:1000:\nben:x:1001:\n"
_SERVICES = "".join(
    f"{name}\t\t{port}/tcp\n"
    for name, port in (("ftp", 21), ("ssh", 22), ("telnet", 23), ("smtp", 25), ("domain", 53), ("http", 80))
)

DIRECTORIES = (
    *("bin", "dev", "etc", "home", "home/anna", "home/ben", "mnt", "proc", "root", "run", "sbin", "tmp"),
    *("usr", "usr/bin", "usr/sbin", "usr/lib", "usr/src"),
    *("var", "var/log", "var/run", "var/spool", "var/spool/cron"),
)

FILES: dict[str, File | Text] = {
    "/etc/passwd": _PASSWD,
    "/etc/group": _GROUP,
    "/etc/shadow": File(b"root:*:14579:0:99999:7:::\n", 0o600),
    "/etc/hostname": "stapy\n",
    "/etc/hosts": "127.0.0.1\tlocalhost\n127.0.1.1\tstapy\n",
    "/etc/services": _SERVICES,
    "/etc/motd": "Welcome to stapy.\n",
    "/etc/fstab": "none\t/proc\tproc\tdefaults\t0 0\n",
    "/home/anna/notes.txt": "probe point\nhandler\nbreakpoint\nsingle-step\ntrampoline\n" * 8,
    "/home/anna/secret.txt": File(b"mine alone\n", 0o600, 1000, 1000),
    "/dev/console": File(mode=stat.S_IFCHR | 0o600, device=(5, 1)),
    "/dev/tty": File(mode=stat.S_IFCHR | 0o666, device=(5, 0)),
    "/dev/ttyS0": File(mode=stat.S_IFCHR | 0o660, device=(4, 64)),
    "/dev/null": File(mode=stat.S_IFCHR | 0o666, device=(1, 3)),
    "/dev/zero": File(mode=stat.S_IFCHR | 0o666, device=(1, 5)),
    "/tmp": File(mode=stat.S_IFDIR | 0o1777),
}

_COMMANDS = commands  # imported for the programs that it registers


def workload(command: str | None) -> Workload:
    """The workload of a -c command; the default workload for None. Raises WorkloadError."""
    if command is None:
        from stapy.workloads import system

        return _assemble(system.init, system.FILES, has_target=False)
    if not command.strip():
        raise WorkloadError("an empty command (-c)")
    extra: dict[str, Program] = {}
    files: dict[str, File | Text] = {}
    lines = shell.parse(command)
    simple = len(lines) == 1 and len(lines[0].commands) == 1 and lines[0].joiner != "&"
    for pipeline in lines:
        for part in pipeline.commands:
            _resolve(part, extra, files, alone=simple)
    first = lines[0].commands[0]
    if simple and not first.redirections and first.words[0] not in shell.BUILTINS:
        path = first.words[0] if first.words[0] in extra else shell.find(first.words[0])
        assert path is not None
        argv = [path, first.words[0].rpartition("/")[2], *first.words[1:]]
    else:
        argv = ["/bin/sh", "sh", "-c", _text(lines)]
    return _assemble(_runner(argv), files, extra, has_target=True)


def _resolve(part: shell.Command, programs: dict[str, Program], files: dict[str, File | Text], alone: bool) -> None:
    """Finds what a command's first word means; functions and named workloads become programs of their own."""
    name, arguments = part.words[0], part.words[1:]
    path, colon, function = name.rpartition(":")
    if colon and path.endswith(".py"):
        namespace = public.load_file(path)
        found = namespace.get(function)
        if not callable(found):
            raise WorkloadError(f"{path}: there is no function '{function}'")
        files.update(namespace.get("files") or {} if namespace.get("files") is not public.files else {})
        part.words[0] = f"/usr/bin/{function}"
        programs[part.words[0]] = Program(part.words[0], found)
    elif name in named.NAMES and not (name == "sleep" and arguments) and (alone or shell.find(name) is None):
        part.words[0] = f"/usr/bin/{name}"
        programs[part.words[0]] = Program(part.words[0], named.function(name))
    elif name not in shell.BUILTINS and shell.find(name) is None:
        known = sorted({*named.NAMES, *(path.rpartition("/")[2] for path in public.programs)})
        raise WorkloadError(f"no workload or program '{name}' (there are {', '.join(known)}; or FILE.py:FUNCTION)")


def _text(lines: list[shell.Pipeline]) -> str:
    """The command line again, after names were resolved."""
    out = []
    for pipeline in lines:
        parts = []
        for part in pipeline.commands:
            words = [_quoted(word) for word in part.words]
            for fd, flags, path in part.redirections:
                sign = next(s for s, meaning in shell.REDIRECTIONS.items() if meaning == (fd, flags))
                words += [sign, _quoted(path)]
            parts.append(" ".join(words))
        out.append(" | ".join(parts) + (" " if pipeline.joiner != ";" else "") + pipeline.joiner)
    text = " ".join(out)
    return text[:-1] if text.endswith(";") else text


def _quoted(word: str) -> str:
    plain = word and not set(word) & set(" \t\n'\"\\;&|<>#")
    if plain:
        return word
    return '"' + word + '"' if "'" in word else f"'{word}'"


def _assemble(
    init: Any,
    files: Mapping[str, File | Text],
    programs: Mapping[str, Program] | None = None,
    *,
    has_target: bool,
) -> Workload:
    everything = {**public.programs, **(programs or {}), "/sbin/init": Program("/sbin/init", init)}
    contents: dict[str, File] = {}
    for path in DIRECTORIES:
        contents["/" + path] = File(mode=stat.S_IFDIR | 0o755)
    for source in (FILES, files, public.files):
        for path, content in source.items():
            contents[path] = as_file(path, content)
    return Workload(everything, contents, System, has_target=has_target)


def as_file(path: str, content: File | Text) -> File:
    """What a workload put in ``files``, as a File. Raises WorkloadError."""
    if not path.startswith("/"):
        raise WorkloadError(f"files: '{path}' is no absolute path")
    if isinstance(content, File):
        return content
    if isinstance(content, (str, bytes)):
        return File(content.encode() if isinstance(content, str) else content)
    raise WorkloadError(f"files: '{path}' is neither text nor bytes nor a File")


# ---------------------------------------------------------------- the first process


def open_console(sys: System) -> Procedure:
    """Standard input, output and error, where the kernel has not opened them."""
    try:
        yield sys.fstat(0)
    except OSError:
        fd = yield sys.open("/dev/console", O_RDWR)
        while fd < 2:
            fd = yield sys.dup(fd)


def _runner(argv: list[str]) -> Any:
    """An init that runs one command and ends with it."""

    def init(sys: System, *_arguments: str) -> Procedure:
        yield from open_console(sys)
        target = yield sys.fork(_become, argv)
        while True:
            pid, status = yield sys.wait()
            if pid == target:
                yield Finish(status)

    return init


def _become(sys: System, argv: list[str]) -> Procedure:
    """The process of the command, which has nothing to read: it waits for the script, then executes."""
    yield sys.setsid()
    null = yield sys.open("/dev/null")
    yield sys.dup2(null, 0)
    yield sys.close(null)
    yield Ready(target=True)
    yield sys.execve(argv[0], argv[1:])
