"""Terminal control: colours and the cursor, by ANSI escape sequences."""

from __future__ import annotations

from stapy.runtime.context import Context
from stapy.runtime.tapset.declare import tapset_function


@tapset_function()
def ansi_clear_screen(c: Context) -> None:
    """Clear the screen and put the cursor in its upper left corner."""
    c.session.emit("\033[1;1H\033[J")


@tapset_function("ansi_set_color")
def ansi_set_foreground(c: Context, fg: int) -> None:
    """Set the colour of the text: 30 black, 31 red, 32 green, 33 yellow, 34 blue, 35 purple, 36 cyan, 37 white."""
    c.session.emit(f"\033[{fg}m")


@tapset_function("ansi_set_color", "ansi_set_color2")
def ansi_set_colors(c: Context, fg: int, bg: int) -> None:
    """Set the colour of the text, and of its background (40 to 47)."""
    c.session.emit(f"\033[{bg};{fg}m")


@tapset_function("ansi_set_color", "ansi_set_color3")
def ansi_set_attributes(c: Context, fg: int, bg: int, attr: int) -> None:
    """Set colours, and an attribute: 0 all off, 1 bold, 4 underline, 5 blink, 7 reverse video."""
    end = f";{attr}m" if attr else "m"
    c.session.emit(f"\033[{bg};{fg}{end}")


@tapset_function()
def ansi_reset_color(c: Context) -> None:
    """Back to the terminal's own colours."""
    ansi_set_attributes(c, 0, 0, 0)


@tapset_function()
def ansi_new_line(c: Context) -> None:
    """Move to the next line."""
    c.session.emit("\n")


@tapset_function()
def ansi_cursor_move(c: Context, x: int, y: int) -> None:
    """Put the cursor in ``x`` and ``y``, counted from 1."""
    c.session.emit(f"\033[{y};{x}H")


@tapset_function()
def ansi_cursor_hide(c: Context) -> None:
    """Hide the cursor."""
    c.session.emit("\033[>5I")


@tapset_function()
def ansi_cursor_show(c: Context) -> None:
    """Show the cursor."""
    c.session.emit("\033[>5h")


@tapset_function()
def ansi_cursor_save(c: Context) -> None:
    """Remember where the cursor is."""
    c.session.emit("\033[s")


@tapset_function()
def ansi_cursor_restore(c: Context) -> None:
    """Put the cursor where it was remembered."""
    c.session.emit("\033[u")
