"""String functions: lengths, parts, searches, conversions, tokens, quoting."""

from __future__ import annotations

from stapy.runtime.context import Context
from stapy.runtime.program import ScriptError
from stapy.runtime.tapset.declare import tapset_function
from stapy.runtime.values import strings


@tapset_function(pure=True)
def strlen(s: str) -> int:
    """The length of ``s`` in bytes."""
    return len(s)


@tapset_function(pure=True)
def substr(c: Context, str_: str, start: int, length: int) -> str:
    """At most ``length`` characters of ``str`` from position ``start`` (from 0); empty where there are none."""
    if start < 0 or not 0 < length < 0x7FFFFFFFFFFFFFFF:
        return ""
    return str_[start:start + min(length, c.session.maximum_string)]


@tapset_function(pure=True)
def stringat(str_: str, pos: int) -> int:
    """The character at ``pos`` (from 0) as a number, bytes above 127 negative. Outside ``str`` an error."""
    if not 0 <= pos < len(str_):
        raise ScriptError("Position out of bounds")
    code = ord(str_[pos])
    return code if code < 128 else code - 256


@tapset_function(pure=True)
def isinstr(s1: str, s2: str) -> int:
    """1 if ``s2`` occurs in ``s1``, else 0."""
    return 1 if s2 in s1 else 0


@tapset_function(pure=True)
def strpos(s1: str, s2: str) -> int:
    """The position (from 0) of the first ``s2`` in ``s1``, or -1."""
    return s1.find(s2)


@tapset_function(pure=True)
def str_replace(c: Context, prnt_str: str, srch_str: str, rplc_str: str) -> str:
    """``prnt_str`` with every ``srch_str`` replaced by ``rplc_str``; unchanged where ``srch_str`` is empty."""
    return (prnt_str.replace(srch_str, rplc_str) if srch_str else prnt_str)[:c.session.maximum_string]


_DIGITS = {character: value for value, character in enumerate("0123456789abcdef")} | {
    character: value for value, character in enumerate("ABCDEF", 10)}


@tapset_function(pure=True)
def strtol(str_: str, base: int) -> int:
    """The number that ``str`` begins with, in ``base`` (0: by its prefix 0x or 0). No number gives 0.

    A minus sign is understood, leading blanks and a plus sign are not; digits go up to f; what does not fit in 64
    bits wraps around.
    """
    negative = str_.startswith("-")
    position = 1 if negative else 0
    hexadecimal = str_[position:position + 2] in ("0x", "0X") and str_[position + 2:position + 3] in _DIGITS
    if base == 0:
        base = 16 if hexadecimal else 8 if str_[position:position + 1] == "0" else 10
    if base == 16 and str_[position:position + 2] in ("0x", "0X"):
        position += 2
    value = 0
    for character in str_[position:]:
        digit = _DIGITS.get(character)
        if digit is None or digit >= base:
            break
        value = value * base + digit
    return strings.to_signed(-value if negative else value)


@tapset_function(pure=True)
def isdigit(str_: str) -> int:
    """1 if ``str`` begins with a decimal digit, else 0."""
    return 1 if str_[:1] in tuple("0123456789") else 0


@tapset_function()
def tokenize(c: Context, input_: str, delim: str) -> str:
    """The next token of a text, cut at any of the characters of ``delim``; empty when there are no more.

    A text that is not empty starts anew; ``tokenize("", delim)`` or ``tokenize(delim)`` goes on with the
    last. Empty tokens are passed over.
    """
    store = c.session.store
    rest = input_[:c.session.maximum_string] or store.get("tokenize", "")
    while rest:
        end = _first_of(rest, delim)
        token, rest = (rest, "") if end < 0 else (rest[:end], rest[end + 1:])
        if token:
            store["tokenize"] = rest
            return token
    store["tokenize"] = ""
    return ""


@tapset_function("tokenize")
def tokenize_on(c: Context, delim: str) -> str:
    """The next token of the text last given to tokenize()."""
    return tokenize(c, "", delim)


def _first_of(text: str, delimiters: str) -> int:
    places = [place for place in map(text.find, delimiters) if place >= 0]
    return min(places, default=-1)


@tapset_function(pure=True)
def text_str(c: Context, input_: str) -> str:
    """``input`` with characters that do not print as escapes: ``\\n``, ``\\001``."""
    limit = c.session.maximum_string
    return strings.quote(input_.encode("latin-1"), input_limit=0, output_limit=0, quoted=False, maximum=limit)


@tapset_function(pure=True)
def text_strn(c: Context, input_: str, len_: int, quoted: int) -> str:
    """As text_str(), at most ``len`` characters; with ``quoted`` in double quotes, and ``...`` where cut."""
    limit = c.session.maximum_string
    return strings.quote(input_.encode("latin-1"), input_limit=0, output_limit=max(0, min(len_, limit)),
                         quoted=bool(quoted), maximum=limit)


@tapset_function(pure=True)
def string_quoted(c: Context, str_: str) -> str:
    """``str`` in double quotes, with escapes for what does not print."""
    limit = c.session.maximum_string
    return strings.quote(str_.encode("latin-1"), input_limit=0, output_limit=0, quoted=True, maximum=limit)


@tapset_function()
def matched(c: Context, n: int) -> str:
    """What group ``n`` of the last successful ``=~`` matched; group 0 is the whole match.

    Empty for a group that took no part. A number the expression has no group for is an error.
    """
    session = c.session
    match = session.last_match
    if not 0 <= n < session.store.get("groups", 0):  # of the last match that succeeded
        raise ScriptError(f"Attempted to get nonexistent subexpression {n}")
    if match is None:
        raise ScriptError(f"Attempted to get subexpression {n} from failed match")
    return match[n][:session.maximum_string]


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
