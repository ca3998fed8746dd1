"""The programs of the file system: small versions of the commands everybody knows."""

from __future__ import annotations

import stat as modes

from stapy.workload import (
    O_CREAT,
    O_RDONLY,
    O_TRUNC,
    O_WRONLY,
    SIGTERM,
    Procedure,
    System,
    program,
)


def _complain(sys: System, subject: str, error: OSError) -> Procedure:
    yield sys.write(2, f"{sys.name}: {subject}: {error.strerror}\n")


def _inputs(sys: System, paths: tuple[str, ...]) -> Procedure:
    """The contents of the named files, or of the standard input; how many could not be read."""
    if not paths:
        return [(yield from sys.read_all(0))], 0
    found, failed = [], 0
    for path in paths:
        try:
            found.append((yield from sys.read_file(path)))
        except OSError as error:
            yield from _complain(sys, path, error)
            failed += 1
    return found, failed


# ---------------------------------------------------------------- text


@program("/bin/cat")
def cat(sys: System, *paths: str) -> Procedure:
    """cat [FILE...]"""
    status = 0
    for path in paths or ("-",):
        try:
            fd = 0 if path == "-" else (yield sys.open(path, O_RDONLY))
            yield sys.fstat(fd)
            while data := (yield sys.read(fd, 4096)):
                yield from sys.write_all(1, data)
            if fd:
                yield sys.close(fd)
        except OSError as error:
            yield from _complain(sys, path, error)
            status = 1
    return status


@program("/bin/echo")
def echo(sys: System, *words: str) -> Procedure:
    """echo [WORD...]"""
    yield sys.print(*words)
    return 0


@program("/bin/grep")
def grep(sys: System, pattern: str = "", *paths: str) -> Procedure:
    """grep STRING [FILE...]: lines that contain the string"""
    inputs, failed = yield from _inputs(sys, paths)
    found = [line for data in inputs for line in data.splitlines(True) if pattern.encode() in line]
    yield sys.compute(us=2 * sum(map(len, inputs)) // 100 + 5)
    if found:
        yield from sys.write_all(1, b"".join(found))
    return 2 if failed else int(not found)


@program("/usr/bin/wc")
def wc(sys: System, *arguments: str) -> Procedure:
    """wc [-l] [FILE...]"""
    inputs, failed = yield from _inputs(sys, tuple(a for a in arguments if not a.startswith("-")))
    data = b"".join(inputs)
    lines = data.count(b"\n")
    if "-l" in arguments:
        yield sys.print(lines)
    else:
        yield sys.print(lines, len(data.split()), len(data))
    return int(failed > 0)


@program("/usr/bin/head")
def head(sys: System, *arguments: str) -> Procedure:
    """head [-N] [FILE...]"""
    count = next((int(a[1:]) for a in arguments if a[:1] == "-" and a[1:].isdigit()), 10)
    status = 0
    for path in [a for a in arguments if not a.startswith("-")] or ["-"]:
        try:
            fd = 0 if path == "-" else (yield sys.open(path))
            text = b""
            while text.count(b"\n") < count and (data := (yield sys.read(fd, 1024))):
                text += data
            yield from sys.write_all(1, b"".join(text.splitlines(True)[:count]))
        except OSError as error:
            yield from _complain(sys, path, error)
            status = 1
    return status


@program("/usr/bin/sort")
def sort(sys: System, *paths: str) -> Procedure:
    """sort [FILE...]"""
    inputs, failed = yield from _inputs(sys, paths)
    lines = sorted(b"".join(inputs).splitlines(True))
    yield sys.compute(us=10 + 3 * len(lines))
    yield from sys.write_all(1, b"".join(lines))
    return int(failed > 0)


@program("/usr/bin/tee")
def tee(sys: System, path: str) -> Procedure:
    """tee FILE"""
    fd = yield sys.open(path, O_WRONLY | O_CREAT | O_TRUNC)
    while data := (yield sys.read(0, 4096)):
        yield from sys.write_all(1, data)
        yield from sys.write_all(fd, data)
    return 0


# ---------------------------------------------------------------- files


@program("/bin/ls")
def ls(sys: System, *arguments: str) -> Procedure:
    """ls [-l] [PATH...]"""
    long = "-l" in arguments
    status = 0
    for path in [a for a in arguments if not a.startswith("-")] or ["."]:
        try:
            about = yield sys.stat(path)
            if modes.S_ISDIR(about.mode):
                names = sorted((yield from sys.listdir(path)))
                places = [f"{path.rstrip('/')}/{name}" for name in names]
            else:
                names = places = [path]
            lines = names
            if long:
                lines = []
                for name, place in zip(names, places, strict=True):
                    lines.append((yield from _long_line(sys, name, place)))
            yield from sys.write_all(1, "".join(line + "\n" for line in lines))
        except OSError as error:
            yield from _complain(sys, path, error)
            status = 2
    return status


def _long_line(sys: System, name: str, path: str) -> Procedure:
    about = yield sys.lstat(path)
    return f"{modes.filemode(about.mode)} {about.nlink:3} {about.uid:4} {about.gid:4} {about.size:8} {name}"


@program("/usr/bin/find")
def find(sys: System, root: str = ".", *_tests: str) -> Procedure:
    """find [PATH]: the names of everything below it"""
    pending = [root]
    while pending:
        path = pending.pop()
        about = yield sys.lstat(path)
        yield sys.print(path)
        if modes.S_ISDIR(about.mode):
            names = yield from sys.listdir(path)
            pending += [f"{path.rstrip('/')}/{name}" for name in sorted(names, reverse=True)]
    return 0


@program("/bin/cp")
def cp(sys: System, source: str, target: str) -> Procedure:
    """cp FROM TO"""
    data = yield from sys.read_file(source)
    yield from sys.write_file(target, data)
    return 0


@program("/bin/mv")
def mv(sys: System, source: str, target: str) -> Procedure:
    """mv FROM TO"""
    yield sys.rename(source, target)
    return 0


@program("/bin/rm")
def rm(sys: System, *arguments: str) -> Procedure:
    """rm [-f] FILE..."""
    status = 0
    for path in [a for a in arguments if not a.startswith("-")]:
        try:
            yield sys.unlink(path)
        except OSError as error:
            if "-f" not in arguments:
                yield from _complain(sys, path, error)
                status = 1
    return status


@program("/bin/mkdir")
def mkdir(sys: System, *paths: str) -> Procedure:
    """mkdir DIRECTORY..."""
    for path in paths:
        yield sys.mkdir(path)
    return 0


@program("/bin/rmdir")
def rmdir(sys: System, *paths: str) -> Procedure:
    """rmdir DIRECTORY..."""
    for path in paths:
        yield sys.rmdir(path)
    return 0


@program("/bin/touch")
def touch(sys: System, *paths: str) -> Procedure:
    """touch FILE..."""
    for path in paths:
        yield sys.close((yield sys.open(path, O_WRONLY | O_CREAT)))
    return 0


@program("/bin/dd")
def dd(sys: System, *arguments: str) -> Procedure:
    """dd if=FILE of=FILE bs=BYTES count=BLOCKS"""
    options = dict(argument.partition("=")[::2] for argument in arguments)
    size, count = int(options.get("bs", "512")), int(options.get("count", "0"))
    source = yield sys.open(options.get("if", "/dev/zero"))
    sink = yield sys.open(options.get("of", "/dev/null"), O_WRONLY | O_CREAT)
    whole = partial = 0
    while (not count or whole + partial < count) and (data := (yield sys.read(source, size))):
        yield sys.write(sink, data)
        whole, partial = whole + (len(data) == size), partial + (len(data) < size)
    yield sys.print(f"{whole}+{partial} records in\n{whole}+{partial} records out", fd=2)
    return 0


# ---------------------------------------------------------------- processes


@program("/bin/true")
def true(sys: System, *_arguments: str) -> Procedure:
    """true"""
    yield from ()
    return 0


@program("/bin/false")
def false(sys: System, *_arguments: str) -> Procedure:
    """false"""
    yield from ()
    return 1


@program("/bin/sleep")
def sleep(sys: System, *seconds: str) -> Procedure:
    """sleep SECONDS"""
    yield sys.sleep(sum(map(float, seconds)))
    return 0


@program("/bin/kill")
def kill(sys: System, *arguments: str) -> Procedure:
    """kill [-SIGNAL] PID..."""
    number = SIGTERM
    pids = list(arguments)
    if pids and pids[0].startswith("-"):
        number = int(pids.pop(0)[1:])
    for pid in pids:
        yield sys.kill(int(pid), number)
    return 0


@program("/bin/uname")
def uname(sys: System, *arguments: str) -> Procedure:
    """uname [-a]"""
    about = yield sys.uname()
    yield sys.print(*(about[:5] if "-a" in arguments else about[:1]))
    return 0


@program("/bin/date")
def date(sys: System, *_arguments: str) -> Procedure:
    """date: seconds since 1970"""
    yield sys.print((yield sys.time()))
    return 0


@program("/bin/pwd")
def pwd(sys: System) -> Procedure:
    """pwd"""
    yield sys.print((yield sys.getcwd()))
    return 0


@program("/usr/bin/id")
def identity(sys: System) -> Procedure:
    """id"""
    yield sys.print(f"uid={(yield sys.getuid())} gid={(yield sys.getgid())}")
    return 0


@program("/usr/bin/yes")
def yes(sys: System, word: str = "y") -> Procedure:
    """yes [WORD]: until the reader has had enough"""
    line = (word + "\n").encode() * (1024 // (len(word) + 1))
    while True:
        yield sys.write(1, line)
