"""Script strings: one character a byte, no NUL inside, at most MAXSTRINGLEN - 1 long."""

from __future__ import annotations

MAXIMUM = 511  # MAXSTRINGLEN - 1 by default

_ESCAPES = {7: "a", 8: "b", 12: "f", 10: "n", 13: "r", 9: "t", 11: "v"}


def cut(text: str, limit: int = MAXIMUM) -> str:
    """``text`` as a C string of at most ``limit`` characters: it ends at its first NUL."""
    end = text.find("\0", 0, limit)
    return text[:limit] if end < 0 else text[:end]


def to_signed(number: int) -> int:
    """``number`` wrapped to a signed 64-bit integer."""
    return ((number + 0x8000000000000000) & 0xFFFFFFFFFFFFFFFF) - 0x8000000000000000


def escape_character(code: int, also: str) -> str:
    """One byte as printable text: itself, a C escape, or three octal digits. ``also`` are printable ones to escape."""
    character = chr(code)
    if character in also:
        return "\\" + character
    if 32 <= code < 127:
        return character
    short = _ESCAPES.get(code)
    return "\\" + short if short else f"\\{code:03o}"


def quote(data: bytes, *, input_limit: int, output_limit: int, quoted: bool, buffer: bool = False,
          maximum: int = MAXIMUM) -> str:
    """Bytes as printable text, the way text_str() and user_string_quoted() write them.

    Control characters become escapes, well-formed UTF-8 becomes ``\\uXXXX``. Reading stops at a NUL unless ``buffer``.
    ``input_limit`` and ``output_limit`` are lengths, 0 for the maximum; ``quoted`` puts double quotes around, and
    ``...`` behind where the text had to be cut.
    """
    remaining = input_limit if 0 < input_limit <= maximum else maximum
    room = output_limit if 0 < output_limit <= maximum else maximum
    if quoted:
        room = max(room, 5) - 2
    data = data[:remaining]
    text, position, code = "", 0, 0
    straddling: tuple[int, int] | None = None  # the first escape that the dots could cut through: where, how long
    while position < len(data):
        code, length = decode_utf8(data, position)
        if room <= 0 or (code == 0 and not buffer):
            break
        position += length
        piece = _escaped(code, length)
        size = len(piece) if code else 4  # a NUL counts as \\000, though it is written \\0
        if size > 1 and straddling is None and room - 3 < size:
            straddling = len(text), size
        if room < size:
            break
        text += piece
        room -= size
    if not quoted:
        return text
    if not code or position >= len(data):  # all was read, or what did not fit was the last
        return f'"{text}"'
    end = max(0, min(len(text), len(text) - 3 + room))
    if straddling is not None and straddling[0] < end < sum(straddling):
        end = straddling[0]
    return f'"{text[:end]}"...'


def _escaped(code: int, length: int) -> str:
    if length > 1:
        return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
    if code == 0:
        return "\\0"
    return escape_character(code, '"\\')


def decode_utf8(data: bytes, position: int) -> tuple[int, int]:
    """The code point at ``position`` and the bytes it takes; a byte that begins no good sequence stands for itself."""
    first = data[position]
    for mask, lead, length, smallest in ((0xE0, 0xC0, 2, 0x80), (0xF0, 0xE0, 3, 0x800), (0xF8, 0xF0, 4, 0x10000)):
        if first & mask != lead:
            continue
        tail = data[position + 1:position + length]
        if len(tail) < length - 1 or any(byte & 0xC0 != 0x80 for byte in tail):
            break
        code = first & (0xFF >> (length + 1))
        for byte in tail:
            code = code << 6 | byte & 0x3F
        if code < smallest or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            break
        return code, length
    return first, 1
