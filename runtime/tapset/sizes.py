"""Memory sizes: of pages, of processes, and as text five characters wide."""

from __future__ import annotations

from stapy.runtime.tapset.declare import tapset_function

PAGE_SIZE = 4096


@tapset_function(pure=True)
def mem_page_size() -> int:
    """The size of a page in bytes."""
    return PAGE_SIZE


@tapset_function(pure=True)
def bytes_to_string(count: int) -> str:
    """A number of bytes as text five characters wide: `` 100``, ``1.50K``, ``12.3M``, `` 512G``."""
    if count < 1024:
        return f"{count:5}"
    unit, rest = "", 0
    for unit in "KMG":  # noqa: B007 - the last one is used below
        count, rest = divmod(count, 1024)
        if count < 1024:
            break
    if count < 10:
        return f"{count}.{rest * 100 // 1024:02}{unit}"
    if count < 100:
        return f"{count:2}.{rest * 10 // 1024}{unit}"
    return f"{count:4}{unit}"


@tapset_function(pure=True)
def pages_to_string(count: int) -> str:
    """A number of pages as the text of their bytes."""
    return bytes_to_string(count * PAGE_SIZE)
