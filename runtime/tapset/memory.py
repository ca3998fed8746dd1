"""Kernel and user memory: strings and numbers at addresses, and their faults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from stapy.runtime.context import Context
from stapy.runtime.program import ScriptError
from stapy.runtime.tapset.declare import tapset_function
from stapy.runtime.tapset.tasks import current
from stapy.runtime.values import strings

_MASK = 0xFFFFFFFFFFFFFFFF
EFAULT = 14

Reader = Callable[[Context, int, int], bytes]


def pointer(c: Context, address: int) -> int:
    """A script's number as an address of the kernel: unsigned and as wide as its pointers."""
    if c.kernel is not None and c.kernel.description.pointer_size == 4:
        return address & 0xFFFFFFFF
    return address & _MASK


def _byte_order(c: Context) -> Literal["little", "big"]:
    return "little" if c.kernel is None or c.kernel.description.little_endian else "big"


def read_kernel(c: Context, address: int, size: int) -> bytes:
    """``size`` bytes of kernel memory. Raises MemoryFault; without a machine no address is there."""
    from stapy.runtime.machine.memory import MemoryFault

    if c.kernel is None:
        raise MemoryFault(address & _MASK, size)
    return bytes(c.kernel.memory.read(pointer(c, address), size))


def read_user(c: Context, address: int, size: int) -> bytes:
    """``size`` bytes of the current task's memory. Raises MemoryFault where a page is not there."""
    from stapy.runtime.machine.memory import MemoryFault

    if c.cpu is None:
        raise MemoryFault(address & _MASK, size)
    return bytes(c.kernel.user_read(current(c), pointer(c, address), size))


def _c_string(read: Reader, c: Context, address: int, limit: int, unit: int = 1) -> bytes:
    """The units before the first zero one at ``address``, at most ``limit`` bytes. Raises MemoryFault."""
    found = bytearray()
    end = bytes(unit)
    address = pointer(c, address)
    while len(found) < limit:
        size = min(limit - len(found), 256 - address % 256) // unit * unit or unit
        piece = read(c, address, size)
        for at in range(0, len(piece), unit):
            if piece[at:at + unit] == end:
                return bytes(found + piece[:at])
        found += piece
        address += size
    return bytes(found[:limit])


def _fault(kind: str, address: int) -> ScriptError:
    return ScriptError(f"{kind} copy fault at {address & _MASK:#x} [man error::fault]")


def _limit(c: Context, count: int) -> int:
    return max(0, min(count, c.session.maximum_string))


# ---------------------------------------------------------------- strings of the kernel


def kernel_text(c: Context, address: int, limit: int) -> str:
    """The C string at a kernel address, at most ``limit`` characters. Raises ScriptError where it is not there."""
    from stapy.runtime.machine.memory import MemoryFault

    try:
        if c.kernel is None:
            raise MemoryFault(address & _MASK)
        return c.kernel.memory.cstring(pointer(c, address), limit).decode("latin-1") if limit else ""
    except MemoryFault:
        raise _fault("kernel string", address) from None


def user_text(c: Context, address: int, limit: int) -> str:
    """The C string at a user address, at most ``limit`` characters. Raises ScriptError where it is not there."""
    from stapy.runtime.machine.memory import MemoryFault

    try:
        own = getattr(c.kernel, "user_string", None)  # a kernel may have a quicker way than by pieces
        if own is not None and c.cpu is not None and limit > 0:
            return own(current(c), pointer(c, address), limit).decode("latin-1")
        return _c_string(read_user, c, address, limit).decode("latin-1")
    except MemoryFault:
        raise ScriptError(f"user string copy fault -{EFAULT} at {address & _MASK:#x} [man error::fault]") from None


@tapset_function(pure=True, needs_kernel=True)
def kernel_string(c: Context, addr: int) -> str:
    """The string at a kernel address. An address that cannot be read is an error."""
    return kernel_text(c, addr, c.session.maximum_string)


@tapset_function("kernel_string", "kernel_string2", pure=True, needs_kernel=True)
def kernel_string_or(c: Context, addr: int, err_msg: str) -> str:
    """The string at a kernel address, or ``err_msg`` where it cannot be read."""
    try:
        return kernel_text(c, addr, c.session.maximum_string)
    except ScriptError:
        return err_msg


@tapset_function(pure=True, needs_kernel=True)
def kernel_string_n(c: Context, addr: int, n: int) -> str:
    """At most ``n`` characters of the string at a kernel address."""
    return kernel_text(c, addr, _limit(c, n))


def _quoted(c: Context, text: str) -> str:
    return strings.quote(text.encode("latin-1"), input_limit=0, output_limit=0, quoted=True,
                         maximum=c.session.maximum_string)


@tapset_function(pure=True, needs_kernel=True)
def kernel_string_quoted(c: Context, addr: int) -> str:
    """The string at a kernel address in double quotes, or the address where it cannot be read."""
    try:
        if addr:
            return _quoted(c, kernel_text(c, addr, c.session.maximum_string))
    except ScriptError:
        pass
    return f"{addr & _MASK:#x}"


@tapset_function(pure=True, needs_kernel=True)
def kernel_or_user_string_quoted(c: Context, addr: int) -> str:
    """The string at an address, of the kernel or the current task, in double quotes."""
    try:
        return _quoted(c, kernel_text(c, addr, c.session.maximum_string))
    except ScriptError:
        return _quoted(c, user_text(c, addr, c.session.maximum_string))


def _buffer_quoted(c: Context, read: Reader, address: int, length: int, output: int) -> str | None:
    """A buffer as quoted text; None where it cannot be read."""
    from stapy.runtime.machine.memory import MemoryFault

    size = length if 0 < length <= c.session.maximum_string else c.session.maximum_string
    try:
        data = read(c, address, size)
    except MemoryFault:
        return None
    return strings.quote(data, input_limit=size, output_limit=output, quoted=True, buffer=True,
                         maximum=c.session.maximum_string)


@tapset_function(pure=True, needs_kernel=True)
def kernel_buffer_quoted(c: Context, addr: int, inlen: int, outlen: int = 511) -> str:
    """``inlen`` bytes at a kernel address as text in double quotes of at most ``outlen`` characters, or the address
    where they cannot be read."""
    if outlen <= 0:
        return ""
    text = _buffer_quoted(c, read_kernel, addr, inlen, outlen)
    return f"{addr & _MASK:#x}" if text is None else text


@tapset_function(pure=True, needs_kernel=True)
def kernel_buffer_quoted_error(c: Context, addr: int, inlen: int, outlen: int) -> str:
    """As kernel_buffer_quoted(), an error where the bytes cannot be read."""
    text = _buffer_quoted(c, read_kernel, addr, inlen, outlen) if outlen > 0 else None
    if text is None:
        raise ScriptError(f"Unable to access kernel space data at {addr & _MASK:#x}")
    return text


@tapset_function(pure=True, needs_kernel=True)
def user_buffer_quoted(c: Context, addr: int, inlen: int, outlen: int) -> str:
    """``inlen`` bytes of the current task's memory as text in double quotes of at most ``outlen`` characters, or the
    address where they cannot be read."""
    if outlen <= 0:
        return ""
    text = _buffer_quoted(c, read_user, addr, inlen, outlen)
    return f"{addr & _MASK:#x}" if text is None else text


@tapset_function(pure=True, needs_kernel=True)
def user_buffer_quoted_error(c: Context, addr: int, inlen: int, outlen: int) -> str:
    """As user_buffer_quoted(), an error where the bytes cannot be read."""
    text = _buffer_quoted(c, read_user, addr, inlen, outlen) if outlen > 0 else None
    if text is None:
        raise ScriptError(f"Unable to access user space data at {addr & _MASK:#x}")
    return text


# ---------------------------------------------------------------- strings of the current task


@tapset_function(pure=True, needs_kernel=True)
def user_string(c: Context, addr: int) -> str:
    """The string at an address of the current task. What cannot be read is an error."""
    return user_text(c, addr, c.session.maximum_string - 1)


@tapset_function("user_string", "user_string2", pure=True, needs_kernel=True)
def user_string_or(c: Context, addr: int, err_msg: str) -> str:
    """The string at an address of the current task, or ``err_msg`` where it cannot be read."""
    try:
        return user_text(c, addr, c.session.maximum_string - 1)
    except ScriptError:
        return err_msg


@tapset_function(pure=True, needs_kernel=True)
def user_string_nofault(c: Context, addr: int) -> str:
    """The string at an address of the current task; empty where it cannot be read."""
    return user_string_or(c, addr, "")


@tapset_function("user_string_warn", "user_string2_warn", needs_kernel=True)
def user_string_warn(c: Context, addr: int, warn_msg: str = "") -> str:
    """The string at an address of the current task, or a warning and ``warn_msg`` where it cannot be read."""
    return user_string_n_warn(c, addr, c.session.maximum_string - 1, warn_msg)


@tapset_function(pure=True, needs_kernel=True)
def user_string_n(c: Context, addr: int, n: int) -> str:
    """At most ``n`` characters of the string at an address of the current task."""
    return user_text(c, addr, _limit(c, n))


@tapset_function("user_string_n", "user_string_n2", pure=True, needs_kernel=True)
def user_string_n_or(c: Context, addr: int, n: int, err_msg: str) -> str:
    """At most ``n`` characters of a string of the current task, or ``err_msg`` where it cannot be read."""
    try:
        return user_text(c, addr, _limit(c, n))
    except ScriptError:
        return err_msg


@tapset_function(pure=True, needs_kernel=True)
def user_string_n_nofault(c: Context, addr: int, n: int) -> str:
    """At most ``n`` characters of a string of the current task; empty where it cannot be read."""
    return user_string_n_or(c, addr, n, "")


@tapset_function("user_string_n_warn", "user_string2_n_warn", needs_kernel=True)
def user_string_n_warn(c: Context, addr: int, n: int, warn_msg: str = "") -> str:
    """At most ``n`` characters of a string of the current task, or a warning and ``warn_msg``."""
    try:
        return user_text(c, addr, _limit(c, n))
    except ScriptError as error:
        c.session.warn(error.message)
        return warn_msg


@tapset_function(pure=True, needs_kernel=True)
def user_string_quoted(c: Context, addr: int) -> str:
    """The string at an address of the current task in double quotes, or the address where it cannot be read."""
    try:
        return _quoted(c, user_string(c, addr))
    except ScriptError:
        return f"{addr & _MASK:#x}"


@tapset_function("user_string_n_quoted", "user_string_n2_quoted", pure=True, needs_kernel=True)
def user_string_n_quoted_within(c: Context, addr: int, inlen: int, outlen: int) -> str:
    """At most ``inlen`` characters of a string of the current task, in double quotes within ``outlen`` characters."""
    try:
        text = _quoted(c, user_string_n(c, addr, inlen))
    except ScriptError:
        return f"{addr & _MASK:#x}"
    return text[:max(0, outlen - 4)] + '"...' if len(text) > outlen - 2 else text


@tapset_function(pure=True, needs_kernel=True)
def user_string_n_quoted(c: Context, addr: int, n: int) -> str:
    """At most ``n`` characters of a string of the current task, in double quotes."""
    return user_string_n_quoted_within(c, addr, n, c.session.maximum_string + 1)


# ---------------------------------------------------------------- wide strings


def _from_utf32(c: Context, codes: list[tuple[int, int]], encoding: str) -> str:
    """Code points (with the address of each, for the error) as a UTF-8 string."""
    text = bytearray()
    limit = c.session.maximum_string
    for code, address in codes:
        if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            raise ScriptError(f"invalid {encoding} character U+{code:X} at {address & _MASK:#x}")
        piece = chr(code).encode("utf-8")
        if len(text) + len(piece) > limit:
            break
        text += piece
    return text.decode("latin-1")


def _wide(c: Context, read: Reader, kind: str, address: int, unit: int) -> str:
    from stapy.runtime.machine.memory import MemoryFault

    try:
        data = _c_string(read, c, address, (c.session.maximum_string + 1) * unit, unit)
    except MemoryFault:
        raise _fault(f"{kind} string", address) from None
    order = _byte_order(c)
    units = [int.from_bytes(data[at:at + unit], order) for at in range(0, len(data), unit)]
    if unit == 4:
        return _from_utf32(c, [(code, address + 4 * n) for n, code in enumerate(units)], "UTF-32")
    codes: list[tuple[int, int]] = []
    n = 0
    while n < len(units):
        code, at = units[n], address + 2 * n
        if 0xD800 <= code < 0xDC00 and n + 1 < len(units) and 0xDC00 <= units[n + 1] < 0xE000:
            n += 1
            code = 0x10000 + ((code & 0x3FF) << 10) + (units[n] & 0x3FF)
        codes.append((code, at))
        n += 1
    return _from_utf32(c, codes, "UTF-16")


def _declare_wide(kind: str, read: Reader, unit: int) -> None:
    """The four forms of a wide string function: plain, with a message for faults (two names), quoted."""
    suffix = f"utf{8 * unit}"

    @tapset_function(f"{kind}_string_{suffix}", pure=True, needs_kernel=True)
    def plain(c: Context, address: int) -> str:
        return _wide(c, read, kind, address, unit)

    @tapset_function(f"{kind}_string_{suffix}", f"{kind}_string2_{suffix}", pure=True, needs_kernel=True)
    def with_message(c: Context, address: int, message: str) -> str:
        try:
            return _wide(c, read, kind, address, unit)
        except ScriptError:
            return message

    @tapset_function(f"{kind}_string_quoted_{suffix}", pure=True, needs_kernel=True)
    def quoted(c: Context, address: int) -> str:
        try:
            return _quoted(c, _wide(c, read, kind, address, unit))
        except ScriptError:
            return f"{address & _MASK:#x}"

    encoding = f"UTF-{8 * unit}"
    where = "a kernel address" if kind == "kernel" else "an address of the current task"
    plain.__doc__ = f"The {encoding} string at {where}, as UTF-8. What cannot be read or is none is an error."
    with_message.__doc__ = f"The {encoding} string at {where}, as UTF-8, or ``message`` where it cannot be read."
    quoted.__doc__ = f"The {encoding} string at {where} in double quotes, or the address where it cannot be read."


for _unit in (2, 4):
    _declare_wide("kernel", read_kernel, _unit)
    _declare_wide("user", read_user, _unit)


@tapset_function(pure=True, needs_kernel=True)
def kernel_or_user_string_quoted_utf16(c: Context, addr: int) -> str:
    """The UTF-16 string at an address, of the kernel or the current task, in double quotes."""
    try:
        return _quoted(c, _wide(c, read_kernel, "kernel", addr, 2))
    except ScriptError:
        return _quoted(c, _wide(c, read_user, "user", addr, 2))


@tapset_function(pure=True, needs_kernel=True)
def kernel_or_user_string_quoted_utf32(c: Context, addr: int) -> str:
    """The UTF-32 string at an address, of the kernel or the current task, in double quotes."""
    try:
        return _quoted(c, _wide(c, read_kernel, "kernel", addr, 4))
    except ScriptError:
        return _quoted(c, _wide(c, read_user, "user", addr, 4))


# ---------------------------------------------------------------- numbers


def _number(c: Context, read: Reader, address: int, size: int, signed: bool) -> int:
    """A number of ``size`` bytes, 0 for a pointer's. Raises MemoryFault."""
    width = size or (c.kernel.description.pointer_size if c.kernel is not None else 8)
    return strings.to_signed(int.from_bytes(read(c, address, width), _byte_order(c), signed=signed))


def _declare_kernel_number(name: str, size: int, signed: bool, what: str) -> None:
    @tapset_function(f"kernel_{name}", pure=True, needs_kernel=True)
    def read_number(c: Context, address: int) -> int:
        from stapy.runtime.machine.memory import MemoryFault

        try:
            return _number(c, read_kernel, address, size, signed)
        except MemoryFault:
            raise _fault(f"kernel {name}", address) from None

    read_number.__doc__ = f"The {what} at a kernel address. An address that cannot be read is an error."


for _name, _size, _signed, _what in (
    ("char", 1, True, "char"), ("short", 2, True, "short"), ("int", 4, True, "int"), ("long", 0, True, "long"),
    ("pointer", 0, False, "pointer"),
):
    _declare_kernel_number(_name, _size, _signed, _what)


def _declare_user_number(name: str, size: int, signed: bool, warns: bool) -> None:
    @tapset_function(f"user_{name}_error", pure=True, needs_kernel=True)
    def read_or_fail(c: Context, address: int) -> int:
        from stapy.runtime.machine.memory import MemoryFault

        try:
            return _number(c, read_user, address, size, signed)
        except MemoryFault:
            raise ScriptError(f"user {name} copy fault at {address & _MASK:#x} [man error::fault]") from None

    @tapset_function(f"user_{name}", pure=True, needs_kernel=True)
    def read_or_zero(c: Context, address: int) -> int:
        try:
            return read_or_fail(c, address)
        except ScriptError:
            return 0

    what = f"{name} at an address of the current task"
    read_or_fail.__doc__ = f"The {what}. What cannot be read is an error."
    read_or_zero.__doc__ = f"The {what}; 0 where it cannot be read."
    if not warns:
        return

    @tapset_function(f"user_{name}_warn", needs_kernel=True)
    def read_or_warn(c: Context, address: int) -> int:
        try:
            return read_or_fail(c, address)
        except ScriptError as error:
            c.session.warn(error.message)
            return 0

    read_or_warn.__doc__ = f"The {what}; a warning and 0 where it cannot be read."


for _name, _size, _signed, _warns in (
    ("char", 1, True, True), ("short", 2, True, True), ("ushort", 2, False, True), ("int", 4, True, True),
    ("long", 0, True, True), ("ulong", 0, False, True), ("int8", 1, True, False), ("uint8", 1, False, False),
    ("int16", 2, True, False), ("uint16", 2, False, False), ("int32", 4, True, False), ("uint32", 4, False, False),
    ("int64", 8, True, False), ("uint64", 8, False, False),
):
    _declare_user_number(_name, _size, _signed, _warns)


@tapset_function("atomic_read", pure=True, needs_kernel=True)
def atomic_read(c: Context, addr: int) -> int:
    """The value of the atomic_t at a kernel address."""
    from stapy.runtime.machine.memory import MemoryFault

    try:
        return _number(c, read_kernel, addr, 4, True)
    except MemoryFault as fault:
        raise ScriptError(f"read fault [man error::fault] at {fault.address:#x}") from None


@tapset_function("atomic_long_read", pure=True, needs_kernel=True)
def atomic_long_read(c: Context, addr: int) -> int:
    """The value of the atomic_long_t at a kernel address."""
    from stapy.runtime.machine.memory import MemoryFault

    try:
        return _number(c, read_kernel, addr, 0, True)
    except MemoryFault as fault:
        raise ScriptError(f"read fault [man error::fault] at {fault.address:#x}") from None


# ---------------------------------------------------------------- writing, for gurus


def _write(c: Context, address: int, data: bytes, user: bool, name: str) -> None:
    from stapy.runtime.machine.memory import MemoryFault

    try:
        if user:
            if c.cpu is None:
                raise MemoryFault(address & _MASK)
            c.kernel.user_write(current(c), pointer(c, address), data)
        else:
            if c.kernel is None:
                raise MemoryFault(address & _MASK)
            c.kernel.memory.write(pointer(c, address), data)
    except MemoryFault:
        raise _fault(name, address) from None


def _declare_writer(kind: str, name: str, size: int) -> None:
    user = kind == "user"

    @tapset_function(f"set_{kind}_{name}", needs_kernel=True, guru=True)
    def write_number(c: Context, address: int, value: int) -> None:
        width = size or c.kernel.description.pointer_size
        data = (value & ((1 << 8 * width) - 1)).to_bytes(width, _byte_order(c))
        _write(c, address, data, user, f"{kind} {name}")

    where = "an address of the current task" if user else "a kernel address"
    write_number.__doc__ = f"Write a {name} at {where}. An address that cannot be written is an error. Needs -g."


for _kind in ("kernel", "user"):
    for _name, _size in (("char", 1), ("short", 2), ("int", 4), ("long", 0), ("pointer", 0)):
        _declare_writer(_kind, _name, _size)


@tapset_function(needs_kernel=True, guru=True)
def set_kernel_string(c: Context, addr: int, val: str) -> None:
    """Write a string and its end mark at a kernel address. Needs -g."""
    _write(c, addr, val.encode("latin-1") + b"\0", False, "kernel string")


@tapset_function(needs_kernel=True, guru=True)
def set_kernel_string_n(c: Context, addr: int, n: int, val: str) -> None:
    """Write at most ``n`` characters of a string at a kernel address, its end mark if there is room. Needs -g."""
    _write(c, addr, (val.encode("latin-1") + b"\0")[:max(0, n)], False, "kernel string")


@tapset_function("set_user_string", "set_user_string_arg", needs_kernel=True, guru=True)
def set_user_string(c: Context, addr: int, val: str) -> None:
    """Write a string and its end mark at an address of the current task. Needs -g."""
    _write(c, addr, val.encode("latin-1") + b"\0", True, "user string")


@tapset_function(needs_kernel=True, guru=True)
def set_user_string_n(c: Context, addr: int, n: int, val: str) -> None:
    """Write at most ``n`` characters of a string at an address of the current task. Needs -g."""
    _write(c, addr, (val.encode("latin-1") + b"\0")[:max(0, n)], True, "user string")
