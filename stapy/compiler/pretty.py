"""Pretty-printing of target variables: ``$name$``, ``$name$$``, ``$$vars``, ``$$parms``, ``$$locals``, ``$$return``.

The C type decides the text, so a pretty-printed variable becomes a sprintf over reads of its members.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from stapy.compiler import tree
from stapy.compiler.diagnostics import SemanticError

if TYPE_CHECKING:
    from stapy.compiler.analysis import Analysis
    from stapy.compiler.targets import Access, Place

LONG, STRING = tree.Type.LONG, tree.Type.STRING
MOST_ELEMENTS = 32  # of an array, before "..."


class Text:
    """A sprintf being put together."""

    def __init__(self, token: tree.Token) -> None:
        self.token = token
        self.parts: list[tree.FormatPart] = []
        self.arguments: list[tree.Expression] = []

    def literal(self, text: str) -> None:
        if self.parts and not self.parts[-1].conversion:
            self.parts[-1].text += text
        else:
            self.parts.append(tree.FormatPart(text=text))

    def value(self, conversion: str, argument: tree.Expression, flags: str = "") -> None:
        self.parts.append(tree.FormatPart(conversion=conversion, flags=flags))
        self.arguments.append(argument)

    def made(self) -> tree.Print:
        raw = tree.String(self.token, "", type=STRING)
        return tree.Print(self.token, "sprintf", self.parts, raw, None, self.arguments, type=STRING)


def pretty_print(access: Access, token: tree.Token, deep: bool) -> tree.Print:
    """``$name$`` (members of nested structures left out) and ``$name$$`` (all)."""
    text = Text(token)
    follow_top_pointer(access)
    _Printer(text, token, deep).show(access, top=True)
    return text.made()


def follow_top_pointer(access: Access) -> None:
    """A pointer to a structure is printed as what it points at."""
    stripped = access.ctype.strip()
    types = access.types
    if isinstance(stripped, types.Pointer) and isinstance(
        access.description.types.complete(stripped.to.strip()), types.Struct
    ):
        access._dereference()


def print_variables(
    analysis: Analysis, place: Place, node: tree.TargetSymbol, access: Callable[[str], Access]
) -> tree.Print:
    """``$$vars`` and its kin: ``name=value`` for each, ``name=?`` where a variable is not available."""
    pretty = node.components[-1].kind if node.components else ""
    text = Text(node.token)
    names = _names(place, node)
    for number, name in enumerate(names):
        if number:
            text.literal(" ")
        text.literal(f"{name}=")
        try:
            found = access(name)
            if pretty:
                shown = pretty_print(found, node.token, pretty == "pretty-all")
                text.parts += shown.format or []
                text.arguments += shown.arguments
            else:
                text.value("x", found.value(node.token), "#")
        except SemanticError:
            text.literal("?")
    return text.made()


def _names(place: Place, node: tree.TargetSymbol) -> list[str]:
    wanted = node.name[2:]
    if wanted == "return":
        return ["return"] if place.returns and place.function.return_type is not None else []
    if wanted not in ("vars", "parms", "locals"):
        raise SemanticError("unresolved target-symbol expression", node.token)
    names = [
        variable.name
        for variable in place.variables
        if wanted == "vars" or variable.is_parameter == (wanted == "parms")
    ]
    if wanted == "vars":
        names.sort(key=lambda name: not place.variable(name).is_parameter)
    return names


class _Printer:
    def __init__(self, text: Text, token: tree.Token, deep: bool) -> None:
        self.text = text
        self.token = token
        self.deep = deep

    def show(self, access: Access, top: bool = False) -> None:
        """Print what ``access`` is at, by its type."""
        types = access.types
        stripped = access.description.types.complete(access.ctype.strip())
        if isinstance(stripped, types.Struct):
            self._structure(access, stripped, top)
        elif isinstance(stripped, types.Array):
            self._array(access, stripped, top)
        elif isinstance(stripped, types.Pointer):
            self._pointer(access, stripped)
        elif isinstance(stripped, types.Enum):
            self.text.value("i", access.value(self.token))
        elif isinstance(stripped, types.Base) and stripped.is_integer:
            self._integer(access, stripped)
        else:
            self.text.literal("?")

    def _integer(self, access: Access, stripped: Any) -> None:
        if stripped.is_character:
            self.text.literal("'")
            self.text.value("c", access.value(self.token), "#")
            self.text.literal("'")
        else:
            self.text.value("i" if stripped.signed else "u", access.value(self.token))

    def _pointer(self, access: Access, stripped: Any) -> None:
        from stapy.compiler.targets import StringRead

        target = stripped.to.strip()
        value = access.value(self.token)
        if isinstance(target, access.types.Base) and target.is_character:
            self.text.literal('"')
            self.text.value("s", StringRead(self.token, value, "<unknown>", type=STRING))
            self.text.literal('"')
        else:
            self.text.value("p", value)

    def _structure(self, access: Access, structure: Any, top: bool) -> None:
        if not top and not self.deep:
            self.text.literal("{...}")
            return
        self.text.literal("{")
        first = True
        for member in structure.members:
            if not first:
                self.text.literal(", ")
            first = False
            if member.name is not None:
                self.text.literal(f".{member.name}=")
            self._within(access, lambda inner, member=member: inner._into(member))  # type: ignore[misc]
        self.text.literal("}")

    def _array(self, access: Access, array: Any, top: bool) -> None:
        element = array.of.strip()
        if isinstance(element, access.types.Base) and element.is_character:
            from stapy.compiler.targets import StringRead

            self.text.literal('"')
            self.text.value("s", StringRead(self.token, access.value(self.token), "<unknown>", type=STRING))
            self.text.literal('"')
            return
        if not top and not self.deep:
            self.text.literal("[...]")
            return
        count = array.count or 0
        self.text.literal("[")
        for number in range(min(count, MOST_ELEMENTS)):
            if number:
                self.text.literal(", ")
            index = tree.Component(self.token, "index", index=tree.Number(self.token, number, type=LONG))
            self._within(access, lambda inner, index=index: inner._index(index))  # type: ignore[misc]
        if count > MOST_ELEMENTS:
            self.text.literal(", ...")
        self.text.literal("]")

    def _within(self, access: Access, enter: Callable[[Access], None]) -> None:
        """Show a part of ``access``, which stays as it is."""
        from stapy.compiler.targets import Access

        inner = Access(access.description, access.location, access.ctype, access.what)
        inner.operands = access.operands
        try:
            enter(inner)
            self.show(inner)
        except SemanticError:
            self.text.literal("?")
