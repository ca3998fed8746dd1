"""Error numbers and return values as text."""

from __future__ import annotations

from stapy.runtime.context import Context
from stapy.runtime.program import ScriptError
from stapy.runtime.tapset.declare import tapset_function

# Numbers 1 to 34 are the same on every architecture; the rest are those that all but a few share.
NAMES: dict[int, str] = dict(enumerate((
    "EPERM", "ENOENT", "ESRCH", "EINTR", "EIO", "ENXIO", "E2BIG", "ENOEXEC", "EBADF", "ECHILD", "EAGAIN",
    "ENOMEM", "EACCES", "EFAULT", "ENOTBLK", "EBUSY", "EEXIST", "EXDEV", "ENODEV", "ENOTDIR", "EISDIR",
    "EINVAL", "ENFILE", "EMFILE", "ENOTTY", "ETXTBSY", "EFBIG", "ENOSPC", "ESPIPE", "EROFS", "EMLINK",
    "EPIPE", "EDOM", "ERANGE", "EDEADLK", "ENAMETOOLONG", "ENOLCK", "ENOSYS", "ENOTEMPTY", "ELOOP", "-",
    "ENOMSG", "EIDRM", "ECHRNG", "EL2NSYNC", "EL3HLT", "EL3RST", "ELNRNG", "EUNATCH", "ENOCSI", "EL2HLT",
    "EBADE", "EBADR", "EXFULL", "ENOANO", "EBADRQC", "EBADSLT", "-", "EBFONT", "ENOSTR", "ENODATA", "ETIME",
    "ENOSR", "ENONET", "ENOPKG", "EREMOTE", "ENOLINK", "EADV", "ESRMNT", "ECOMM", "EPROTO", "EMULTIHOP",
    "EDOTDOT", "EBADMSG", "EOVERFLOW", "ENOTUNIQ", "EBADFD", "EREMCHG", "ELIBACC", "ELIBBAD", "ELIBSCN",
    "ELIBMAX", "ELIBEXEC", "EILSEQ", "ERESTART", "ESTRPIPE", "EUSERS", "ENOTSOCK", "EDESTADDRREQ", "EMSGSIZE",
    "EPROTOTYPE", "ENOPROTOOPT", "EPROTONOSUPPORT", "ESOCKTNOSUPPORT", "EOPNOTSUPP", "EPFNOSUPPORT",
    "EAFNOSUPPORT", "EADDRINUSE", "EADDRNOTAVAIL", "ENETDOWN", "ENETUNREACH", "ENETRESET", "ECONNABORTED",
    "ECONNRESET", "ENOBUFS", "EISCONN", "ENOTCONN", "ESHUTDOWN", "ETOOMANYREFS", "ETIMEDOUT", "ECONNREFUSED",
    "EHOSTDOWN", "EHOSTUNREACH", "EALREADY", "EINPROGRESS", "ESTALE", "EUCLEAN", "ENOTNAM", "ENAVAIL",
    "EISNAM", "EREMOTEIO", "EDQUOT", "ENOMEDIUM", "EMEDIUMTYPE", "ECANCELED", "ENOKEY", "EKEYEXPIRED",
    "EKEYREVOKED", "EKEYREJECTED", "EOWNERDEAD", "ENOTRECOVERABLE",
), 1))
del NAMES[41], NAMES[58]


@tapset_function(pure=True)
def errno_str(err: int) -> str:
    """The name of an error number, of either sign: ``ENOENT``. Empty where it is none."""
    return NAMES.get(abs(err), "")


@tapset_function(pure=True)
def errno_p(err: int) -> int:
    """The error number, positive, if ``err`` is one of either sign; else 0."""
    return abs(err) if abs(err) in NAMES else 0


@tapset_function(pure=True)
def return_str(format_: int, ret: int) -> str:
    """A return value as text: ``-2 (ENOENT)``, else as ``format`` says: 1 decimal, 2 hexadecimal, 3 octal."""
    if ret < 0 and -ret in NAMES:
        return f"{ret} ({NAMES[-ret]})"
    bits = ret & 0xFFFFFFFFFFFFFFFF
    if format_ == 2:
        return f"{bits:#x}"
    if format_ == 3:
        return f"0{bits:o}"
    return str(ret)


def _returned(c: Context) -> int | None:
    """The probed function's return value, signed; None where no function returns."""
    if c.regs is None:
        return None
    arch = c.kernel.arch
    value = c.regs.get(arch.return_registers[0])
    return value - (1 << arch.bits) if value >> (arch.bits - 1) else value


@tapset_function(pure=True, needs_kernel=True)
def returnval(c: Context) -> int:
    """The value the probed function returns. Only in ``.return`` probes; elsewhere what its register holds."""
    value = _returned(c)
    if value is None:
        raise ScriptError(f"returnval() not defined in this context {c.probe.point if c.probe else ''}")
    return value


@tapset_function(pure=True)
def returnstr(c: Context, format_: int) -> str:
    """The value the probed function returns, as return_str() writes it; ``N/A`` where no function returns."""
    value = _returned(c)
    return "N/A" if value is None else return_str(format_, value)
