"""Output files that follow one another: FILE.0, FILE.1 and so on, as ``-S`` asks for."""

from __future__ import annotations

import io
import os


class RotatingFile(io.RawIOBase):
    """A file that goes on in the next one before it grows beyond ``size`` bytes; only the last ``count`` stay (all
    with 0). A piece of output is never torn apart. Raises OSError where a file cannot be written."""

    def __init__(self, path: str, size: int, count: int) -> None:
        super().__init__()
        self._path = path
        self._size = size
        self._count = count
        self._number = 0
        self._file = open(f"{path}.0", "wb")  # noqa: SIM115 - closed in close() or for the next
        self._written = 0

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        for line in bytes(data).splitlines(keepends=True):
            if self._written and self._written + len(line) > self._size:
                self._next()
            self._file.write(line)
            self._written += len(line)
        return len(data)

    def _next(self) -> None:
        self._file.close()
        self._number += 1
        self._file = open(f"{self._path}.{self._number}", "wb")  # noqa: SIM115
        self._written = 0
        if self._count and self._number >= self._count:
            os.unlink(f"{self._path}.{self._number - self._count}")

    def flush(self) -> None:
        if not self._file.closed:
            self._file.flush()

    def close(self) -> None:
        self._file.close()
        super().close()
