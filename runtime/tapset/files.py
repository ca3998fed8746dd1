"""Files: names and paths of dentries, inodes and open files."""

from __future__ import annotations

from typing import Any

from stapy.runtime.context import Context
from stapy.runtime.program import ScriptError
from stapy.runtime.tapset.declare import tapset_function
from stapy.runtime.tapset.memory import kernel_text, pointer
from stapy.runtime.tapset.tasks import current
from stapy.runtime.values.strings import to_signed

MOST_COMPONENTS = 256  # of a path: a wild pointer leads round in circles
_MAGIC = {0x50495045: "pipe", 0x534F434B: "socket"}  # file systems that are mounted nowhere


class _Reader:
    """Members of kernel structures by name, for one call of a function."""

    def __init__(self, c: Context) -> None:
        if c.kernel is None:
            raise ScriptError("read fault [man error::fault] at 0x0")
        self.c = c
        self.kernel = c.kernel
        self.layout = c.kernel.layout

    def __call__(self, structure: str, member: str, address: int) -> int:
        return self.kernel.member_reader(structure, member, False)(address)

    def address(self, structure: str, member: str, address: int) -> int:
        return address + self.layout.offset(structure, member)

    def name(self, dentry: int) -> str:
        length = min(self("dentry", "d_name.len", dentry), self.c.session.maximum_string)
        return kernel_text(self.c, self("dentry", "d_name.name", dentry), length)

    def root(self, task: int) -> tuple[int, int]:
        """Mount and dentry of the task's root."""
        fs = self("task_struct", "fs", task)
        return self("fs_struct", "root.mnt", fs), self("fs_struct", "root.dentry", fs)

    def pseudo(self, dentry: int, mount: int) -> str | None:
        """The name of a file that lies in no directory: a pipe, a socket."""
        magic = self("super_block", "s_magic", self("vfsmount", "mnt_sb", mount))
        kind = _MAGIC.get(magic & 0xFFFFFFFF)
        if kind is None:
            return None
        return f"{kind}:[{self('inode', 'i_ino', self('dentry', 'd_inode', dentry))}]"


def _path(c: Context, task: int, dentry: int, mount: int) -> str:
    """The path of ``dentry`` on ``mount`` as ``task`` sees it. Raises MemoryFault."""
    read = _Reader(c)
    special = read.pseudo(dentry, mount)
    if special is not None:
        return special
    root = read.root(task)
    parts: list[str] = []
    for _ in range(MOST_COMPONENTS):
        if (mount, dentry) == root:
            break
        parent = read("dentry", "d_parent", dentry)
        if dentry == read("vfsmount", "mnt_root", mount) or parent == dentry:
            above = read("vfsmount", "mnt_parent", mount)
            if above == mount:
                break
            mount, dentry = above, read("vfsmount", "mnt_mountpoint", mount)
            continue
        parts.append(read.name(dentry))
        dentry = parent
    return ("/" + "/".join(reversed(parts)))[:c.session.maximum_string]


def _task_or_current(c: Context, task: int) -> int:
    address = pointer(c, task) or current(c)
    if not address:
        raise ScriptError("No current task")
    return address


@tapset_function(pure=True, needs_kernel=True)
def d_name(c: Context, dentry: int) -> str:
    """The name of a dentry in its directory."""
    return _Reader(c).name(pointer(c, dentry))


@tapset_function("reverse_path_walk", pure=True, needs_kernel=True)
def reverse_path_walk(c: Context, dentry: int) -> str:
    """The names from a dentry up to its file system's root: ``dir/file``."""
    read = _Reader(c)
    at = pointer(c, dentry)
    parts = []
    for _ in range(MOST_COMPONENTS):
        parts.append(read.name(at))
        at = read("dentry", "d_parent", at)
        if read("dentry", "d_parent", at) == at:
            break
    return "/".join(reversed(parts))[:c.session.maximum_string]


def _dentry_of(c: Context, inode: int) -> int:
    """The first dentry of an inode; 0 where it has none."""
    read = _Reader(c)
    head = read.address("inode", "i_dentry", pointer(c, inode))
    first = read.kernel.memory.word(head)
    if first in (0, head):
        return 0
    member = "d_alias" if read.layout.has("dentry", "d_alias") else "d_u.d_alias"
    return first - read.layout.offset("dentry", member)


@tapset_function("inode_name", "inode_path", pure=True, needs_kernel=True)
def inode_name(c: Context, inode: int) -> str:
    """The path of an inode's first name within its file system."""
    dentry = _dentry_of(c, inode)
    return reverse_path_walk(c, dentry) if dentry else ""


@tapset_function(pure=True, needs_kernel=True)
def task_dentry_path(c: Context, task: int, dentry: int, vfsmnt: int) -> str:
    """The path of a dentry on a mount as ``task`` sees it; ``pipe:[7]`` for what lies in no directory."""
    return _path(c, _task_or_current(c, task), pointer(c, dentry), pointer(c, vfsmnt))


@tapset_function("d_path", "fullpath_struct_nameidata", pure=True, needs_kernel=True)
def d_path(c: Context, nd: int) -> str:
    """The path that a nameidata found, with a slash behind."""
    read = _Reader(c)
    at = pointer(c, nd)
    return _path(c, current(c), read("nameidata", "path.dentry", at), read("nameidata", "path.mnt", at)) + "/"


@tapset_function(pure=True, needs_kernel=True)
def fullpath_struct_path(c: Context, path: int) -> str:
    """The path that a struct path stands for, as the current task sees it."""
    read = _Reader(c)
    at = pointer(c, path)
    return _path(c, _task_or_current(c, 0), read("path", "dentry", at), read("path", "mnt", at))


@tapset_function(pure=True, needs_kernel=True)
def fullpath_struct_file(c: Context, task: int, file: int) -> str:
    """The path of an open file as ``task`` sees it."""
    read = _Reader(c)
    at = pointer(c, file)
    return _path(c, _task_or_current(c, task), read("file", "f_path.dentry", at), read("file", "f_path.mnt", at))


@tapset_function(pure=True, needs_kernel=True)
def task_cwd_path(c: Context, task: int) -> int:
    """The address of the struct path of ``task``'s working directory, for fullpath_struct_path()."""
    read = _Reader(c)
    fs = read("task_struct", "fs", pointer(c, task))
    return to_signed(read.address("fs_struct", "pwd", fs)) if fs else 0


@tapset_function(pure=True, needs_kernel=True)
def current_exe_file(c: Context) -> int:
    """The address of the struct file that the current task's program was loaded from; 0 of a kernel thread."""
    task = current(c)
    if not task:
        raise ScriptError("No current task")
    read = _Reader(c)
    mm = read("task_struct", "mm", task)
    return to_signed(read("mm_struct", "exe_file", mm)) if mm else 0


def _descriptors(c: Context, task: int) -> tuple[Any, int, int]:
    """A reader, the address of the task's array of files, and its length."""
    read = _Reader(c)
    table = read("files_struct", "fdt", read("task_struct", "files", pointer(c, task)))
    return read, read("fdtable", "fd", table), read("fdtable", "max_fds", table)


@tapset_function(pure=True, needs_kernel=True)
def task_fd_lookup(c: Context, task: int, fd: int) -> int:
    """The address of the struct file behind a descriptor of ``task``. Where none is open an error."""
    read, files, count = _descriptors(c, task)
    file = 0
    if 0 <= fd < count:
        file = read.kernel.memory.word(files + fd * read.layout.word)
    if not file:
        raise ScriptError("cannot find file in task")
    return to_signed(file)


@tapset_function(pure=True, needs_kernel=True)
def task_open_file_handles(c: Context, task: int) -> int:
    """How many files ``task`` has open."""
    read, files, count = _descriptors(c, task)
    word = read.kernel.memory.word
    return sum(1 for number in range(min(count, 1 << 16)) if word(files + number * read.layout.word))


@tapset_function(pure=True, needs_kernel=True)
def task_max_file_handles(c: Context, task: int) -> int:
    """How many files ``task`` can have open before its table grows."""
    return _descriptors(c, task)[2]
