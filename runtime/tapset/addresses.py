"""Internet addresses as text."""

from __future__ import annotations

from stapy.runtime.context import Context
from stapy.runtime.program import ScriptError
from stapy.runtime.tapset.declare import tapset_function
from stapy.runtime.tapset.memory import read_kernel

AF_INET, AF_INET6 = 2, 10


@tapset_function("AF_INET", pure=True)
def family_of_ipv4() -> int:
    """The number of the IPv4 address family."""
    return AF_INET


@tapset_function("AF_INET6", pure=True)
def family_of_ipv6() -> int:
    """The number of the IPv6 address family."""
    return AF_INET6


@tapset_function(pure=True, needs_kernel=True)
def format_ipaddr(c: Context, addr: int, family: int) -> str:
    """An address as text: an IPv4 one in network byte order, an IPv6 one at a kernel address."""
    from stapy.runtime.machine.memory import MemoryFault

    if family == AF_INET:
        little = c.kernel is None or c.kernel.description.little_endian
        return ".".join(map(str, (addr & 0xFFFFFFFF).to_bytes(4, "little" if little else "big")))
    if family != AF_INET6:
        return "*unknown address family*"
    try:
        data = read_kernel(c, addr, 16)
    except MemoryFault as fault:
        raise ScriptError(f"read fault [man error::fault] at {fault.address:#x}") from None
    return ":".join(data[at:at + 2].hex() for at in range(0, 16, 2))


@tapset_function(pure=True, needs_kernel=True)
def ip_ntop(c: Context, addr: int) -> str:
    """An IPv4 address in network byte order as text: ``127.0.0.1``."""
    return format_ipaddr(c, addr, AF_INET)
