"""String functions: lengths, parts, searches, conversions, tokens, quoting."""

from __future__ import annotations

from stapy.runtime.context import Context
from stapy.runtime.program import ScriptError
from stapy.runtime.tapset.declare import tapset_function
from stapy.runtime.values import strings


@tapset_function(pure=True)
def strlen(text: str) -> int:
    """The length of ``text`` in bytes."""
    return len(text)


@tapset_function(pure=True)
def substr(text: str, start: int, length: int) -> str:
    """At most ``length`` characters of ``text`` from position ``start`` (from 0); empty where there are none."""
    if start < 0 or length <= 0:
        return ""
    return text[start:start + length]


@tapset_function(pure=True)
def stringat(text: str, position: int) -> int:
    """The character at ``position`` (from 0) as a number, bytes above 127 negative. Outside ``text`` an error."""
    if not 0 <= position < len(text):
        raise ScriptError("Position out of bounds")
    code = ord(text[position])
    return code if code < 128 else code - 256


@tapset_function(pure=True)
def isinstr(text: str, part: str) -> int:
    """1 if ``part`` occurs in ``text``, else 0."""
    return 1 if part in text else 0


@tapset_function(pure=True)
def strpos(text: str, part: str) -> int:
    """The position (from 0) of the first ``part`` in ``text``, or -1."""
    return text.find(part)


@tapset_function(pure=True)
def str_replace(c: Context, text: str, old: str, new: str) -> str:
    """``text`` with every ``old`` replaced by ``new``; unchanged where ``old`` is empty."""
    return text.replace(old, new)[:c.session.maximum_string] if old else text


_DIGITS = {character: value for value, character in enumerate("0123456789abcdef")} | {
    character: value for value, character in enumerate("ABCDEF", 10)}


@tapset_function(pure=True)
def strtol(text: str, base: int) -> int:
    """The number that ``text`` begins with, in ``base`` (0: by its prefix 0x or 0). No number gives 0.

    A minus sign is understood, leading blanks and a plus sign are not; digits go up to f; what does not fit in 64
    bits wraps around.
    """
    negative = text.startswith("-")
    position = 1 if negative else 0
    hexadecimal = text[position:position + 2] in ("0x", "0X") and text[position + 2:position + 3] in _DIGITS
    if base == 0:
        base = 16 if hexadecimal else 8 if text[position:position + 1] == "0" else 10
    if base == 16 and text[position:position + 2] in ("0x", "0X"):
        position += 2
    value = 0
    for character in text[position:]:
        digit = _DIGITS.get(character)
        if digit is None or digit >= base:
            break
        value = value * base + digit
    return strings.to_signed(-value if negative else value)


@tapset_function(pure=True)
def isdigit(text: str) -> int:
    """1 if ``text`` begins with a decimal digit, else 0."""
    return 1 if text[:1] in tuple("0123456789") else 0


@tapset_function()
def tokenize(c: Context, text: str, delimiters: str) -> str:
    """The next token of a text, cut at any of the characters of ``delimiters``; empty when there are no more.

    A text that is not empty starts anew; ``tokenize("", delimiters)`` or ``tokenize(delimiters)`` goes on with the
    last. Empty tokens are passed over.
    """
    store = c.session.store
    rest = text or store.get("tokenize", "")
    while rest:
        end = _first_of(rest, delimiters)
        token, rest = (rest, "") if end < 0 else (rest[:end], rest[end + 1:])
        if token:
            store["tokenize"] = rest
            return token
    store["tokenize"] = ""
    return ""


@tapset_function("tokenize")
def tokenize_on(c: Context, delimiters: str) -> str:
    """The next token of the text last given to tokenize()."""
    return tokenize(c, "", delimiters)


def _first_of(text: str, delimiters: str) -> int:
    places = [place for place in map(text.find, delimiters) if place >= 0]
    return min(places, default=-1)


@tapset_function(pure=True)
def text_str(c: Context, text: str) -> str:
    """``text`` with characters that do not print as escapes: ``\\n``, ``\\001``."""
    limit = c.session.maximum_string
    return strings.quote(text.encode("latin-1"), input_limit=0, output_limit=0, quoted=False, maximum=limit)


@tapset_function(pure=True)
def text_strn(c: Context, text: str, length: int, quoted: int) -> str:
    """As text_str(), at most ``length`` characters; with ``quoted`` in double quotes, and ``...`` where cut."""
    limit = c.session.maximum_string
    return strings.quote(text.encode("latin-1"), input_limit=0, output_limit=max(0, min(length, limit)),
                         quoted=bool(quoted), maximum=limit)


@tapset_function(pure=True)
def string_quoted(c: Context, text: str) -> str:
    """``text`` in double quotes, with escapes for what does not print."""
    limit = c.session.maximum_string
    return strings.quote(text.encode("latin-1"), input_limit=0, output_limit=0, quoted=True, maximum=limit)


@tapset_function()
def matched(c: Context, number: int) -> str:
    """What group ``number`` of the last successful ``=~`` matched; group 0 is the whole match.

    Empty for a group that took no part. A number the expression has no group for is an error.
    """
    match = c.session.last_match
    if match is None:
        raise ScriptError(f"Attempted to get subexpression {number} from failed match")
    if not 0 <= number < len(match):
        raise ScriptError(f"Attempted to get nonexistent subexpression {number}")
    return match[number] or ""


@tapset_function()
def matched_str(c: Context) -> str:
    """What the last successful ``=~`` matched."""
    return matched(c, 0)


@tapset_function()
def ngroups(c: Context) -> int:
    """How many groups the last successful ``=~`` has, the whole match included."""
    if c.session.last_match is None:
        raise ScriptError("Attempted to get subexpression count from failed match")
    return len(c.session.last_match)
