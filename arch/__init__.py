"""Architectures: everything that differs between them, and nothing that does not."""

from __future__ import annotations

from importlib import import_module

from stapy.arch.architecture import Architecture

# Module by architecture, and the other names people use for it (uname's, Debian's, SystemTap's).
_MODULES = {
    "arm": "arm",
    "arm64": "arm64",
    "i386": "i386",
    "mips64": "mips64",
    "ppc64": "ppc64",
    "ppc64le": "ppc64le",
    "riscv64": "riscv64",
    "s390x": "s390x",
    "sparc64": "sparc64",
    "x86_64": "x86_64",
}
_ALIASES = {
    "mips": "mips64",
    "powerpc": "ppc64",
    "powerpc64": "ppc64",
    "powerpc64le": "ppc64le",
    "ppc64el": "ppc64le",
    "riscv": "riscv64",
    "s390": "s390x",
    "sparc": "sparc64",
    "x86-64": "x86_64",
    "amd64": "x86_64",
    "i486": "i386",
    "i586": "i386",
    "i686": "i386",
    "x86": "i386",
    "aarch64": "arm64",
    "armv7l": "arm",
    "armhf": "arm",
}

_loaded: dict[str, Architecture] = {}


def names() -> list[str]:
    """The architectures there are, by their own names."""
    return sorted(_MODULES)


def get(name: str) -> Architecture:
    """The architecture called ``name`` (or an alias of it). Raises KeyError with the names there are."""
    key = _ALIASES.get(name.lower(), name.lower())
    if key not in _MODULES:
        raise KeyError(f"no architecture '{name}' (there are {', '.join(names())})")
    if key not in _loaded:
        _loaded[key] = import_module(f"stapy.arch.{_MODULES[key]}").ARCHITECTURE
    return _loaded[key]


__all__ = ["Architecture", "get", "names"]
