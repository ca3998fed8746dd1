"""System calls as scripts see them: one table of names and arguments, and the text of the aliases made from it.

``syscall.NAME`` and ``nd_syscall.NAME``, plain and with ``.return``, set ``name``, ``argstr`` or ``retval`` and
``retstr``, and a variable for each argument under the name that SystemTap gives it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# A line a call: the alias (``=function`` where that is not sys_ALIAS; several where kernels differ), then its arguments
# in order: ``parameter:kind``, or ``parameter>variable:kind`` where the script's name is another. A ``!`` behind the
# alias: other system calls call the function, which does not count. ``#x`` at the end: the result is an address.
TABLE = """
accept fd>sockfd:int upeer_sockaddr>addr_uaddr:ptr upeer_addrlen>addrlen_uaddr:ptr
accept4! fd>sockfd:int upeer_sockaddr>addr_uaddr:ptr upeer_addrlen>addrlen_uaddr:ptr flags:sock_flags
access filename>pathname:path mode:access_mode
acct name>filename:path
alarm seconds:uint
arch_prctl code:int addr:ptr
bind! fd>sockfd:int umyaddr>my_addr:sockaddr addrlen:int
brk brk:ptr #x
capget header>header_uaddr:ptr dataptr>data_uaddr:ptr
capset header>header_uaddr:ptr data>data_uaddr:ptr
chdir filename>path:path
chmod filename>path:path mode:oct
chown filename>path:path user>owner:int group:int
chroot filename>path:path
clock_getres which_clock>clk_id:clock tp>res_uaddr:ptr
clock_gettime which_clock>clk_id:clock tp>tp_uaddr:ptr
clock_nanosleep which_clock>clk_id:clock flags:nanosleep_flags rqtp>req:timespec rmtp>rem_uaddr:ptr
clock_settime which_clock>clk_id:clock tp>tp:timespec
clone clone_flags:fork_flags newsp>stack_start:ptr parent_tid>parent_tid_uaddr:ptr child_tid>child_tid_uaddr:ptr
close! fd:int
connect! fd>sockfd:int uservaddr>serv_addr:sockaddr addrlen:uint
creat pathname:path mode:oct
delete_module name_user>name_user:path flags:open_flags
dup fildes>oldfd:int
dup2 oldfd:int newfd:int
dup3! oldfd:int newfd:int flags:dup3_flags
epoll_create size:int
epoll_create1! flags:epoll_flags
epoll_ctl epfd:int op:epoll_op fd:int event>event_uaddr:ptr
epoll_pwait epfd:int events>events_uaddr:ptr maxevents:int timeout:int sigmask>sigmask_uaddr:ptr sigsetsize:ulong
epoll_wait! epfd:int events>events_uaddr:ptr maxevents:int timeout:int
eventfd count:uint
eventfd2! count:uint flags:eventfd_flags
execve name>filename:path argv>args:vector envp>env:vector
exit error_code>status:int
exit_group error_code>status:int
faccessat! dfd>dirfd:dfd filename>pathname:path mode:access_mode
fadvise64=fadvise64,fadvise64_64 fd:int offset:loff len:ulong advice:fadvise
fallocate fd:int mode:hex offset:loff len:loff
fchdir fd:int
fchmod fd>fildes:int mode:oct
fchmodat! dfd>dirfd:dfd filename>pathname:path mode:oct
fchown fd:int user>owner:int group:int
fchownat! dfd>dirfd:dfd filename>pathname:path user>owner:int group:int flag>flags:at_flags
fcntl! fd:int cmd:fcntl_cmd arg:ptr
fcntl64 fd:int cmd:fcntl_cmd arg:ptr
fdatasync fd:int
fgetxattr fd>filedes:int name>name_str:path value>value_uaddr:ptr size:ulong
flistxattr fd>filedes:int list>list_uaddr:ptr size:ulong
flock fd:int cmd>operation:flock_cmd
fork
fremovexattr fd>filedes:int name>name_str:path
fsetxattr fd>filedes:int name>name_str:path value>value_uaddr:ptr size:ulong flags:xattr_flags
fstat=newfstat fd>filedes:int statbuf>buf_uaddr:ptr
fstat64 fd>filedes:int statbuf>buf_uaddr:ptr
fstatat=newfstatat,fstatat64 dfd>dirfd:dfd filename>path:path statbuf>buf_uaddr:ptr flag>flags:at_flags
fstatfs fd:int buf>buf_uaddr:ptr
fstatfs64 fd:int sz:ulong buf>buf_uaddr:ptr
fsync fd:int
ftruncate fd:int length:long
ftruncate64 fd:int length:loff
futex uaddr>futex_uaddr:ptr op:futex_op val:int utime>utime_uaddr:ptr uaddr2>uaddr2_uaddr:ptr val3:int
futimesat! dfd>dirfd:dfd filename:path utimes>tvp:timeval2
get_robust_list pid:int head_ptr>list_head_uaddr:ptr len_ptr>len_uaddr:ptr
getcpu cpup>cpu_uaddr:ptr nodep>node_uaddr:ptr unused>tcache_uaddr:ptr
getcwd buf>buf_uaddr:ptr size:ulong
getdents=getdents,getdents64 fd:int dirent>dirp_uaddr:ptr count:uint
getegid
geteuid
getgid
getgroups gidsetsize>size:int grouplist>list_uaddr:ptr
getitimer which:itimer_which value>value_uaddr:ptr
getpeername! fd>s:int usockaddr>name_uaddr:ptr usockaddr_len>namelen_uaddr:ptr
getpgid! pid:int
getpgrp
getpid
getppid
getpriority which:priority_which who:int
getrandom buf>buf_uaddr:ptr count:ulong flags:hex
getresgid rgid>rgid_uaddr:ptr egid>egid_uaddr:ptr sgid>sgid_uaddr:ptr
getresuid ruid>ruid_uaddr:ptr euid>euid_uaddr:ptr suid>suid_uaddr:ptr
getrlimit=getrlimit,old_getrlimit resource:rlimit rlim>rlim_uaddr:ptr
getrusage who:rusage_who ru>usage_uaddr:ptr
getsid pid:int
getsockname! fd>s:int usockaddr>name_uaddr:ptr usockaddr_len>namelen_uaddr:ptr
getsockopt! fd:int level:sock_level optname:sock_option optval>optval_uaddr:ptr optlen>optlen_uaddr:ptr
gettid
gettimeofday tv>tv_uaddr:ptr tz>tz_uaddr:ptr
getuid
getxattr path:path name>name_str:path value>value_uaddr:ptr size:ulong
inotify_add_watch fd:int pathname>path:path mask:inotify_mask
inotify_init
inotify_init1! flags:inotify_flags
inotify_rm_watch fd:int wd:int
ioctl fd:int cmd>request:int arg>argp:ptr
kill pid:int sig:signal
lchown filename>path:path user>owner:int group:int
lgetxattr path:path name>name_str:path value>value_uaddr:ptr size:ulong
link oldname>oldpath:path newname>newpath:path
linkat! olddfd>olddirfd:dfd oldname>oldpath:path newdfd>newdirfd:dfd newname>newpath:path flags:at_flags
listen! fd>sockfd:int backlog:int
listxattr path:path list>list_uaddr:ptr size:ulong
llistxattr path:path list>list_uaddr:ptr size:ulong
llseek fd:int offset_high:hexlong offset_low:hexlong result>result_uaddr:ptr origin>whence:whence
lremovexattr path:path name>name_str:path
lseek fd>fildes:int offset:long origin>whence:whence
lsetxattr path:path name>name_str:path value>value_uaddr:ptr size:ulong flags:xattr_flags
lstat=newlstat filename>path:path statbuf>buf_uaddr:ptr
lstat64 filename>path:path statbuf>buf_uaddr:ptr
madvise start:ptr len>length:ulong behavior>advice:madvise
mincore start:ptr len>length:ulong vec>vec_uaddr:ptr
mkdir pathname:path mode:oct
mkdirat! dfd>dirfd:dfd pathname:path mode:oct
mknod filename>pathname:path mode:mknod_mode dev:uint
mknodat! dfd>dirfd:dfd filename>pathname:path mode:mknod_mode dev:uint
mlock start>addr:ptr len:ulong
mlockall flags:mlockall_flags
mmap addr>start:ptr len>length:ulong prot:prot flags:mmap_flags fd:int off>offset:long #x
mmap2=mmap2,mmap_pgoff addr>start:ptr len>length:ulong prot:prot flags:mmap_flags fd:int pgoff>pgoffset:long #x
mount dev_name>source:path dir_name>target:path type>filesystemtype:path flags>mountflags:mount_flags data:path
mprotect start>addr:ptr len:ulong prot:prot
mremap addr>old_address:ptr old_len>old_size:long new_len>new_size:long flags:mremap_flags new_addr>new_address:ptr #x
msgctl msqid:int cmd:ipc_cmd buf>buf_uaddr:ptr
msgget key:int msgflg:hex
msgrcv msqid:int msgp>msgp_uaddr:ptr msgsz:ulong msgtyp:long msgflg:hex
msgsnd msqid:int msgp>msgp_uaddr:ptr msgsz:ulong msgflg:hex
msync start:ptr len>length:ulong flags:msync_flags
munlock start>addr:ptr len:ulong
munlockall
munmap addr>start:ptr len>length:ulong
nanosleep rqtp>req:timespec rmtp>rem_uaddr:ptr
nice increment>inc:int
oldumount name>target:path
open! filename:path flags:open_flags mode:createmode
openat dfd:dfd filename:path flags:open_flags mode:createmode
pause
personality personality>persona:hex
pipe fildes>fildes_uaddr:ptr
pipe2! fildes>fildes_uaddr:ptr flags:pipe_flags
pivot_root new_root>new_root_str:path put_old>old_root_str:path
poll ufds>ufds_uaddr:ptr nfds:uint timeout_msecs>timeout:int
ppoll ufds>fds_uaddr:ptr nfds:uint tsp:timespec sigmask:ptr sigsetsize:ulong
prctl option:prctl arg2:hexlong arg3:hexlong arg4:hexlong arg5:hexlong
pread=pread64 fd:int buf>buf_uaddr:ptr count:ulong pos>offset:loff
preadv fd:int vec>vector_uaddr:ptr vlen>count:int pos_l>offset:hexlong
prlimit64 pid:int resource:rlimit new_rlim>new_rlim_uaddr:ptr old_rlim>old_rlim_uaddr:ptr
pselect6 n>nfds:int inp>readfds:ptr outp>writefds:ptr exp>exceptfds:ptr tsp>timeout:timespec sig>sigmask:ptr
ptrace request:ptrace_request pid:int addr:ptr data:ptr
pwrite=pwrite64 fd:int buf:buffer count:ulong pos>offset:loff
pwritev fd:int vec>vector_uaddr:ptr vlen>count:int pos_l>offset:hexlong
read fd:int buf>buf_uaddr:ptr count:ulong
readahead fd:int offset:loff count:ulong
readlink path:path buf>buf_uaddr:ptr bufsiz:int
readlinkat! dfd:dfd pathname>path:path buf>buf_uaddr:ptr bufsiz:int
readv fd:int vec>vector_uaddr:ptr vlen>count:int
reboot magic1>magic:reboot_magic magic2:reboot_magic cmd>flag:reboot_cmd arg>arg_uaddr:ptr
recv! fd>s:int ubuf>buf_uaddr:ptr size>len:ulong flags:msg_flags
recvfrom! fd>s:int ubuf>buf_uaddr:ptr size>len:ulong flags:msg_flags addr>addr_uaddr:ptr addr_len>addrlen_uaddr:ptr
recvmsg! fd>s:int msg>msg_uaddr:ptr flags:msg_flags
removexattr path:path name>name_str:path
rename oldname>oldpath:path newname>newpath:path
renameat! olddfd:dfd oldname:name newdfd:dfd newname:name
restart_syscall
rmdir pathname:path
rt_sigaction sig:signal act:sigaction oact>oact_uaddr:ptr sigsetsize:ulong
rt_sigpending set>set_uaddr:ptr sigsetsize:ulong
rt_sigprocmask how:sigmask_how set:sigset oset>oldset_uaddr:ptr sigsetsize:ulong
rt_sigqueueinfo pid:int sig:signal uinfo>uinfo_uaddr:ptr
rt_sigreturn
rt_sigsuspend unewset>set:sigset sigsetsize:ulong
rt_sigtimedwait uthese:sigset uinfo>uinfo_uaddr:ptr uts:timespec sigsetsize:ulong
rt_tgsigqueueinfo tgid:int pid>tid:int sig:signal uinfo>uinfo_uaddr:ptr
sched_get_priority_max policy:sched_policy
sched_get_priority_min policy:sched_policy
sched_getaffinity pid:int len:uint user_mask_ptr>mask_uaddr:ptr
sched_getparam pid:int param>p_uaddr:ptr
sched_getscheduler pid:int
sched_rr_get_interval pid:int interval>tp_uaddr:ptr
sched_setaffinity pid:int len:uint user_mask_ptr>mask_uaddr:ptr
sched_setparam pid:int param>p_uaddr:ptr
sched_setscheduler pid:int policy:sched_policy param>p_uaddr:ptr
sched_yield
select n:int inp>readfds_uaddr:ptr outp>writefds_uaddr:ptr exp>exceptfds_uaddr:ptr tvp>timeout:timeval
semctl semid:int semnum:int cmd:ipc_cmd arg:ptr
semget key:int nsems:int semflg:hex
semop semid:int tsops>sops_uaddr:ptr nsops:uint
semtimedop! semid:int tsops>sops_uaddr:ptr nsops:uint timeout:timespec
send! fd>s:int buff>buf:buffer len:ulong flags:msg_flags
sendfile=sendfile,sendfile64 out_fd:int in_fd:int offset>offset_uaddr:ptr count:ulong
sendmsg! fd>s:int msg>msg_uaddr:ptr flags:msg_flags
sendto! fd>s:int buff>buf:buffer len:ulong flags:msg_flags addr>to:sockaddr addr_len>tolen:uint
set_robust_list head>list_head_uaddr:ptr len:ulong
set_thread_area u_info>u_info_uaddr:ptr
set_tid_address tidptr>tidptr_uaddr:ptr
setdomainname name>domainname:name len:int
setfsgid gid>fsgid:int
setfsuid uid>fsuid:int
setgid gid:int
setgroups gidsetsize>size:int grouplist>list_uaddr:ptr
sethostname name>hostname:name len:int
setitimer which:itimer_which value:itimerval ovalue>ovalue_uaddr:ptr
setpgid pid:int pgid:int
setpriority which:priority_which who:int niceval>prio:int
setregid rgid:int egid:int
setresgid rgid:int egid:int sgid:int
setresuid ruid:int euid:int suid:int
setreuid ruid:int euid:int
setrlimit resource:rlimit rlim:rlimit_struct
setsid
setsockopt! fd:int level:sock_level optname:sock_option optval>optval_uaddr:ptr optlen:uint
settimeofday tv:timeval tz>tz_uaddr:ptr
setuid uid:int
setxattr path:path name>name_str:path value>value_uaddr:ptr size:ulong flags:xattr_flags
shmat shmid:int shmaddr>shmaddr_uaddr:ptr shmflg:hex #x
shmctl shmid:int cmd:ipc_cmd buf>buf_uaddr:ptr
shmdt shmaddr>shmaddr_uaddr:ptr
shmget key:int size:ulong shmflg:hex
shutdown! fd>s:int how:shutdown_how
sigaltstack uss>uss_uaddr:ptr uoss>uoss_uaddr:ptr
signal sig:signal handler:sighandler
signalfd4 ufd:int user_mask>user_mask_uaddr:ptr sizemask:ulong flags:open_flags
sigpending set>set_uaddr:ptr
sigprocmask how:sigmask_how set>set_uaddr:ptr oset>oldset_uaddr:ptr
sigreturn
socket! family:sock_family type:sock_type protocol:int
socketcall call:int args>args_uaddr:ptr
socketpair! family:sock_family type:sock_type protocol:int usockvec>sv_uaddr:ptr
splice fd_in:int off_in:ptr fd_out:int off_out:ptr len:ulong flags:hex
stat=newstat filename:path statbuf>buf_uaddr:ptr
stat64 filename:path statbuf>buf_uaddr:ptr
statfs pathname>path:path buf>buf_uaddr:ptr
statfs64 pathname>path:path sz:ulong buf>buf_uaddr:ptr
stime tptr>t_uaddr:ptr
swapoff specialfile>path:path
swapon specialfile>path:path swap_flags>swapflags:hex
symlink oldname>oldpath:path newname>newpath:path
symlinkat! oldname:name newdfd:dfd newname:name
sync
sync_file_range fd:int offset:loff nbytes:loff flags:hex
sysinfo info>info_uaddr:ptr
syslog type:int buf>bufp_uaddr:ptr len:int
tee fdin:int fdout:int len:ulong flags:hex
tgkill tgid:int pid:int sig:signal
time tloc>t_uaddr:ptr
timer_create which_clock>clockid:clock timer_event_spec>evp_uaddr:ptr created_timer_id>timerid_uaddr:ptr
timer_delete timer_id>timerid:int
timer_getoverrun timer_id>timerid:int
timer_gettime timer_id>timerid:int setting>value_uaddr:ptr
timer_settime timer_id>timerid:int flags:int new_setting>value:itimerspec old_setting>ovalue_uaddr:ptr
timerfd_create clockid:clock flags:open_flags
timerfd_gettime ufd>fd:int otmr>value_uaddr:ptr
timerfd_settime ufd>fd:int flags:hex utmr>value_uaddr:ptr otmr>ovalue_uaddr:ptr
times tbuf>buf_uaddr:ptr
tkill pid:int sig:signal
truncate path:path length:long
truncate64 path:path length:loff
umask mask:oct
umount! name>target:path flags:umount_flags
uname=newuname name>name_uaddr:ptr
unlink pathname:path
unlinkat dfd:dfd pathname:name flag:at_flags
unshare unshare_flags:fork_flags
uselib library:path
utime filename:path times>buf_uaddr:ptr
utimensat dfd:dfd filename:path utimes>tsp:timespec2 flags:at_flags
utimes filename:path utimes>tvp:timeval2
vfork
vhangup
vmsplice fd:int iov:ptr nr_segs:ulong flags:hex
wait4! upid>pid:int stat_addr>status_uaddr:ptr options:wait_options ru>rusage_uaddr:ptr
waitid which:waitid_which upid>pid:int infop>infop_uaddr:ptr options:wait_options ru>rusage_uaddr:ptr
waitpid pid:int stat_addr>status_uaddr:ptr options:wait_options
write fd:int buf:buffer count:ulong
writev fd:int vec>vector_uaddr:ptr vlen>count:int
"""

_NEVER_RETURN = ("exit", "exit_group", "rt_sigreturn", "sigreturn")

# Kinds that are a number as it is: how to make it one of C's, and how argstr shows it.
_NUMBERS = {
    "int": ("({} << 32) >> 32", "%d"),
    "uint": ("{} & 0xffffffff", "%u"),
    "oct": ("{} & 0xffffffff", "%#o"),
    "hex": ("{} & 0xffffffff", "%#x"),
    "hexlong": ("{}", "0x%x"),
    "long": ("{}", "%d"),
    "ulong": ("{}", "%u"),
    "loff": ("{}", "%d"),
    "ptr": ("{}", "%p"),
}

# Kinds of structures at an address: the function that shows them.
_STRUCTURES = {
    "itimerspec": "_struct_itimerspec_u({})",
    "itimerval": "_struct_itimerval_u({})",
    "rlimit_struct": "_struct_rlimit_u({})",
    "sigaction": "_struct_sigaction_u({})",
    "sigset": "_stp_sigset_u({})",
    "timespec": "_struct_timespec_u({}, 1)",
    "timespec2": "_struct_timespec_u({}, 2)",
    "timeval": "_struct_timeval_u({}, 1)",
    "timeval2": "_struct_timeval_u({}, 2)",
    "vector": "__get_argv({}, 0)",
}

# Kinds of numbers with names: the function that gives them.
_NAMED = {
    "access_mode": "_access_mode_str",
    "at_flags": "_at_flag_str",
    "clock": "_get_wc_str",
    "dfd": "_dfd_str",
    "dup3_flags": "_dup3_flag_str",
    "epoll_flags": "_epoll_create1_flag_str",
    "epoll_op": "_opoll_op_str",
    "eventfd_flags": "_eventfd2_flag_str",
    "fadvise": "_fadvice_advice_str",
    "fcntl_cmd": "_fcntl_cmd_str",
    "flock_cmd": "_flock_cmd_str",
    "fork_flags": "__fork_flags",
    "futex_op": "_futex_op_str",
    "inotify_flags": "_inotify_init1_flag_str",
    "inotify_mask": "_inotify_watch_mask_str",
    "ipc_cmd": "_ipc_cmd_str",
    "itimer_which": "_itimer_which_str",
    "madvise": "_madvice_advice_str",
    "mknod_mode": "_mknod_mode_str",
    "mlockall_flags": "_mlockall_flags_str",
    "mmap_flags": "_mmap_flags",
    "mount_flags": "_mountflags_str",
    "mremap_flags": "_mremap_flags",
    "msg_flags": "_msg_flags_str",
    "msync_flags": "_msync_flag_str",
    "nanosleep_flags": "_stp_clock_nanosleep_flags_str",
    "open_flags": "_sys_open_flag_str",
    "pipe_flags": "_sys_pipe2_flag_str",
    "prctl": "_prctl_option_str",
    "priority_which": "_priority_which_str",
    "prot": "_mprotect_prot_str",
    "ptrace_request": "_ptrace_request_str",
    "reboot_cmd": "_reboot_flag_str",
    "reboot_magic": "_reboot_magic_str",
    "rlimit": "_rlimit_resource_str",
    "rusage_who": "_rusage_who_str",
    "sched_policy": "_sched_policy_str",
    "shutdown_how": "_shutdown_how_str",
    "sighandler": "_sighandler_str",
    "sigmask_how": "_sigprocmask_how_str",
    "signal": "_signal_or_number_str",
    "sock_family": "_sock_family_str",
    "sock_flags": "_sock_flags_str",
    "sock_level": "_sockopt_level_str",
    "sock_option": "_sockopt_optname_str",
    "sock_type": "_sock_type_str",
    "umount_flags": "_umountflags_str",
    "wait_options": "_wait4_opt_str",
    "waitid_which": "_waitid_which_str",
    "whence": "_seek_whence_str",
    "xattr_flags": "_stp_xattr_flags_str",
}
_REGISTER_FUNCTIONS = {"loff": "longlong_arg", "long": "long_arg", "int": "long_arg"}  # without debug information
_WIDE = frozenset(("fork_flags", "mmap_flags", "prot", "sighandler", "mount_flags"))  # longs in C


@dataclass(slots=True)
class SystemCall:
    """A line of the table."""

    name: str  # of the alias
    functions: tuple[str, ...]
    arguments: tuple[tuple[str, str, str], ...]  # C parameter, script variable, kind
    nested: bool  # called by other system calls too
    address: bool  # of the result: shown in hexadecimal

    @property
    def returns(self) -> bool:
        return self.name not in _NEVER_RETURN


def _read(line: str) -> SystemCall:
    words = line.split()
    address = words[-1] == "#x"
    name, _, functions = words[0].partition("=")
    nested = name.endswith("!")
    name = name.rstrip("!")
    arguments = []
    for word in words[1 : len(words) - address]:
        parameter, _, kind = word.partition(":")
        parameter, _, variable = parameter.partition(">")
        arguments.append((parameter, variable or parameter, kind))
    made = tuple(f"sys_{function}" for function in (functions or name).split(","))
    return SystemCall(name, made, tuple(arguments), nested, address)


CALLS: dict[str, SystemCall] = {call.name: call for call in map(_read, TABLE.strip().splitlines())}


# ---------------------------------------------------------------- the aliases


def alias_names(root: str) -> Iterator[tuple[str, ...]]:
    """The names of all aliases under ``syscall`` or ``nd_syscall``."""
    for call in CALLS.values():
        yield root, call.name
        if call.returns:
            yield root, call.name, "return"


def alias_text(
    root: str, name: str, words: frozenset[str] | None = None, taken: frozenset[str] = frozenset()
) -> str:
    """The aliases ``root.name`` and ``root.name.return`` as a library file has them.

    With ``words`` only variables of these names are set, and what they are made of: what no reader asks for costs a
    compilation of all system calls more than the rest of it. Variables of the names ``taken``, the script's own
    globals, get others: select's ``n`` and send's ``s`` are easily in somebody's way.
    """
    call = CALLS[name]
    described = root == "syscall"
    gate = "if (_in_other_system_call()) next\n" if call.nested else ""
    if not described:
        gate += "asmlinkage()\n"
    named = f'name = "{name}"'
    entry = _renamed(_needed([named, *_entry(call)], words), taken)
    text = f"probe {root}.{name} = {_points(call, described, 'call')}\n{{\n{gate}{entry}}}\n"
    if call.returns:
        value = "$return" if described else "returnval()"
        form = 2 if call.address else 1
        ending = _needed([named, f"retval = {value}", f"retstr = return_str({form}, retval)"], words)
        ending = _renamed(ending, taken)
        text += f"probe {root}.{name}.return = {_points(call, described, 'return')}\n{{\n{gate}{ending}}}\n"
    return text


_WORD = re.compile(r"(?<![$\w])[A-Za-z_]\w*")


_TEXT_OR_WORD = re.compile(r'"[^"]*"|(?<![$\w])[A-Za-z_]\w*')


def _renamed(text: str, taken: frozenset[str]) -> str:
    """``text`` with its variables of these names called otherwise."""
    if not taken:
        return text
    return _TEXT_OR_WORD.sub(lambda word: f"__own_{word[0]}" if word[0] in taken else word[0], text)


def _needed(statements: list[str], words: frozenset[str] | None) -> str:
    """Those assignments, a line each, that ``words`` and later ones ask for."""
    if words is None:
        return "".join(line + "\n" for line in statements)
    wanted = set(words)
    kept = []
    for statement in reversed(statements):
        variable, _, value = statement.partition(" = ")
        if variable in wanted:
            kept.append(statement)
            wanted.update(_WORD.findall(value))
    return "".join(line + "\n" for line in reversed(kept))


def _points(call: SystemCall, described: bool, suffix: str) -> str:
    family = "kernel.function" if described else "kprobe.function"
    return ", ".join(f'{family}("{function}").{suffix} ?' for function in call.functions)


def _entry(call: SystemCall) -> list[str]:
    """The assignments that set an entry probe's variables: the numbers first, for others ask for them."""
    numbers, texts, formats, shown = [], [], [], []
    optional = ""
    for place, (parameter, variable, kind) in enumerate(call.arguments):
        by_register = f"{_REGISTER_FUNCTIONS.get(kind, 'ulong_arg')}({place + 1})"
        raw = f"(@defined(${parameter}) ? ${parameter} : {by_register})"
        form, value = "%s", variable
        if kind in _NUMBERS:
            conversion, form = _NUMBERS[kind]
            numbers.append(f"{variable} = {conversion.format(raw)}")
        elif kind == "createmode":
            numbers.append(f"{variable} = {raw} & 0xffffffff")
            optional = f' . (_sys_open_creates(flags) ? sprintf(", %#o", {variable}) : "")'
            continue
        elif kind == "path":
            numbers.append(f"{variable}_uaddr = {raw}")
            texts.append(f"{variable} = user_string_quoted({variable}_uaddr)")
            texts.append(f'{variable}_unquoted = user_string_nofault({variable}_uaddr)')
        elif kind == "name":
            numbers.append(f"{variable} = {raw}")
            numbers.append(f"{variable}_uaddr = {variable}")
            texts.append(f"{variable}_str = user_string_quoted({variable})")
            value = f"{variable}_str"
        elif kind == "buffer":
            size = call.arguments[place + 1][1]
            numbers.append(f"{variable}_uaddr = {raw}")
            texts.append(f"{variable}_str = user_buffer_quoted({variable}_uaddr, {size}, syscall_string_trunc)")
            texts.append(f"{variable} = {variable}_str")
            value = f"{variable}_str"
        elif kind == "sockaddr":
            size = call.arguments[place + 1][1]
            numbers.append(f"{variable}_uaddr = {raw}")
            texts.append(f"{variable}_str = _struct_sockaddr_u({variable}_uaddr, {size})")
            value = f"{variable}_str"
        elif kind in _STRUCTURES:
            numbers.append(f"{variable}_uaddr = {raw}")
            texts.append(f"{variable}_str = {_STRUCTURES[kind].format(variable + '_uaddr')}")
            if kind == "vector":
                texts.append(f"{variable} = {variable}_str")
            value = f"{variable}_str"
        else:
            conversion = "{}" if kind in _WIDE else "({} << 32) >> 32"
            numbers.append(f"{variable} = {conversion.format(raw)}")
            texts.append(f"{variable}_str = {_NAMED[kind]}({variable})")
            if kind == "signal":
                texts.append(f"{variable}_name = {variable}_str")
            value = f"{variable}_str"
        formats.append(form)
        shown.append(value)
    argstr = f'argstr = sprintf("{", ".join(formats)}", {", ".join(shown)}){optional}' if shown else 'argstr = ""'
    return [*numbers, *texts, argstr]
