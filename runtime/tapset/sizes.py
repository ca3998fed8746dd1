"""Memory sizes: of pages, of processes, and as text five characters wide."""

from __future__ import annotations

from stapy.runtime.tapset.declare import tapset_function

PAGE_SIZE = 4096


@tapset_function(pure=True)
def mem_page_size() -> int:
    """The size of a page in bytes."""
    return PAGE_SIZE


@tapset_function(pure=True)
def bytes_to_string(bytes_: int) -> str:
    """A number of bytes as text five characters wide: `` 100``, ``1.50K``, ``12.3M``, `` 512G``."""
    if bytes_ < 1024:
        return f"{bytes_:5}"
    unit, rest = "", 0
    for unit in "KMG":  # noqa: B007 - the last one is used below
        bytes_, rest = divmod(bytes_, 1024)
        if bytes_ < 1024:
            break
    if bytes_ < 10:
        return f"{bytes_}.{rest * 100 // 1024:02}{unit}"
    if bytes_ < 100:
        return f"{bytes_:2}.{rest * 10 // 1024}{unit}"
    return f"{bytes_:4}{unit}"


@tapset_function(pure=True)
def pages_to_string(pages: int) -> str:
    """A number of pages as the text of their bytes."""
    return bytes_to_string(pages * PAGE_SIZE)
