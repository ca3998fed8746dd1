"""The default workload: a small system that keeps itself busy for ten seconds of virtual time.

init starts a log daemon, a cron daemon, a secure shell daemon with people at work behind it, a web server
with a pool of workers, and a build. They fork, execute, read and write files and pipes, sleep, compute, send
and handle signals, map memory and fault, and make mistakes, all at fixed moments, so that any probe point and
any timer has something to show.
"""

from __future__ import annotations

from stapy.workload import (
    MAP_PRIVATE,
    O_APPEND,
    O_CREAT,
    O_RDONLY,
    O_TRUNC,
    O_WRONLY,
    PROT_READ,
    SIGALRM,
    SIGCHLD,
    SIGHUP,
    SIGKILL,
    SIGTERM,
    SIGUSR1,
    WNOHANG,
    WTERMSIG,
    File,
    Finish,
    Procedure,
    Ready,
    System,
    Text,
    program,
)
from stapy.workloads.init import open_console

LENGTH = 10  # seconds
PAGE = 4096
LOG = 3  # the descriptor through which everybody reaches the log daemon

_SOURCE = """\
#include <stdio.h>
#include "{name}.h"

int {name}(int count)
{{
\tint sum = 0;

\twhile (count--)
\t\tsum += count * count;
\treturn printf("{name} %d\\n", sum);
}}
"""

FILES: dict[str, File | Text] = {
    "/etc/inittab": "log:syslogd\ncron:cron\nssh:sshd\nhttp:httpd\n",
    "/etc/crontab": "1 root sh -c 'ls /var/log | wc -l'\n2 root cat /etc/motd /etc/nothing\n",
    "/usr/src/Makefile": "hello: main.o list.o tree.o\n\tld -o hello main.o list.o tree.o\n",
    **{f"/usr/src/{name}.c": _SOURCE.format(name=name) for name in ("main", "list", "tree")},
    **{f"/usr/src/{name}.h": f"int {name}(int count);\n" for name in ("main", "list", "tree")},
    "/var/www/index.html": "<html><body>" + "It works. " * 300 + "</body></html>\n",
    "/var/www/cgi/slow": "#!/bin/sh\n",
    "/var/spool/cron/root": "* * * * * true\n",
}


# ---------------------------------------------------------------- init


def init(sys: System, *_arguments: str) -> Procedure:
    """Starts everything, picks up what is left behind, and ends after LENGTH seconds."""
    yield from open_console(sys)
    null = yield sys.open("/dev/null", 2)
    for fd in (0, 1, 2):
        yield sys.dup2(null, fd)
    yield sys.close(null)
    reader, writer = yield sys.pipe()
    yield Ready()
    daemons = {}
    daemons["syslogd"] = yield sys.fork(_daemon, "/sbin/syslogd", reader, [writer])
    if writer != LOG:
        yield sys.dup2(writer, LOG)
        yield sys.close(writer)
    if reader != LOG:
        yield sys.close(reader)
    for path in ("/usr/sbin/cron", "/usr/sbin/sshd", "/usr/sbin/httpd"):
        daemons[path] = yield sys.fork(_daemon, path, LOG, [])
    yield sys.fork(_daemon, "/usr/sbin/buildd", LOG, [])
    clock = yield sys.fork(_shutdown, daemons["syslogd"])
    while True:
        pid, status = yield sys.wait()
        if pid == clock:
            yield Finish(0)
        if WTERMSIG(status):
            yield sys.write(LOG, f"init: process {pid} died of signal {WTERMSIG(status)}\n")


def _daemon(sys: System, path: str, log: int, unused: list[int]) -> Procedure:
    for fd in unused:
        yield sys.close(fd)
    if log != LOG:
        yield sys.dup2(log, LOG)
        yield sys.close(log)
    yield sys.setsid()
    yield sys.chdir("/")
    yield sys.exec(path)


def _shutdown(sys: System, syslogd: int) -> Procedure:
    yield sys.exec("/sbin/shutdown", str(syslogd))


@program("/sbin/shutdown")
def shutdown(sys: System, syslogd: str) -> Procedure:
    """Rotates the log half way, and ends the run in time: init waits for it."""
    yield sys.sleep(LENGTH / 2)
    yield sys.rename("/var/log/messages", "/var/log/messages.0")
    yield sys.kill(int(syslogd), SIGHUP)
    start = yield sys.clock_gettime()
    yield sys.nanosleep(max(0, LENGTH * 10**9 - start))
    return 0


def _log(sys: System, text: str) -> Procedure:
    seconds, _ = yield sys.gettimeofday()
    yield sys.write(LOG, f"{seconds} {sys.name}: {text}\n")


# ---------------------------------------------------------------- daemons


@program("/sbin/syslogd")
def syslogd(sys: System) -> Procedure:
    """Writes what comes through the pipe to /var/log/messages; SIGHUP makes it open the file anew."""
    path = "/var/log/messages"
    reopen = []
    yield sys.signal(SIGHUP, lambda sys, number: reopen.append(number), flags=0)
    out = yield sys.open(path, O_WRONLY | O_CREAT | O_APPEND, 0o640)
    while True:
        try:
            data = yield sys.read(LOG, 1024)
        except InterruptedError:
            yield sys.close(out)
            out = yield sys.open(path, O_WRONLY | O_CREAT | O_APPEND, 0o640)
            continue
        if not data:
            return 0
        yield sys.write(out, data)
        yield sys.fsync(out)


@program("/usr/sbin/cron")
def cron(sys: System) -> Procedure:
    """Looks at its tables every second, and runs a job in two of three."""
    jobs = ["ls /var/log | wc -l", "cat /etc/motd /etc/nothing", "find /var | grep log | sort > /tmp/found"]
    yield from _log(sys, "started")
    turn = 0
    while True:
        yield sys.sleep(1)
        yield sys.stat("/etc/crontab")
        yield sys.stat("/var/spool/cron/root")
        try:
            yield sys.access("/var/spool/cron/anna")
        except FileNotFoundError:
            turn += 1
        if turn % 3:
            job = jobs[turn % len(jobs)]
            yield sys.fork(_cron_job, job)
            yield sys.wait()
            yield from _log(sys, f"(root) CMD ({job})")


def _cron_job(sys: System, job: str) -> Procedure:
    pid = yield sys.vfork(_become, "/bin/sh", "-c", job)
    yield sys.waitpid(pid)


def _become(sys: System, path: str, *arguments: str) -> Procedure:
    yield sys.exec(path, *arguments)


@program("/usr/sbin/sshd")
def sshd(sys: System) -> Procedure:
    """Somebody logs in now and then; each session is a child."""
    people = [("anna", 1000), ("ben", 1001), ("root", 0)]
    ended: list[int] = []
    yield sys.signal(SIGCHLD, lambda sys, number: ended.append(number))
    turn = 0
    while True:
        try:
            yield sys.nanosleep(700_000_000 + 50_000_000 * (turn % 5))
        except InterruptedError:
            yield from _reap(sys)
            continue
        name, uid = people[turn % len(people)]
        yield from _log(sys, f"Accepted publickey for {name}")
        yield sys.fork(_session, name, uid, turn)
        turn += 1


def _reap(sys: System) -> Procedure:
    """Picks up the children that have ended."""
    try:
        while (yield sys.wait4(-1, WNOHANG))[0]:
            pass
    except ChildProcessError:
        return


def _session(sys: System, name: str, uid: int, turn: int) -> Procedure:
    """A login: the connection's process keeps a pipe to the shell behind it."""
    from_shell, to_sshd = yield sys.pipe()
    pid = yield sys.fork(_login, name, uid, turn, from_shell, to_sshd)
    yield sys.close(to_sshd)
    while data := (yield sys.read(from_shell, 512)):
        yield sys.compute(us=len(data) // 4 + 20)  # encrypts
    yield sys.waitpid(pid)
    return 0


def _login(sys: System, name: str, uid: int, turn: int, unused: int, out: int) -> Procedure:
    yield sys.close(unused)
    for fd in (1, 2):
        yield sys.dup2(out, fd)
    yield sys.close(out)
    if uid:
        yield sys.setgid(uid)
        yield sys.setuid(uid)
    lines = SESSIONS[turn % len(SESSIONS)]
    yield sys.exec("/usr/bin/login", name, *lines)


SESSIONS = (
    ("ls /home/anna", "cat /etc/passwd | grep anna | wc -l", "cat /etc/shadow"),
    ("cat /etc/services | sort | head -3", "cp /etc/motd /tmp/motd", "rm /tmp/motd"),
    ("ls -l /etc", "find /usr/src | grep .c", "edit /home/anna/notes.txt"),
    ("grep probe /home/anna/notes.txt | wc", "cat /no/such/file || echo missing", "crash"),
    (
        "yes | head -2",
        "sleep 0.2 & wait",
        "dd if=/dev/zero of=/tmp/zeros bs=1024 count=16",
        "rm -f /tmp/zeros",
    ),
)


@program("/usr/bin/login")
def login(sys: System, name: str, *lines: str) -> Procedure:
    """Reads the message of the day and runs what somebody types, with pauses to think."""
    yield sys.print((yield from sys.read_file("/etc/motd")).decode())
    for line in lines:
        yield sys.sleep(0.12)
        pid = yield sys.fork(_shell, line)
        yield sys.waitpid(pid)
    return 0


def _shell(sys: System, line: str) -> Procedure:
    yield sys.exec("/bin/sh", "-c", line)


@program("/usr/sbin/httpd")
def httpd(sys: System) -> Procedure:
    """Hands requests through a pipe to workers, which answer through another."""
    requests, ask = yield sys.pipe()
    answers, answer = yield sys.pipe()
    workers = []
    for _ in range(2):
        workers.append((yield sys.fork(_worker, requests, answer, [ask, answers])))
    yield sys.close(requests)
    yield sys.close(answer)
    pages = ["/index.html", "/index.html", "/favicon.ico", "/index.html", "/cgi/slow"]
    turn = 0
    while True:
        yield sys.sleep(0.25)
        yield sys.write(ask, f"{pages[turn % len(pages)]:16}")
        reply = yield sys.read(answers, 16)
        if not reply.startswith(b"200"):
            yield from _log(sys, f"{pages[turn % len(pages)]}: {reply.decode().strip()}")
        turn += 1


def _worker(sys: System, requests: int, answer: int, unused: list[int]) -> Procedure:
    for fd in unused:
        yield sys.close(fd)
    while request := (yield sys.read(requests, 16)):
        path = "/var/www" + request.decode().strip()
        if path.endswith("slow"):
            yield sys.compute(ms=8)
        try:
            fd = yield sys.open(path)
            size = (yield sys.fstat(fd)).size
            start = yield sys.mmap(size, PROT_READ, MAP_PRIVATE, fd)
            yield sys.peek(start, size)
            yield sys.munmap(start, size)
            yield sys.close(fd)
            yield sys.write(answer, f"{'200 OK':16}")
        except FileNotFoundError:
            yield sys.write(answer, f"{'404 Not Found':16}")
    return 0


# ---------------------------------------------------------------- a build


@program("/usr/sbin/buildd")
def buildd(sys: System) -> Procedure:
    """Builds again and again, with a nap between."""
    yield sys.chdir("/usr/src")
    yield from sys.nice(5)
    while True:
        yield from sys.run("/usr/bin/make")
        yield sys.sleep(1.4)
        for name in ("main.o", "list.o", "hello"):
            yield sys.unlink(name)


@program("/usr/bin/make")
def make(sys: System) -> Procedure:
    """Compiles what is out of date, two at a time, and links."""
    yield from sys.read_file("Makefile")
    pending = []
    for name in ("main", "list", "tree"):
        yield sys.stat(f"{name}.c")
        try:
            yield sys.stat(f"{name}.o")
        except FileNotFoundError:
            pending.append(name)
    running = 0
    while pending or running:
        if pending and running < 2:
            yield sys.vfork(_become, "/usr/bin/cc", pending.pop(0))
            running += 1
        else:
            yield sys.wait()
            running -= 1
    return (yield from sys.run("/usr/bin/ld", "hello", "main.o", "list.o", "tree.o"))


@program("/usr/bin/cc")
def cc(sys: System, name: str) -> Procedure:
    """The compiler driver."""
    code = yield from sys.run("/usr/lib/cc1", f"{name}.c", f"/tmp/{name}.s")
    if not code:
        code = yield from sys.run("/usr/bin/as", f"/tmp/{name}.s", f"{name}.o")
        yield sys.unlink(f"/tmp/{name}.s")
    return code


@program("/usr/lib/cc1")
def cc1(sys: System, source: str, target: str) -> Procedure:
    """Looks for headers, parses into a growing heap, and thinks."""
    text = yield from sys.read_file(source)
    for folder in ("/usr/include", "/usr/local/include", "."):
        try:
            yield from sys.read_file(f"{folder}/{source[:-2]}.h")
        except FileNotFoundError:
            continue
    heap = yield sys.brk()
    yield sys.brk(heap + 16 * PAGE)
    for page in range(12):
        yield sys.touch(heap + page * PAGE, write=True)
        yield sys.compute(us=700)
    table = yield sys.mmap(4 * PAGE)
    yield sys.poke(table + PAGE, text[:64])
    yield sys.munmap(table, 4 * PAGE)
    yield from sys.write_file(target, text * 2)
    return 0


@program("/usr/bin/as")
def assemble(sys: System, source: str, target: str) -> Procedure:
    text = yield from sys.read_file(source)
    yield sys.compute(ms=2)
    yield from sys.write_file(target, b"\x7fELF" + text)
    return 0


@program("/usr/bin/ld")
def link(sys: System, target: str, *objects: str) -> Procedure:
    out = yield sys.open(target, O_WRONLY | O_CREAT | O_TRUNC, 0o755)
    for name in objects:
        fd = yield sys.open(name, O_RDONLY)
        size = (yield sys.fstat(fd)).size
        start = yield sys.mmap(size, PROT_READ, MAP_PRIVATE, fd)
        yield from sys.write_all(out, (yield sys.peek(start, size)))
        yield sys.munmap(start, size)
        yield sys.close(fd)
    yield sys.compute(ms=3)
    yield sys.close(out)
    return 0


# ---------------------------------------------------------------- people's programs


@program("/usr/bin/edit")
def edit(sys: System, path: str) -> Procedure:
    """An editor that saves on a timer and is told to go."""
    text = yield from sys.read_file(path)
    saves: list[int] = []
    yield sys.signal(SIGALRM, lambda sys, number: saves.append(number), flags=0)
    yield sys.signal(SIGUSR1, _checkpoint, flags=0)
    yield sys.alarm(1)
    helper = yield sys.fork(_nudge, (yield sys.getpid()))
    while not saves:
        try:
            yield sys.pause()
        except InterruptedError:
            yield sys.compute(us=200)
    yield sys.kill(helper, SIGKILL)
    yield sys.waitpid(helper)
    try:
        yield from sys.write_file(path, text)
    except PermissionError:
        yield from sys.write_file("/tmp/notes.txt", text)
    return 0


def _checkpoint(sys: System, _number: int) -> Procedure:
    fd = yield sys.creat("/tmp/.notes.swp", 0o600)
    yield sys.write(fd, "checkpoint")
    yield sys.close(fd)


def _nudge(sys: System, editor: int) -> Procedure:
    for _ in range(3):
        yield sys.sleep(0.2)
        yield sys.kill(editor, SIGUSR1)
    while True:
        yield sys.compute(ms=15)
        yield sys.sched_yield()


@program("/usr/bin/crash")
def crash(sys: System) -> Procedure:
    """Follows a null pointer."""
    pid = yield sys.getpid()
    try:
        yield sys.kill(pid + 20000, SIGTERM)
    except ProcessLookupError:
        yield sys.poke(8, b"oops")
