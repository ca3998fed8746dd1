"""The arguments of system calls as text: flags by name, structures in user memory, as ``argstr`` shows them."""

from __future__ import annotations

from collections.abc import Callable

from stapy.runtime.context import Context
from stapy.runtime.program import FunctionReturn
from stapy.runtime.tapset import memory
from stapy.runtime.tapset.declare import tapset_function
from stapy.runtime.tapset.signals import signal_str
from stapy.runtime.tapset.tasks import current

_MASK = 0xFFFFFFFFFFFFFFFF

Names = dict[int, str]


def _names(text: str) -> Names:
    """``NAME=value`` words, or ``NAME`` for one more than the last."""
    found: Names = {}
    value = -1
    for word in text.split():
        name, equals, number = word.partition("=")
        value = int(number, 0) if equals else value + 1
        found.setdefault(value, name)
    return found


def _one(names: Names, value: int) -> str:
    """The name of a value; unknown ones as ``UNKNOWN VALUE: 12``."""
    return names.get(value & 0xFFFFFFFF) or f"UNKNOWN VALUE: {value & 0xFFFFFFFF}"


def _flags(names: Names, value: int) -> str:
    """Names of the bits, joined by ``|``, and what is left in hexadecimal; of no bits the name of 0, or ``0x0``."""
    if not value:
        return names.get(0, "0x0")
    found = []
    for bits, name in names.items():
        if bits and value & bits == bits:
            found.append(name)
            value &= ~bits
    if value:
        found.append(f"{value:#x}")
    return "|".join(found)


# ---------------------------------------------------------------- numbers with names


def _declare_one(names: str, *functions: str) -> None:
    known = _names(names)

    def text(value: int) -> str:
        return _one(known, value)

    text.__doc__ = f"The name of a value: {', '.join(list(known.values())[:3])} and so on."
    tapset_function(*functions, pure=True)(text)


def _declare_flags(names: str, *functions: str) -> None:
    known = _names(names)

    def text(value: int) -> str:
        return _flags(known, value & 0xFFFFFFFF)

    text.__doc__ = f"The names of flags, joined by |: {', '.join(list(known.values())[:3])} and so on."
    tapset_function(*functions, pure=True)(text)


_declare_one("""CLOCK_REALTIME=0 CLOCK_MONOTONIC CLOCK_PROCESS_CPUTIME_ID CLOCK_THREAD_CPUTIME_ID CLOCK_MONOTONIC_RAW
    CLOCK_REALTIME_COARSE CLOCK_MONOTONIC_COARSE CLOCK_BOOTTIME""", "_get_wc_str")
_declare_one("""F_DUPFD=0 F_GETFD F_SETFD F_GETFL F_SETFL F_GETLK F_SETLK F_SETLKW F_SETOWN F_GETOWN F_SETSIG F_GETSIG
    F_GETLK64=12 F_SETLK64 F_SETLKW64 F_SETLEASE=1024 F_GETLEASE F_NOTIFY F_DUPFD_CLOEXEC=1030 F_SETPIPE_SZ
    F_GETPIPE_SZ""", "_fcntl_cmd_str")
_declare_one("ITIMER_REAL=0 ITIMER_VIRTUAL ITIMER_PROF", "_itimer_which_str")
_declare_one("SEEK_SET=0 SEEK_CUR SEEK_END SEEK_DATA SEEK_HOLE", "_seek_whence_str")
_declare_one("PRIO_PROCESS=0 PRIO_PGRP PRIO_USER", "_priority_which_str")
_declare_one("RUSAGE_SELF=0 RUSAGE_THREAD RUSAGE_CHILDREN=0xffffffff RUSAGE_BOTH=0xfffffffe", "_rusage_who_str")
_declare_one("SCHED_NORMAL=0 SCHED_FIFO SCHED_RR SCHED_BATCH SCHED_IDLE=5 SCHED_DEADLINE", "_sched_policy_str")
_declare_one("SIG_BLOCK=0 SIG_UNBLOCK SIG_SETMASK", "_sigprocmask_how_str")
_declare_one("P_ALL=0 P_PID P_PGID", "_waitid_which_str")
_declare_one("SHUT_RD=0 SHUT_WR SHUT_RDWR", "_shutdown_how_str")
_declare_one("EPOLL_CTL_ADD=1 EPOLL_CTL_DEL EPOLL_CTL_MOD", "_opoll_op_str")
_declare_one("""RLIMIT_CPU=0 RLIMIT_FSIZE RLIMIT_DATA RLIMIT_STACK RLIMIT_CORE RLIMIT_RSS RLIMIT_NPROC RLIMIT_NOFILE
    RLIMIT_MEMLOCK RLIMIT_AS RLIMIT_LOCKS RLIMIT_SIGPENDING RLIMIT_MSGQUEUE RLIMIT_NICE RLIMIT_RTPRIO RLIMIT_RTTIME
    RLIM_NLIMITS""", "_rlimit_resource_str")
_declare_one("""MADV_NORMAL=0 MADV_RANDOM MADV_SEQUENTIAL MADV_WILLNEED MADV_DONTNEED MADV_REMOVE=9 MADV_DONTFORK
    MADV_DOFORK MADV_MERGEABLE MADV_UNMERGEABLE MADV_HUGEPAGE MADV_NOHUGEPAGE MADV_HWPOISON=100""",
             "_madvice_advice_str")
_declare_one("""LINUX_REBOOT_MAGIC1=0xfee1dead LINUX_REBOOT_MAGIC2=672274793 LINUX_REBOOT_MAGIC2A=85072278
    LINUX_REBOOT_MAGIC2B=369367448 LINUX_REBOOT_MAGIC2C=537993216""", "_reboot_magic_str")
_declare_one("""LINUX_REBOOT_CMD_CAD_OFF=0 LINUX_REBOOT_CMD_CAD_ON=0x89abcdef LINUX_REBOOT_CMD_HALT=0xcdef0123
    LINUX_REBOOT_CMD_RESTART=0x01234567 LINUX_REBOOT_CMD_RESTART2=0xa1b2c3d4 LINUX_REBOOT_CMD_POWER_OFF=0x4321fedc
    LINUX_REBOOT_CMD_SW_SUSPEND=0xd000fce2 LINUX_REBOOT_CMD_KEXEC=0x45584543""", "_reboot_flag_str")
_declare_one("""PR_SET_PDEATHSIG=1 PR_GET_PDEATHSIG PR_GET_DUMPABLE PR_SET_DUMPABLE PR_GET_UNALIGN PR_SET_UNALIGN
    PR_GET_KEEPCAPS PR_SET_KEEPCAPS PR_GET_FPEMU PR_SET_FPEMU PR_GET_FPEXC PR_SET_FPEXC PR_GET_TIMING PR_SET_TIMING
    PR_SET_NAME PR_GET_NAME PR_GET_ENDIAN=19 PR_SET_ENDIAN PR_GET_SECCOMP PR_SET_SECCOMP PR_CAPBSET_READ
    PR_CAPBSET_DROP PR_GET_TSC PR_SET_TSC PR_GET_SECUREBITS PR_SET_SECUREBITS PR_SET_TIMERSLACK PR_GET_TIMERSLACK""",
             "_prctl_option_str")
_declare_one("""PTRACE_TRACEME=0 PTRACE_PEEKTEXT PTRACE_PEEKDATA PTRACE_PEEKUSR PTRACE_POKETEXT PTRACE_POKEDATA
    PTRACE_POKEUSR PTRACE_CONT PTRACE_KILL PTRACE_SINGLESTEP PTRACE_ATTACH=16 PTRACE_DETACH PTRACE_SYSCALL=24
    PTRACE_SETOPTIONS=0x4200 PTRACE_GETEVENTMSG PTRACE_GETSIGINFO PTRACE_SETSIGINFO""", "_ptrace_request_str")
_declare_one("""PF_UNSPEC=0 PF_LOCAL PF_INET PF_AX25 PF_IPX PF_APPLETALK PF_NETROM PF_BRIDGE PF_ATMPVC PF_X25 PF_INET6
    PF_ROSE PF_DECnet PF_NETBEUI PF_SECURITY PF_KEY PF_NETLINK PF_PACKET""", "_sock_family_str")
_declare_one("SOL_SOCKET=1 SOL_IP=0 SOL_TCP=6 SOL_UDP=17 SOL_IPV6=41 SOL_RAW=255", "_sockopt_level_str")
_declare_one("""SO_DEBUG=1 SO_REUSEADDR SO_TYPE SO_ERROR SO_DONTROUTE SO_BROADCAST SO_SNDBUF SO_RCVBUF SO_KEEPALIVE
    SO_OOBINLINE SO_NO_CHECK SO_PRIORITY SO_LINGER SO_BSDCOMPAT SO_REUSEPORT SO_PASSCRED SO_PEERCRED SO_RCVLOWAT
    SO_SNDLOWAT SO_RCVTIMEO SO_SNDTIMEO SO_ACCEPTCONN=30""", "_sockopt_optname_str")

_declare_flags("F_OK=0 X_OK=1 W_OK=2 R_OK=4", "_access_mode_str")
_declare_flags("""AT_SYMLINK_NOFOLLOW=0x100 AT_REMOVEDIR=0x200 AT_SYMLINK_FOLLOW=0x400 AT_NO_AUTOMOUNT=0x800
    AT_EMPTY_PATH=0x1000""", "_at_flag_str")
_declare_one("""POSIX_FADV_NORMAL=0 POSIX_FADV_RANDOM POSIX_FADV_SEQUENTIAL POSIX_FADV_WILLNEED POSIX_FADV_DONTNEED
    POSIX_FADV_NOREUSE""", "_fadvice_advice_str")
_declare_one("""IPC_RMID=0 IPC_SET IPC_STAT IPC_INFO GETPID=11 GETVAL GETALL GETNCNT GETZCNT SETVAL SETALL
    SEM_STAT SEM_INFO""", "_ipc_cmd_str")
_declare_flags("MCL_CURRENT=1 MCL_FUTURE=2 MCL_ONFAULT=4", "_mlockall_flags_str")
_declare_flags("XATTR_CREATE=1 XATTR_REPLACE=2", "_stp_xattr_flags_str")
_declare_flags("TIMER_ABSTIME=1", "_stp_clock_nanosleep_flags_str")
_declare_flags("WNOHANG=1 WUNTRACED=2 WEXITED=4 WCONTINUED=8 WNOWAIT=0x01000000 __WNOTHREAD=0x20000000 "
               "__WALL=0x40000000 __WCLONE=0x80000000", "_wait4_opt_str", "_waitid_opt_str")
_declare_flags("MS_ASYNC=1 MS_INVALIDATE=2 MS_SYNC=4", "_msync_flag_str")
_declare_flags("MREMAP_MAYMOVE=1 MREMAP_FIXED=2", "_mremap_flags")
_declare_flags("PROT_NONE=0 PROT_READ PROT_WRITE PROT_EXEC=4 PROT_SEM=8 PROT_GROWSDOWN=0x01000000 "
               "PROT_GROWSUP=0x02000000", "_mprotect_prot_str")
_declare_flags("""MAP_SHARED=1 MAP_PRIVATE=2 MAP_FIXED=0x10 MAP_ANONYMOUS=0x20 MAP_GROWSDOWN=0x100 MAP_DENYWRITE=0x800
    MAP_EXECUTABLE=0x1000 MAP_LOCKED=0x2000 MAP_NORESERVE=0x4000 MAP_POPULATE=0x8000 MAP_NONBLOCK=0x10000
    MAP_STACK=0x20000 MAP_HUGETLB=0x40000""", "_mmap_flags")
_declare_flags("""MS_RDONLY=1 MS_NOSUID=2 MS_NODEV=4 MS_NOEXEC=8 MS_SYNCHRONOUS=16 MS_REMOUNT=32 MS_MANDLOCK=64
    MS_DIRSYNC=128 MS_NOATIME=1024 MS_NODIRATIME=2048 MS_BIND=4096 MS_MOVE=8192 MS_REC=16384 MS_SILENT=32768""",
               "_mountflags_str")
_declare_flags("MNT_FORCE=1 MNT_DETACH=2 MNT_EXPIRE=4", "_umountflags_str")
_declare_flags("LOCK_SH=1 LOCK_EX=2 LOCK_NB=4 LOCK_UN=8", "_flock_cmd_str")
_declare_flags("""CLONE_VM=0x100 CLONE_FS=0x200 CLONE_FILES=0x400 CLONE_SIGHAND=0x800 CLONE_PTRACE=0x2000
    CLONE_VFORK=0x4000 CLONE_PARENT=0x8000 CLONE_THREAD=0x10000 CLONE_NEWNS=0x20000 CLONE_SYSVSEM=0x40000
    CLONE_SETTLS=0x80000 CLONE_PARENT_SETTID=0x100000 CLONE_CHILD_CLEARTID=0x200000 CLONE_DETACHED=0x400000
    CLONE_UNTRACED=0x800000 CLONE_CHILD_SETTID=0x1000000 CLONE_STOPPED=0x2000000 CLONE_NEWUTS=0x4000000
    CLONE_NEWIPC=0x8000000 CLONE_NEWUSER=0x10000000 CLONE_NEWPID=0x20000000 CLONE_NEWNET=0x40000000
    CLONE_IO=0x80000000""", "_clone_flags_str")
_declare_flags("""MSG_OOB=1 MSG_PEEK=2 MSG_DONTROUTE=4 MSG_CTRUNC=8 MSG_PROBE=0x10 MSG_TRUNC=0x20 MSG_DONTWAIT=0x40
    MSG_EOR=0x80 MSG_WAITALL=0x100 MSG_FIN=0x200 MSG_SYN=0x400 MSG_CONFIRM=0x800 MSG_RST=0x1000 MSG_ERRQUEUE=0x2000
    MSG_NOSIGNAL=0x4000 MSG_MORE=0x8000""", "_msg_flags_str", "_sendflags_str", "_recvflags_str")
_declare_flags("""IN_ACCESS=1 IN_MODIFY=2 IN_ATTRIB=4 IN_CLOSE_WRITE=8 IN_CLOSE_NOWRITE=0x10 IN_OPEN=0x20
    IN_MOVED_FROM=0x40 IN_MOVED_TO=0x80 IN_CREATE=0x100 IN_DELETE=0x200 IN_DELETE_SELF=0x400 IN_MOVE_SELF=0x800
    IN_UNMOUNT=0x2000 IN_Q_OVERFLOW=0x4000 IN_IGNORED=0x8000 IN_ONLYDIR=0x01000000 IN_DONT_FOLLOW=0x02000000
    IN_MASK_ADD=0x20000000 IN_ISDIR=0x40000000 IN_ONESHOT=0x80000000""", "_inotify_watch_mask_str")
_declare_flags("SOCK_NONBLOCK=0x800 SOCK_CLOEXEC=0x80000", "_sock_flags_str")

_FUTEX = _names("""FUTEX_WAIT=0 FUTEX_WAKE FUTEX_FD FUTEX_REQUEUE FUTEX_CMP_REQUEUE FUTEX_WAKE_OP FUTEX_LOCK_PI
    FUTEX_UNLOCK_PI FUTEX_TRYLOCK_PI FUTEX_WAIT_BITSET FUTEX_WAKE_BITSET FUTEX_WAIT_REQUEUE_PI
    FUTEX_CMP_REQUEUE_PI""")
_FUTEX_FLAGS = {0x80: "FUTEX_PRIVATE_FLAG", 0x100: "FUTEX_CLOCK_REALTIME"}
_SOCKETS = _names("SOCK_STREAM=1 SOCK_DGRAM SOCK_RAW SOCK_RDM SOCK_SEQPACKET SOCK_DCCP SOCK_PACKET=10")
_MODES = {0o100000: "S_IFREG", 0o020000: "S_IFCHR", 0o060000: "S_IFBLK", 0o010000: "S_IFIFO", 0o140000: "S_IFSOCK",
          0o040000: "S_IFDIR"}


@tapset_function(pure=True)
def _futex_op_str(op: int) -> str:
    """A futex operation: ``FUTEX_WAIT|FUTEX_PRIVATE_FLAG``."""
    return "|".join([_one(_FUTEX, op & 0x7F), *(name for bit, name in _FUTEX_FLAGS.items() if op & bit)])


@tapset_function(pure=True)
def _sock_type_str(kind: int) -> str:
    """The type of a socket, with the flags that stand beside it: ``SOCK_STREAM|SOCK_CLOEXEC``."""
    text = _one(_SOCKETS, kind & 0xF)
    return text + (f"|{_flags({0x800: 'SOCK_NONBLOCK', 0x80000: 'SOCK_CLOEXEC'}, kind & ~0xF)}" if kind & ~0xF else "")


@tapset_function(pure=True)
def _mknod_mode_str(mode: int) -> str:
    """A file's type and permissions: ``S_IFIFO|0644``."""
    kind = _MODES.get(mode & 0o170000)
    return f"{kind}|0{mode & 0o7777:o}" if kind else f"0{mode:o}"


@tapset_function(pure=True)
def _dfd_str(descriptor: int) -> str:
    """The descriptor of a directory: a number, or ``AT_FDCWD``."""
    return "AT_FDCWD" if descriptor == -100 else str(descriptor)


@tapset_function(pure=True)
def _sighandler_str(handler: int) -> str:
    """A signal's handler: ``SIG_DFL``, ``SIG_IGN`` or its address."""
    return {0: "SIG_DFL", 1: "SIG_IGN"}.get(handler) or f"{handler & _MASK:#x}"


@tapset_function(pure=True)
def __fork_flags(flags: int) -> str:
    """The flags of clone() and, in the low byte, the signal at the child's end: ``CLONE_VM|SIGCHLD``."""
    from stapy.runtime.tapset.declare import find

    names = find("_clone_flags_str")[0].call(flags & 0xFFFFFF00)
    sent = signal_str(flags & 0xFF)
    return "|".join(part for part in (names if flags & 0xFFFFFF00 else "", sent) if part) or "0x0"


@tapset_function(pure=True)
def _signal_or_number_str(number: int) -> str:
    """The name of a signal, or the number where it has none: 0 asks whether there is a process."""
    return signal_str(number) or str(number)


# ---------------------------------------------------------------- the flags of open(), the built-in kernel's

_OPEN = _names("""O_CREAT=0x40 O_EXCL=0x80 O_NOCTTY=0x100 O_TRUNC=0x200 O_APPEND=0x400 O_NONBLOCK=0x800 O_SYNC=0x101000
    O_DSYNC=0x1000 O_ASYNC=0x2000 O_DIRECT=0x4000 O_LARGEFILE=0x8000 O_DIRECTORY=0x10000 O_NOFOLLOW=0x20000
    O_NOATIME=0x40000 O_CLOEXEC=0x80000 O_PATH=0x200000""")


@tapset_function(pure=True)
def _sys_open_flag_str(flags: int) -> str:
    """The flags of open(): ``O_WRONLY|O_CREAT|O_TRUNC``."""
    access = {1: "O_WRONLY", 2: "O_RDWR"}.get(flags & 3, "O_RDONLY")
    rest = flags & 0xFFFFFFFC
    return f"{access}|{_flags(_OPEN, rest)}" if rest else access


@tapset_function(pure=True)
def _sys_open_creates(flags: int) -> int:
    """Whether open() with these flags may make the file, and so has a use for its mode."""
    return int(bool(flags & 0x40))


@tapset_function("_sys_pipe2_flag_str", "_dup3_flag_str", "_epoll_create1_flag_str", "_eventfd2_flag_str",
                 "_inotify_init1_flag_str", pure=True)
def _descriptor_flag_str(flags: int) -> str:
    """The flags a new descriptor is made with: ``O_CLOEXEC|O_NONBLOCK``."""
    return _flags(_OPEN, flags & 0xFFFFFFFF)


# ---------------------------------------------------------------- structures in user memory


def _longs(c: Context, address: int, count: int) -> list[int]:
    """``count`` longs of the current task's memory. Raises MemoryFault."""
    size = c.kernel.description.pointer_size
    data = memory.read_user(c, address, count * size)
    order = "little" if c.kernel.description.little_endian else "big"
    return [int.from_bytes(data[place:place + size], order, signed=True)  # type: ignore[arg-type]
            for place in range(0, len(data), size)]


def _shown(c: Context, address: int, show: Callable[[], str]) -> str:
    """``NULL``, the address in hexadecimal where nothing can be read, or what ``show`` makes of it."""
    from stapy.runtime.machine.memory import MemoryFault

    if not address:
        return "NULL"
    try:
        return show()
    except MemoryFault:
        return f"{memory.pointer(c, address):#x}"


def _times(c: Context, address: int, count: int, digits: int) -> str:
    values = _longs(c, address, 2 * count)
    return "".join(f"[{values[i]}.{values[i + 1]:0{digits}d}]" for i in range(0, 2 * count, 2))


@tapset_function(pure=True, needs_kernel=True)
def _struct_timeval_u(c: Context, uaddr: int, n: int) -> str:
    """``n`` struct timeval of the current task: ``[seconds.microseconds]``."""
    return _shown(c, uaddr, lambda: _times(c, uaddr, max(1, min(n, 2)), 6))


@tapset_function(pure=True, needs_kernel=True)
def _struct_timespec_u(c: Context, uaddr: int, n: int) -> str:
    """``n`` struct timespec of the current task: ``[seconds.nanoseconds]``."""
    return _shown(c, uaddr, lambda: _times(c, uaddr, max(1, min(n, 2)), 9))


@tapset_function(pure=True, needs_kernel=True)
def _struct_itimerval_u(c: Context, uaddr: int) -> str:
    """A struct itimerval of the current task: interval and value."""
    return _shown(c, uaddr, lambda: _times(c, uaddr, 2, 6))


@tapset_function(pure=True, needs_kernel=True)
def _struct_itimerspec_u(c: Context, uaddr: int) -> str:
    """A struct itimerspec of the current task: interval and value."""
    return _shown(c, uaddr, lambda: _times(c, uaddr, 2, 9))


@tapset_function(pure=True, needs_kernel=True)
def _struct_rlimit_u(c: Context, uaddr: int) -> str:
    """A struct rlimit of the current task: ``[current,maximum]``."""
    def show() -> str:
        limits = ("RLIM_INFINITY" if value == -1 else str(value) for value in _longs(c, uaddr, 2))
        return f"[{','.join(limits)}]"

    return _shown(c, uaddr, show)


@tapset_function(pure=True, needs_kernel=True)
def _stp_sigset_u(c: Context, uaddr: int) -> str:
    """A set of signals of the current task: ``[SIGINT SIGTERM]``, or ``~[...]`` where most are in it."""
    return _shown(c, uaddr, lambda: _signal_set(c, uaddr))


def _signal_set(c: Context, address: int) -> str:
    size = c.kernel.description.pointer_size
    words = _longs(c, address, 8 // size)
    mask = sum((word & (1 << 8 * size) - 1) << 8 * size * place for place, word in enumerate(words))
    inside = [number for number in range(1, 65) if mask >> number - 1 & 1]
    if len(inside) == 64:
        return "~[EMPTY]"
    if not inside:
        return "[EMPTY]"
    return f"[{' '.join(signal_str(number) for number in inside)}]"


@tapset_function(pure=True, needs_kernel=True)
def _struct_sigaction_u(c: Context, uaddr: int) -> str:
    """A signal action of the current task: handler and flags."""
    def show() -> str:
        handler, flags = _longs(c, uaddr, 2)
        text = _sighandler_str(handler)
        return text if handler in (0, 1) else f"{text}, {_flags(_SA_FLAGS, flags & 0xFFFFFFFF)}"

    return "{" + _shown(c, uaddr, show) + "}"


_SA_FLAGS = _names("""SA_NOCLDSTOP=1 SA_NOCLDWAIT=2 SA_SIGINFO=4 SA_RESTORER=0x04000000 SA_ONSTACK=0x08000000
    SA_RESTART=0x10000000 SA_NODEFER=0x40000000 SA_RESETHAND=0x80000000""")


@tapset_function(pure=True, needs_kernel=True)
def _struct_sockaddr_u(c: Context, uaddr: int, len: int) -> str:
    """A socket's address of the current task: ``{AF_INET, 127.0.0.1, 80}``, ``{AF_UNIX, /dev/log}``."""
    return _shown(c, uaddr, lambda: _socket_address(memory.read_user(c, uaddr, max(2, min(len, 128))), c))


def _socket_address(data: bytes, c: Context) -> str:
    family = int.from_bytes(data[:2], "little" if c.kernel.description.little_endian else "big")
    if family == 1:
        path = data[2:].partition(b"\0")[0].decode("latin-1")
        return f"{{AF_UNIX, {path}}}"
    if family == 2 and data[7:]:
        address = ".".join(map(str, data[4:8]))
        return f"{{AF_INET, {address}, {int.from_bytes(data[2:4], 'big')}}}"
    return f"{{unknown address family {family}}}"


@tapset_function(pure=True, needs_kernel=True)
def __get_argv(c: Context, argv: int, first: int) -> str:
    """The strings of an argument vector of the current task: ``["ls", "-l"]``."""
    from stapy.runtime.machine.memory import MemoryFault

    size = c.kernel.description.pointer_size
    shown: list[str] = []
    length = 2
    place = argv + size * first
    while argv and length < c.session.maximum_string:
        try:
            string = _longs(c, place, 1)[0]
        except MemoryFault:
            shown.append(f"{memory.pointer(c, place):#x}")
            break
        if not string:
            break
        shown.append(memory.user_string_quoted(c, string))
        length += 2 + len(shown[-1])
        place += size
    return f"[{', '.join(shown)}]"[:c.session.maximum_string]


# ---------------------------------------------------------------- where a call comes from


_MANY_IN_ONE = ("sys_socketcall", "sys_ipc")  # which stand for those they call


@tapset_function(needs_kernel=True)
def _in_other_system_call(c: Context) -> int:
    """Whether the probed system call function was called by another one, not from user mode."""
    if isinstance(c.probe.event, FunctionReturn):  # type: ignore[union-attr]
        back = c.instance.ret_addr
    else:
        arch, machine = c.kernel.arch, c.kernel.machine
        frame = arch.frame_of_entry(c.cpu)
        back = c.kernel.kprobes.kretprobe_find_ret_addr(current(c), frame)
        if back is None:
            back = arch.return_address(machine, c.cpu, frame)
    known: dict[int, int] = c.session.store.setdefault("callers of system calls", {})
    if back not in known:
        symbol = c.kernel.description.symbol_at(back)
        name = symbol[0] if symbol is not None else ""
        known[back] = int(name.startswith(("sys_", "compat_sys_", "sys32_")) and name not in _MANY_IN_ONE)
    return known[back]


# ---------------------------------------------------------------- flags of the kernel's own

_declare_flags("IRQF_DISABLED=0x20 IRQF_SAMPLE_RANDOM=0x40 IRQF_SHARED=0x80 IRQF_PROBE_SHARED=0x100 IRQF_TIMER=0x200 "
               "IRQF_PERCPU=0x400 IRQF_NOBALANCING=0x800 IRQF_IRQPOLL=0x1000 IRQF_ONESHOT=0x2000", "irqflags_str")
_declare_flags("""__GFP_DMA=0x1 __GFP_HIGHMEM=0x2 __GFP_DMA32=0x4 __GFP_MOVABLE=0x8 __GFP_WAIT=0x10 __GFP_HIGH=0x20
    __GFP_IO=0x40 __GFP_FS=0x80 __GFP_COLD=0x100 __GFP_NOWARN=0x200 __GFP_REPEAT=0x400 __GFP_NOFAIL=0x800
    __GFP_NORETRY=0x1000 __GFP_COMP=0x4000 __GFP_ZERO=0x8000 __GFP_NOMEMALLOC=0x10000 __GFP_HARDWALL=0x20000
    __GFP_THISNODE=0x40000 __GFP_RECLAIMABLE=0x80000""", "_gfp_bits_str")


@tapset_function(pure=True)
def _gfp_flag_str(flags: int) -> str:
    """What an allocation may do: ``GFP_KERNEL``, ``GFP_ATOMIC``, or the names of the bits."""
    from stapy.runtime.tapset.declare import find

    combined = {0x20: "GFP_ATOMIC", 0x10: "GFP_NOIO", 0x50: "GFP_NOFS", 0xD0: "GFP_KERNEL", 0x200D0: "GFP_USER",
                0x200D2: "GFP_HIGHUSER", 0x200DA: "GFP_HIGHUSER_MOVABLE", 0x800D0: "GFP_TEMPORARY"}
    return combined.get(flags & 0xFFFFFFFF) or find("_gfp_bits_str")[0].call(flags)


@tapset_function(pure=True)
def _signal_sender_str(info: int) -> str:
    """Who sends a signal, by its siginfo pointer: special values stand for the kernel."""
    if info == 2:
        return "SIGSTOP or SIGKILL"
    return ("SI_KERNEL (SIGFPE, SIGSEGV, SIGTRAP, SIGCHLD, SIGPOLL)" if info > 0
            else "SI_USER or SI_TIMER or SI_ASYNCIO")
