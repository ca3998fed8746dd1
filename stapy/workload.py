"""Workloads: what runs on the emulated kernel while a script watches it; the public way to write your own.

A process is a generator function. It gets ``sys``, the system calls, and its arguments as strings, and
yields calls::

    from stapy.workload import O_RDONLY

    def show(sys, path="/etc/passwd"):
        fd = yield sys.open(path, O_RDONLY)
        while data := (yield sys.read(fd, 4096)):
            yield sys.write(1, data)
        yield sys.close(fd)
        return 0                                   # the exit code

``stapy -c 'mine.py:show /etc/group' script.stp`` runs it. Each call enters the kernel as a real program's
would: it is machine code that runs, it can block, be preempted, be killed. A call that fails raises the
OSError subclass for its error number at the yield, with Linux's number in ``errno``; a process that does not
catch it says so on its standard error and exits with 1, as a careful C program would::

    def careful(sys):
        try:
            yield sys.open("/no/such/file")
        except FileNotFoundError:
            yield sys.write(2, "as expected\\n")

Processes, threads, programs::

    def child(sys, number):
        yield sys.compute(us=300)                  # user time: can be interrupted and preempted
        return number                              # its exit code

    def parent(sys):
        pid = yield sys.fork(child, 7)             # the child runs child(sys, 7)
        pid, status = yield sys.wait()             # WEXITSTATUS(status) == 7
        code = yield from sys.run("/bin/cat", "/etc/passwd")   # fork, execve, wait

    @program("/usr/bin/hello")                     # an executable in the file system
    def hello(sys, *names):                        # names are argv[1:]
        yield sys.print("hello", *names)

What needs several calls is a generator too, and is called with ``yield from``: ``run``, ``spawn``,
``read_file`` and ``write_file`` below, and any of your own functions.

Signals: the handler is called in the process, between its calls, on a frame that the kernel made on its
stack::

    def waiter(sys):
        def on_usr1(sys, number):
            yield sys.write(1, "got it\\n")
        yield sys.signal(SIGUSR1, on_usr1)
        try:
            yield sys.pause()
        except InterruptedError:
            pass

Memory: ``touch``, ``peek`` and ``poke`` use the process's own memory, with real page faults::

    def pages(sys):
        start = yield sys.mmap(16 * 4096)
        for page in range(16):
            yield sys.touch(start + page * 4096, write=True)

Python objects are not part of the emulated memory: a child that changes a list of its parent's changes the
same list. Do not look at addresses, at word sizes or at the real clock, and the workload runs the same every
time and everywhere; ``sys.random`` is a random.Random with a seed of the process's own.

``files`` adds to the file system: ``files["/etc/motd"] = "hello\\n"`` at the top level of the workload's
module.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from typing import Any

from stapy.runtime.kernels.operations import (
    Access,
    Call,
    Compute,
    Execute,
    Exit,
    File,
    Finish,
    Fork,
    Program,
    ProgramFunction,
    Ready,
    Signal,
    Workload,
    WorkloadError,
)

Text = str | bytes
Address = Text | tuple[str, int]
Procedure = Generator[Any, Any, Any]

# ---------------------------------------------------------------- constants

O_RDONLY, O_WRONLY, O_RDWR = 0, 1, 2
O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_NONBLOCK, O_DIRECTORY = 0o100, 0o200, 0o1000, 0o2000, 0o4000, 0o200000
SEEK_SET, SEEK_CUR, SEEK_END = 0, 1, 2
F_OK, X_OK, W_OK, R_OK = 0, 1, 2, 4

SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGKILL = range(1, 10)
SIGUSR1, SIGSEGV, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM, SIGSTKFLT, SIGCHLD, SIGCONT = range(10, 19)
SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF = range(19, 28)
SIG_DFL, SIG_IGN = 0, 1
SA_NOCLDSTOP, SA_NOCLDWAIT, SA_RESTART, SA_NODEFER, SA_RESETHAND = 1, 2, 0x10000000, 0x40000000, 0x80000000
SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK = 0, 1, 2

WNOHANG, WUNTRACED = 1, 2

CLONE_VM, CLONE_FS, CLONE_FILES, CLONE_SIGHAND = 0x100, 0x200, 0x400, 0x800
CLONE_VFORK, CLONE_PARENT, CLONE_THREAD = 0x4000, 0x8000, 0x10000
THREAD_FLAGS = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD

PROT_NONE, PROT_READ, PROT_WRITE, PROT_EXEC = 0, 1, 2, 4
MAP_SHARED, MAP_PRIVATE, MAP_FIXED, MAP_ANONYMOUS = 1, 2, 0x10, 0x20

CLOCK_REALTIME, CLOCK_MONOTONIC = 0, 1
TIMER_ABSTIME = 1
ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF = 0, 1, 2
POLLIN, POLLOUT, POLLERR, POLLHUP = 1, 4, 8, 16
EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP, EPOLLONESHOT, EPOLLET = 1, 4, 8, 16, 1 << 30, 1 << 31
EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLL_CTL_MOD = 1, 2, 3
EFD_SEMAPHORE = 1
IN_ACCESS, IN_MODIFY, IN_ATTRIB, IN_CLOSE_WRITE, IN_CLOSE_NOWRITE, IN_OPEN = 1, 2, 4, 8, 16, 32
IN_MOVED_FROM, IN_MOVED_TO, IN_CREATE, IN_DELETE, IN_DELETE_SELF, IN_MOVE_SELF = 64, 128, 256, 512, 1024, 2048
IN_IGNORED, IN_ISDIR, IN_ALL_EVENTS = 0x8000, 0x40000000, 0xFFF

AF_UNIX, AF_INET = 1, 2
SOCK_STREAM, SOCK_DGRAM, SOCK_NONBLOCK = 1, 2, 0o4000
SOL_SOCKET, SO_REUSEADDR, SO_TYPE, SO_ERROR, SO_SNDBUF, SO_RCVBUF = 1, 2, 3, 4, 7, 8
MSG_PEEK, MSG_DONTWAIT, MSG_NOSIGNAL = 2, 0x40, 0x4000
SHUT_RD, SHUT_WR, SHUT_RDWR = 0, 1, 2

FUTEX_WAIT, FUTEX_WAKE, FUTEX_REQUEUE, FUTEX_CMP_REQUEUE, FUTEX_WAKE_OP = 0, 1, 3, 4, 5
FUTEX_WAIT_BITSET, FUTEX_WAKE_BITSET, FUTEX_PRIVATE = 9, 10, 128
LOCK_SH, LOCK_EX, LOCK_NB, LOCK_UN = 1, 2, 4, 8
F_SETLK, F_SETLKW, F_RDLCK, F_WRLCK, F_UNLCK = 6, 7, 0, 1, 2
AT_FDCWD, AT_REMOVEDIR, AT_SYMLINK_NOFOLLOW = -100, 0x200, 0x100
MADV_DONTNEED, MREMAP_MAYMOVE, MREMAP_FIXED, MS_SYNC = 4, 1, 2, 4
RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_NPROC, RLIMIT_NOFILE, RLIMIT_MEMLOCK = 0, 1, 6, 7, 8
RUSAGE_SELF, RUSAGE_CHILDREN = 0, -1
SCHED_NORMAL, SCHED_FIFO, SCHED_RR, SCHED_BATCH = 0, 1, 2, 3
P_ALL, P_PID, P_PGID, WEXITED, WNOWAIT = 0, 1, 2, 4, 0x1000000
PR_SET_NAME = 15

IPC_PRIVATE, IPC_CREAT, IPC_EXCL, IPC_NOWAIT, IPC_RMID = 0, 0o1000, 0o2000, 0o4000, 0
GETVAL, SETVAL, GETNCNT, SEM_UNDO = 12, 16, 14, 0x1000


def WIFEXITED(status: int) -> bool:  # noqa: N802 - C's name
    return status & 0x7F == 0


def WEXITSTATUS(status: int) -> int:  # noqa: N802 - C's name
    return status >> 8 & 0xFF


def WTERMSIG(status: int) -> int:  # noqa: N802 - C's name
    """The signal that ended the process; 0 if it exited."""
    return status & 0x7F


# ---------------------------------------------------------------- programs and files

programs: dict[str, Program] = {}
files: dict[str, File | Text] = {}


def program(path: str) -> Callable[[ProgramFunction], ProgramFunction]:
    """Makes the function a program of the file system: executing ``path`` runs ``function(sys,
    *argv[1:])``."""
    if not path.startswith("/"):
        raise WorkloadError(f"a program needs an absolute path, not '{path}'")

    def register(function: ProgramFunction) -> ProgramFunction:
        programs[path] = Program(path, function)
        return function

    return register


# ---------------------------------------------------------------- system calls


class System:
    """The system calls of one process: ``sys``. Its methods do nothing by themselves; yield what they return.

    ``name`` is the program's name, ``argv`` its arguments with the name it was called by, ``environ`` its
    environment.
    """

    def __init__(self, name: str, argv: Sequence[str], environ: Mapping[str, str]) -> None:
        self.name = name
        self.argv = list(argv)
        self.environ = dict(environ)
        self.random = random.Random(" ".join([name, *argv]))

    # ------------------------------------------------------------ files

    def open(self, path: Text, flags: int = O_RDONLY, mode: int = 0o666) -> Call:
        """A file descriptor."""
        return Call("open", (path, flags, mode))

    def creat(self, path: Text, mode: int = 0o666) -> Call:
        return Call("creat", (path, mode))

    def close(self, fd: int) -> Call:
        return Call("close", (fd,))

    def read(self, fd: int, size: int) -> Call:
        """Bytes: at most ``size`` (up to 61440), none at the end of the file."""
        return Call("read", (fd, size))

    def write(self, fd: int, data: Text) -> Call:
        """The number of bytes written."""
        return Call("write", (fd, data))

    def lseek(self, fd: int, offset: int, whence: int = SEEK_SET) -> Call:
        return Call("lseek", (fd, offset, whence))

    def stat(self, path: Text) -> Call:
        """A Stat: dev, ino, mode, nlink, uid, gid, rdev, size, blksize, blocks, atime, mtime, ctime."""
        return Call("stat", (path,))

    def lstat(self, path: Text) -> Call:
        return Call("lstat", (path,))

    def fstat(self, fd: int) -> Call:
        return Call("fstat", (fd,))

    def access(self, path: Text, mode: int = F_OK) -> Call:
        return Call("access", (path, mode))

    def unlink(self, path: Text) -> Call:
        return Call("unlink", (path,))

    def link(self, old: Text, new: Text) -> Call:
        return Call("link", (old, new))

    def symlink(self, target: Text, path: Text) -> Call:
        return Call("symlink", (target, path))

    def readlink(self, path: Text, size: int = 4096) -> Call:
        return Call("readlink", (path, size))

    def rename(self, old: Text, new: Text) -> Call:
        return Call("rename", (old, new))

    def mkdir(self, path: Text, mode: int = 0o777) -> Call:
        return Call("mkdir", (path, mode))

    def rmdir(self, path: Text) -> Call:
        return Call("rmdir", (path,))

    def getdents(self, fd: int, size: int = 4096) -> Call:
        """The next entries of a directory: a list of (name, ino), empty at its end."""
        return Call("getdents", (fd, size))

    def chdir(self, path: Text) -> Call:
        return Call("chdir", (path,))

    def getcwd(self, size: int = 4096) -> Call:
        return Call("getcwd", (size,))

    def chmod(self, path: Text, mode: int) -> Call:
        return Call("chmod", (path, mode))

    def chown(self, path: Text, uid: int, gid: int) -> Call:
        return Call("chown", (path, uid, gid))

    def mknod(self, path: Text, mode: int, device: int = 0) -> Call:
        return Call("mknod", (path, mode, device))

    def truncate(self, path: Text, size: int) -> Call:
        return Call("truncate", (path, size))

    def ftruncate(self, fd: int, size: int) -> Call:
        return Call("ftruncate", (fd, size))

    def fsync(self, fd: int) -> Call:
        return Call("fsync", (fd,))

    def sync(self) -> Call:
        return Call("sync")

    def umask(self, mask: int) -> Call:
        return Call("umask", (mask,))

    def pipe(self) -> Call:
        """(read end, write end)"""
        return Call("pipe")

    def dup(self, fd: int) -> Call:
        return Call("dup", (fd,))

    def dup2(self, old: int, new: int) -> Call:
        return Call("dup2", (old, new))

    def fcntl(self, fd: int, command: int, argument: int = 0) -> Call:
        return Call("fcntl", (fd, command, argument))

    def ioctl(self, fd: int, request: int, argument: int = 0) -> Call:
        return Call("ioctl", (fd, request, argument))

    def poll(self, requests: Sequence[tuple[int, int]], timeout_ms: int = -1) -> Call:
        """``requests`` are (fd, events); gives the events that happened, by descriptor."""
        return Call("poll", (tuple(requests), timeout_ms))

    def mount(self, source: Text, target: Text, kind: Text, flags: int = 0) -> Call:
        return Call("mount", (source, target, kind, flags))

    def openat(self, directory: int, path: Text, flags: int = O_RDONLY, mode: int = 0o666) -> Call:
        return Call("openat", (directory, path, flags, mode))

    def mkdirat(self, directory: int, path: Text, mode: int = 0o777) -> Call:
        return Call("mkdirat", (directory, path, mode))

    def unlinkat(self, directory: int, path: Text, flags: int = 0) -> Call:
        return Call("unlinkat", (directory, path, flags))

    def renameat(self, old_directory: int, old: Text, new_directory: int, new: Text) -> Call:
        return Call("renameat", (old_directory, old, new_directory, new))

    def readv(self, fd: int, sizes: Sequence[int]) -> Call:
        """A list of bytes, one for each size."""
        return Call("readv", (fd, tuple(sizes)))

    def writev(self, fd: int, parts: Sequence[Text]) -> Call:
        return Call("writev", (fd, tuple(parts)))

    def pread(self, fd: int, size: int, offset: int) -> Call:
        """Bytes from ``offset``; the file's position stays where it is. By preadv."""
        return Call("pread", (fd, size, offset))

    def pwrite(self, fd: int, data: Text, offset: int) -> Call:
        return Call("pwrite", (fd, data, offset))

    def sendfile(self, out: int, source: int, count: int) -> Call:
        return Call("sendfile", (out, source, count))

    def flock(self, fd: int, operation: int) -> Call:
        """LOCK_SH, LOCK_EX or LOCK_UN on the whole file, with LOCK_NB without waiting."""
        return Call("flock", (fd, operation))

    def lock(self, fd: int, kind: int, start: int = 0, length: int = 0, wait: bool = True) -> Call:
        """fcntl's F_SETLKW or F_SETLK: a lock of F_RDLCK or F_WRLCK on bytes, or F_UNLCK; length 0: to the end."""
        return Call("lock", (fd, F_SETLKW if wait else F_SETLK, kind, start, length))

    def lock_test(self, fd: int, kind: int, start: int = 0, length: int = 0) -> Call:
        """fcntl's F_GETLK: the pid of who has a lock in the way, or 0."""
        return Call("lock_test", (fd, kind, start, length))

    def statfs(self, path: Text) -> Call:
        """A dict of the members of struct statfs."""
        return Call("statfs", (path,))

    def utimens(self, path: Text, times: tuple[int, int] | None = None) -> Call:
        """Sets the times of access and change, in ns since 1970; None: now."""
        return Call("utimensat", (AT_FDCWD, path, times, 0))

    # ------------------------------------------------------------ sockets

    def socket(self, family: int = AF_UNIX, kind: int = SOCK_STREAM, protocol: int = 0) -> Call:
        return Call("socket", (family, kind, protocol))

    def socketpair(self, kind: int = SOCK_STREAM) -> Call:
        """(one end, the other end)"""
        return Call("socketpair", (AF_UNIX, kind, 0))

    def bind(self, fd: int, address: Address) -> Call:
        """``address`` is a path for AF_UNIX, ("127.0.0.1", port) for AF_INET."""
        return Call("bind", (fd, address))

    def listen(self, fd: int, backlog: int = 16) -> Call:
        return Call("listen", (fd, backlog))

    def accept(self, fd: int) -> Call:
        return Call("accept", (fd,))

    def connect(self, fd: int, address: Address) -> Call:
        return Call("connect", (fd, address))

    def getsockname(self, fd: int) -> Call:
        return Call("getsockname", (fd,))

    def getpeername(self, fd: int) -> Call:
        return Call("getpeername", (fd,))

    def send(self, fd: int, data: Text, flags: int = 0) -> Call:
        return Call("send", (fd, data, flags))

    def recv(self, fd: int, size: int, flags: int = 0) -> Call:
        return Call("recv", (fd, size, flags))

    def sendto(self, fd: int, data: Text, address: Address, flags: int = 0) -> Call:
        return Call("sendto", (fd, data, address, flags))

    def recvfrom(self, fd: int, size: int, flags: int = 0) -> Call:
        """(bytes, address)"""
        return Call("recvfrom", (fd, size, flags))

    def sendmsg(self, fd: int, parts: Sequence[Text], flags: int = 0) -> Call:
        return Call("sendmsg", (fd, tuple(parts), flags))

    def recvmsg(self, fd: int, size: int, flags: int = 0) -> Call:
        return Call("recvmsg", (fd, size, flags))

    def shutdown(self, fd: int, how: int = SHUT_RDWR) -> Call:
        return Call("shutdown", (fd, how))

    def setsockopt(self, fd: int, option: int, value: int = 1, level: int = SOL_SOCKET) -> Call:
        return Call("setsockopt", (fd, level, option, value))

    def getsockopt(self, fd: int, option: int, level: int = SOL_SOCKET) -> Call:
        return Call("getsockopt", (fd, level, option))

    # ------------------------------------------------------------ semaphores, messages, shared memory (System V)

    def semget(self, key: int, count: int, flags: int = IPC_CREAT | 0o600) -> Call:
        return Call("semget", (key, count, flags))

    def semop(self, identifier: int, *operations: tuple[int, int] | tuple[int, int, int]) -> Call:
        """Each is (semaphore, change) or (semaphore, change, flags); all are done at once, or none."""
        return Call("semop", (identifier, tuple((*operation, 0)[:3] for operation in operations)))

    def semctl(self, identifier: int, semaphore: int, command: int, value: int = 0) -> Call:
        return Call("semctl", (identifier, semaphore, command, value))

    def msgget(self, key: int, flags: int = IPC_CREAT | 0o600) -> Call:
        return Call("msgget", (key, flags))

    def msgsnd(self, identifier: int, kind: int, text: Text, flags: int = 0) -> Call:
        return Call("msgsnd", (identifier, kind, text, flags))

    def msgrcv(self, identifier: int, size: int = 1024, kind: int = 0, flags: int = 0) -> Call:
        """(type, bytes)"""
        return Call("msgrcv", (identifier, size, kind, flags))

    def msgctl(self, identifier: int, command: int) -> Call:
        return Call("msgctl", (identifier, command, 0))

    def shmget(self, key: int, size: int, flags: int = IPC_CREAT | 0o600) -> Call:
        return Call("shmget", (key, size, flags))

    def shmat(self, identifier: int, address: int = 0, flags: int = 0) -> Call:
        """Where the segment is mapped."""
        return Call("shmat", (identifier, address, flags))

    def shmdt(self, address: int) -> Call:
        return Call("shmdt", (address,))

    def shmctl(self, identifier: int, command: int) -> Call:
        return Call("shmctl", (identifier, command, 0))

    # ------------------------------------------------------------ waiting for several files

    def select(
        self,
        readers: Sequence[int],
        writers: Sequence[int] = (),
        others: Sequence[int] = (),
        timeout: float | None = None,
    ) -> Call:
        """The three lists of those that are ready; ``timeout`` in seconds."""
        return Call("select", (tuple(readers), tuple(writers), tuple(others), _ns(timeout)))

    def ppoll(
        self, requests: Sequence[tuple[int, int]], timeout: float | None = None, mask: int | None = None
    ) -> Call:
        """As poll, with seconds and another mask of signals meanwhile."""
        return Call("ppoll", (tuple(requests), _ns(timeout), mask))

    def epoll_create(self) -> Call:
        return Call("epoll_create1", (0,))

    def epoll_ctl(self, epfd: int, operation: int, fd: int, events: int = EPOLLIN) -> Call:
        return Call("epoll_ctl", (epfd, operation, fd, events))

    def epoll_wait(self, epfd: int, most: int = 16, timeout_ms: int = -1) -> Call:
        """The events that happened, by descriptor."""
        return Call("epoll_wait", (epfd, most, timeout_ms))

    def eventfd(self, count: int = 0, flags: int = 0) -> Call:
        return Call("eventfd2", (count, flags))

    def timerfd(self, clock: int = CLOCK_MONOTONIC) -> Call:
        return Call("timerfd_create", (clock, 0))

    def timerfd_settime(self, fd: int, first: float, interval: float = 0, flags: int = 0) -> Call:
        """Seconds."""
        return Call("timerfd_settime", (fd, flags, round(first * 10**9), round(interval * 10**9)))

    def timerfd_read(self, fd: int) -> Call:
        """How often it has expired since the last read; waits for the first."""
        return Call("timerfd_read", (fd,))

    def inotify(self, flags: int = 0) -> Call:
        return Call("inotify_init1", (flags,))

    def inotify_add_watch(self, fd: int, path: Text, mask: int) -> Call:
        """The number of the watch; ``mask`` is of IN_ bits."""
        return Call("inotify_add_watch", (fd, path, mask))

    def inotify_rm_watch(self, fd: int, watch: int) -> Call:
        return Call("inotify_rm_watch", (fd, watch))

    def inotify_read(self, fd: int, size: int = 4096) -> Call:
        """What happened: a list of (watch, mask, cookie, name)."""
        return Call("inotify_read", (fd, size))

    def futex(self, address: int, operation: int, value: int, timeout: float | None = None) -> Call:
        """FUTEX_WAIT while the word at ``address`` is ``value``, or FUTEX_WAKE up to ``value`` waiters."""
        return Call("futex_wait", (address, operation, value, _ns(timeout)))

    # ------------------------------------------------------------ processes

    def fork(self, child: ProgramFunction, *arguments: Any) -> Fork:
        """The child's pid. The child runs ``child(sys, *arguments)`` and exits with what that returns."""
        return Fork("fork", child, arguments)

    def vfork(self, child: ProgramFunction, *arguments: Any) -> Fork:
        """As fork, with the parent's memory, and the parent waits until the child executes a program or
        exits."""
        return Fork("vfork", child, arguments)

    def clone(self, flags: int, child: ProgramFunction, *arguments: Any) -> Fork:
        """clone with these CLONE_ flags (and the exit signal in the low byte); a stack is found for the
        child."""
        return Fork("clone", child, arguments, flags)

    def thread(self, child: ProgramFunction, *arguments: Any) -> Fork:
        """A thread of this process: its thread id."""
        return Fork("clone", child, arguments, THREAD_FLAGS)

    def execve(self, path: Text, argv: Sequence[Text], environ: Mapping[str, str] | None = None) -> Execute:
        """Becomes the program at ``path``; returns only with an error. ``argv`` includes argv[0]."""
        return Execute(path, tuple(argv), environ)

    def exec(self, path: str, *arguments: Text) -> Execute:
        """execve with argv[0] from the path, and the same environment."""
        return Execute(path, (path.rpartition("/")[2], *arguments))

    def exit(self, code: int = 0) -> Exit:
        """Ends the process (all its threads)."""
        return Exit(code)

    def wait4(self, pid: int = -1, options: int = 0) -> Call:
        """(pid, status) of a child that ended; (0, 0) where WNOHANG finds none. Raises ChildProcessError."""
        return Call("wait4", (pid, options))

    def wait(self) -> Call:
        return Call("wait4", (-1, 0))

    def waitpid(self, pid: int, options: int = 0) -> Call:
        return Call("wait4", (pid, options))

    def getpid(self) -> Call:
        return Call("getpid")

    def getppid(self) -> Call:
        return Call("getppid")

    def gettid(self) -> Call:
        return Call("gettid")

    def getpgrp(self) -> Call:
        return Call("getpgrp")

    def setpgid(self, pid: int = 0, group: int = 0) -> Call:
        return Call("setpgid", (pid, group))

    def setsid(self) -> Call:
        return Call("setsid")

    def getuid(self) -> Call:
        return Call("getuid")

    def geteuid(self) -> Call:
        return Call("geteuid")

    def getgid(self) -> Call:
        return Call("getgid")

    def setuid(self, uid: int) -> Call:
        return Call("setuid", (uid,))

    def setgid(self, gid: int) -> Call:
        return Call("setgid", (gid,))

    def getpriority(self) -> Call:
        """20 - the process's nice value, as the system call has it."""
        return Call("getpriority", (0, 0))

    def setpriority(self, nice: int) -> Call:
        """Sets the process's nice value: -20 to 19."""
        return Call("setpriority", (0, 0, nice))

    def sched_yield(self) -> Call:
        return Call("sched_yield")

    def sched_setscheduler(self, policy: int, priority: int = 0, pid: int = 0) -> Call:
        return Call("sched_setscheduler", (pid, policy, priority))

    def getrlimit(self, resource: int, pid: int = 0) -> Call:
        """(soft, hard), 2**64 - 1 for no limit. By prlimit64."""
        return Call("rlimits", (resource, pid))

    def setrlimit(self, resource: int, soft: int, hard: int) -> Call:
        return Call("setrlimit", (resource, soft, hard))

    def getrusage(self, who: int = RUSAGE_SELF) -> Call:
        """A dict of the members of struct rusage; times in ns."""
        return Call("getrusage", (who,))

    def waitid(self, kind: int = P_ALL, pid: int = 0, options: int = WEXITED) -> Call:
        return Call("waitid", (kind, pid, options))

    # ------------------------------------------------------------ signals

    def kill(self, pid: int, signal: int = SIGTERM) -> Call:
        return Call("kill", (pid, signal))

    def signal(self, number: int, handler: ProgramFunction | int, flags: int = SA_RESTART) -> Signal:
        """Sets what happens on a signal: SIG_DFL, SIG_IGN, or ``handler(sys, number)``, a function or a
        generator."""
        return Signal(number, handler, flags)

    def sigprocmask(self, how: int, mask: int) -> Call:
        """Blocks or unblocks the signals in ``mask`` (signal n is bit n-1); the mask before."""
        return Call("rt_sigprocmask", (how, mask))

    def sigsuspend(self, mask: int) -> Call:
        return Call("rt_sigsuspend", (mask,))

    def pause(self) -> Call:
        """Sleeps until a signal's handler has run, then raises InterruptedError."""
        return Call("pause")

    def alarm(self, seconds: int) -> Call:
        return Call("alarm", (seconds,))

    def setitimer(self, which: int, first: float, interval: float = 0) -> Call:
        """Seconds; 0 stops it."""
        return Call("setitimer", (which, round(first * 10**9), round(interval * 10**9)))

    def timer_create(self, signal: int = SIGALRM, clock: int = CLOCK_MONOTONIC) -> Call:
        """The number of a timer that sends the signal."""
        return Call("timer_create", (clock, signal))

    def timer_settime(self, timer: int, first: float, interval: float = 0, flags: int = 0) -> Call:
        return Call("timer_settime", (timer, flags, round(first * 10**9), round(interval * 10**9)))

    def timer_delete(self, timer: int) -> Call:
        return Call("timer_delete", (timer,))

    def timer_getoverrun(self, timer: int) -> Call:
        return Call("timer_getoverrun", (timer,))

    def sigqueue(self, pid: int, signal: int, value: int = 0) -> Call:
        return Call("sigqueue", (pid, signal, value))

    def sigtimedwait(self, mask: int, timeout: float | None = None) -> Call:
        """The signal of the mask that came."""
        return Call("sigtimedwait", (mask, _ns(timeout)))

    def tgkill(self, group: int, pid: int, signal: int) -> Call:
        return Call("tgkill", (group, pid, signal))

    # ------------------------------------------------------------ memory

    def mmap(
        self,
        size: int,
        prot: int = PROT_READ | PROT_WRITE,
        flags: int = MAP_PRIVATE | MAP_ANONYMOUS,
        fd: int = -1,
        offset: int = 0,
        address: int = 0,
    ) -> Call:
        """The address of new memory, or of ``fd``'s contents from ``offset`` (bytes, a multiple of the
        page)."""
        return Call("mmap", (address, size, prot, flags, fd, offset))

    def munmap(self, address: int, size: int) -> Call:
        return Call("munmap", (address, size))

    def mprotect(self, address: int, size: int, prot: int) -> Call:
        return Call("mprotect", (address, size, prot))

    def mremap(
        self, address: int, old_size: int, new_size: int, flags: int = MREMAP_MAYMOVE, new_address: int = 0
    ) -> Call:
        return Call("mremap", (address, old_size, new_size, flags, new_address))

    def madvise(self, address: int, size: int, advice: int) -> Call:
        return Call("madvise", (address, size, advice))

    def msync(self, address: int, size: int, flags: int = MS_SYNC) -> Call:
        return Call("msync", (address, size, flags))

    def mlock(self, address: int, size: int) -> Call:
        return Call("mlock", (address, size))

    def munlock(self, address: int, size: int) -> Call:
        return Call("munlock", (address, size))

    def mincore(self, address: int, size: int) -> Call:
        """A list with 1 for each page that is in memory, 0 for the others."""
        return Call("mincore", (address, size))

    def brk(self, address: int = 0) -> Call:
        """The end of the heap, moved to ``address`` if that is possible; 0 asks where it is."""
        return Call("brk", (address,))

    def touch(self, address: int, write: bool = False) -> Access:
        """Reads a byte, or writes a zero byte: a page fault where the page is not there."""
        return Access(address, 1, b"\0" if write else None)

    def peek(self, address: int, size: int) -> Access:
        """``size`` bytes of the process's memory."""
        return Access(address, size)

    def poke(self, address: int, data: bytes) -> Access:
        return Access(address, len(data), data)

    # ------------------------------------------------------------ time and the system

    def compute(self, ns: int = 0, *, us: float = 0, ms: float = 0) -> Compute:
        """Uses the processor for that long, in user mode."""
        return Compute(ns + round(us * 1e3) + round(ms * 1e6))

    def nanosleep(self, ns: int) -> Call:
        return Call("nanosleep", (ns,))

    def sleep(self, seconds: float) -> Call:
        """As nanosleep, in seconds."""
        return Call("nanosleep", (round(seconds * 10**9),))

    def time(self) -> Call:
        """Seconds since 1970."""
        return Call("time")

    def gettimeofday(self) -> Call:
        """(seconds since 1970, microseconds)"""
        return Call("gettimeofday")

    def clock_gettime(self, clock: int = CLOCK_MONOTONIC) -> Call:
        """Nanoseconds."""
        return Call("clock_gettime", (clock,))

    def times(self) -> Call:
        """(user, system, children's user, children's system) time in clock ticks."""
        return Call("times")

    def uname(self) -> Call:
        return Call("uname")

    def sethostname(self, name: Text) -> Call:
        return Call("sethostname", (name,))

    def sysinfo(self) -> Call:
        """A dict of the members of struct sysinfo."""
        return Call("sysinfo")

    def getrandom(self, size: int, flags: int = 0) -> Call:
        return Call("getrandom", (size, flags))

    def syslog(self, action: int, size: int = 4096) -> Call:
        return Call("syslog", (action, size))

    def call(self, name: str, *arguments: Any) -> Call:
        """Any system call by its kernel name without ``sys_``, with plain numbers as arguments."""
        return Call(name, arguments)

    def print(self, *words: object, fd: int = 1) -> Call:
        """Writes the words and a newline."""
        return self.write(fd, " ".join(map(str, words)) + "\n")

    # ------------------------------------------------------------ procedures: with `yield from`

    def spawn(self, path: str, *arguments: Text) -> Procedure:
        """Forks and executes a program; its pid."""
        return (yield self.fork(_execute, path, arguments))

    def run(self, path: str, *arguments: Text) -> Procedure:
        """Runs a program and waits for it: its exit code, or 128 + the signal that ended it."""
        pid = yield self.fork(_execute, path, arguments)
        _, status = yield self.waitpid(pid)
        return WEXITSTATUS(status) if WIFEXITED(status) else 128 + WTERMSIG(status)

    def nice(self, increment: int) -> Procedure:
        """Changes the process's nice value; the new one."""
        nice = 20 - (yield self.getpriority()) + increment
        yield self.setpriority(nice)
        return nice

    def read_file(self, path: Text) -> Procedure:
        """All of a file, as bytes."""
        fd = yield self.open(path)
        data = yield from self.read_all(fd)
        yield self.close(fd)
        return data

    def read_all(self, fd: int) -> Procedure:
        """What is left to read of ``fd``, as bytes."""
        parts = []
        while part := (yield self.read(fd, 4096)):
            parts.append(part)
        return b"".join(parts)

    def write_file(self, path: Text, data: Text, flags: int = O_WRONLY | O_CREAT | O_TRUNC) -> Procedure:
        fd = yield self.open(path, flags)
        yield from self.write_all(fd, data)
        yield self.close(fd)

    def write_all(self, fd: int, data: Text) -> Procedure:
        """Writes ``data`` whole, in pieces of at most 4096 bytes."""
        if isinstance(data, str):
            data = data.encode()
        while data:
            written = yield self.write(fd, data[:4096])
            data = data[written:]

    def listdir(self, path: Text) -> Procedure:
        """The names in a directory, without ``.`` and ``..``, in the file system's order."""
        fd = yield self.open(path, O_RDONLY | O_DIRECTORY)
        names = []
        while entries := (yield self.getdents(fd)):
            names += [entry.name for entry in entries if entry.name not in (".", "..")]
        yield self.close(fd)
        return names


def _ns(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 10**9)


def _execute(sys: System, path: str, arguments: Sequence[Text]) -> Procedure:
    yield sys.exec(path, *arguments)


# ---------------------------------------------------------------- from a -c command to a workload


def load(command: str | None = None) -> Workload:
    """The workload of a ``-c`` command; the default workload for None.

    A command is a named workload with arguments (``fork 20``), a function of a file (``mine.py:main
    arguments``), or a command line for the built-in shell (``cat /etc/passwd | grep root``). Raises
    WorkloadError.
    """
    from stapy.workloads import init

    return init.workload(command)


def names() -> dict[str, str]:
    """The named workloads, each with a line that says what it does."""
    from stapy.workloads import named

    return {name: named.summary(name) for name in named.NAMES}


def load_file(path: str) -> dict[str, Any]:
    """Runs a workload's file: its global names. Raises WorkloadError, with the file and line of a mistake."""
    source = Path(path)
    try:
        text = source.read_text(encoding="utf-8")
        code = compile(text, str(source), "exec")
    except OSError as error:
        raise WorkloadError(f"{path}: {error.strerror}") from error
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise WorkloadError(f"{path}:{line or 1}: {getattr(error, 'msg', error)}") from error
    namespace: dict[str, Any] = {"__name__": source.stem, "__file__": str(source)}
    try:
        exec(code, namespace)
    except WorkloadError:
        raise
    except (Exception, SystemExit) as error:
        import traceback

        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == str(source)]
        line = frames[-1].lineno if frames else 1
        raise WorkloadError(f"{path}:{line}: {type(error).__name__}: {error}") from error
    return namespace


__all__ = [
    "File",
    "Finish",
    "Program",
    "Ready",
    "System",
    "Workload",
    "WorkloadError",
    "files",
    "load",
    "load_file",
    "names",
    "program",
    "programs",
]
