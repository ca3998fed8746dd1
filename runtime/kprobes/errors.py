"""What goes wrong with probes: Linux's error numbers as an exception."""

from __future__ import annotations

ERRNO = {
    "ENOENT": 2,
    "E2BIG": 7,
    "ENOMEM": 12,
    "EBUSY": 16,
    "EEXIST": 17,
    "EINVAL": 22,
    "ENOSYS": 38,
    "EILSEQ": 84,
    "EOPNOTSUPP": 95,
    "EADDRNOTAVAIL": 99,
}
_TEXT = {
    "ENOENT": "no such symbol",
    "E2BIG": "too big",
    "ENOMEM": "out of memory",
    "EBUSY": "in use",
    "EEXIST": "there is one already",
    "EINVAL": "invalid argument",
    "ENOSYS": "not implemented",
    "EILSEQ": "not at an instruction's start",
    "EOPNOTSUPP": "not supported",
    "EADDRNOTAVAIL": "not one address",
}


class KprobeError(Exception):
    """A probe that cannot be: ``errno`` is the number Linux gives, ``name`` its name, as in ``KprobeError:
    -EINVAL: ...``."""

    def __init__(self, name: str, message: str = "") -> None:
        super().__init__(f"-{name}: {message or _TEXT[name]}")
        self.name = name
        self.errno = ERRNO[name]
