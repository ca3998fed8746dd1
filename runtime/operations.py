"""What compiled scripts call where Python's operators mean something else, or something has to be checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stapy.runtime.program import NextProbe, ScriptError

_SIGN = 1 << 63
_MASK = (1 << 64) - 1


class UncatchableError(ScriptError):
    """An error that try/catch does not stop: MAXACTION exceeded."""


class _Next:
    """What a function gives that ended by ``next``: the following overload is to be tried."""

    def __repr__(self) -> str:
        return "NEXT"


NEXT: Any = _Next()


def wrap(number: int) -> int:
    """``number`` cut to 64 bits, signed."""
    return ((number + _SIGN) & _MASK) - _SIGN


def divide(left: int, right: int) -> int:
    """Division that truncates towards zero."""
    if right == 0:
        raise ScriptError("division by 0")
    if left >= 0:
        return left // right if right > 0 else -(left // -right)
    return -(-left // right) if right > 0 else wrap(-left // -right)


def modulo(left: int, right: int) -> int:
    """The remainder with the sign of ``left``."""
    if right == 0:
        raise ScriptError("division by 0")
    return left % abs(right) if left >= 0 else -(-left % abs(right))


def cut(text: str, limit: int) -> str:
    """A string as it is stored: it ends at its first NUL, or at ``limit``."""
    end = text.find("\0", 0, limit)
    return text[:limit] if end < 0 else text[:end]


def put(array: Any, key: Any, value: Any) -> Any:
    """``array[key] = value`` as an expression."""
    array.put(key, value)
    return value


def put_old(array: Any, key: Any, value: Any) -> Any:
    """The same, giving what was there before."""
    before = array[key]
    array.put(key, value)
    return before


def add_sample(statistics: Any, value: int) -> int:
    """``statistics <<< value`` as an expression."""
    statistics.add(value)
    return value


def put_sample(array: Any, key: Any, value: int) -> int:
    """``array[key] <<< value`` as an expression."""
    array.statistics(key).add(value)
    return value


def exceeded(placeless: bool = False) -> None:
    raise UncatchableError("MAXACTION exceeded", placeless=placeless)


def nested_too_deep() -> None:
    raise ScriptError("MAXNESTING exceeded")


def exhausted() -> None:
    raise ScriptError("all functions exhausted")


def caught(exception: BaseException, limit: int = 511) -> str:
    """The message try/catch gives the script; what is no error of the script's goes on."""
    if isinstance(exception, ScriptError) and not isinstance(exception, UncatchableError):
        return exception.message[:limit]
    if type(exception).__name__ == "MemoryFault":
        return fault_message(exception)
    raise exception


def embedded_error(error: BaseException) -> BaseException:
    """What a script gets to know of an exception in its embedded code: a run-time error it can catch."""
    if isinstance(error, (ScriptError, NextProbe)) or type(error).__name__ == "MemoryFault":
        return error
    return ScriptError(f"{type(error).__name__}: {error}")


def fault_message(fault: Any) -> str:
    """The message for memory that is not there."""
    kind = "write" if getattr(fault, "write", False) else "read"
    return f"{kind} fault [man error::fault] at {fault.address & _MASK:#x}"


# ---------------------------------------------------------------- the kernel's memory and registers


def store(c: Any, address: int, size: int, value: int) -> int:
    """Write ``size`` bytes of kernel memory: ``$pointer->member = value``."""
    data = (value & ((1 << 8 * size) - 1)).to_bytes(size, c.kernel.memory.endian)
    c.kernel.memory.write(address & _MASK, data)
    return value


def store_bits(c: Any, address: int, size: int, first: int, bits: int, value: int) -> int:
    """Write a bitfield: ``bits`` bits from bit ``first`` of the ``size`` bytes at ``address``."""
    memory = c.kernel.memory
    address &= _MASK
    word = int.from_bytes(memory.read(address, size), memory.endian)
    mask = ((1 << bits) - 1) << first
    word = (word & ~mask) | (value << first & mask)
    memory.write(address, word.to_bytes(size, memory.endian))
    return value


def store_register(c: Any, number: int, value: int) -> int:
    """Write DWARF register ``number`` of the probed moment."""
    c.regs.set_register(number, value & _MASK)
    return value


def read_string(c: Any, address: int, otherwise: str, limit: int) -> str:
    """The C string at ``address``, ``otherwise`` where it cannot be read."""
    try:
        return c.kernel.memory.cstring(address & _MASK, limit).decode("latin-1")
    except Exception as fault:
        if type(fault).__name__ != "MemoryFault":
            raise
        return otherwise


def shown(text: Callable[[], str]) -> str:
    """A pretty-printed variable, "ERROR" where a part of it cannot be read."""
    try:
        return text()
    except Exception as fault:
        if type(fault).__name__ != "MemoryFault":
            raise
        return "ERROR"


def read_sized(c: Any, size: int, address: int) -> int:
    """``@kderef(size, address)``: an unsigned number of 1, 2, 4 or 8 bytes."""
    if size not in (1, 2, 4, 8):
        raise ScriptError(f"kernel read of {size} bytes: only 1, 2, 4 and 8 can be read")
    memory = c.kernel.memory
    return wrap(int.from_bytes(memory.read(address & _MASK, size), memory.endian))


def read_user_sized(c: Any, size: int, address: int) -> int:
    """``@uderef(size, address)``, in the memory of the current task."""
    if size not in (1, 2, 4, 8):
        raise ScriptError(f"user read of {size} bytes: only 1, 2, 4 and 8 can be read")
    kernel = c.kernel
    data = kernel.user_read(kernel.current_task(c.cpu), address & _MASK, size)
    return wrap(int.from_bytes(bytes(data), kernel.memory.endian))


def read_register(c: Any, number: int) -> int:
    """``@kregister(number)``: a register of the probed moment by its DWARF number."""
    registers = c.regs if c.regs is not None else c.cpu
    try:
        return wrap(registers.register(number))
    except (KeyError, IndexError, ValueError):
        raise ScriptError(f"no register {number}") from None


def called_from(c: Any, callers: tuple[tuple[int, int], ...]) -> bool:
    """At a function's first instruction: whether it was called from one of these stretches of code."""
    kernel = c.kernel
    if c.instance is not None:  # a return probe has put its trampoline there
        back = c.instance.ret_addr
    else:
        back = kernel.arch.return_address(kernel.machine, c.cpu, kernel.arch.frame_of_entry(c.cpu))
    return any(start < back <= end for start, end in callers)
