"""Completion in shells: the scripts for bash, zsh and fish, and the words that they ask stapy for.

The scripts know nothing but how to ask: ``stapy --complete N WORD...`` prints what can stand as the N-th of the words.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from stapy import options as command_line

if TYPE_CHECKING:
    from stapy.editors.completion import Completer

BASH = """\
# stapy's completion for bash: put this in a file that bash sources, or say  source <(stapy --completion bash)
_stapy() {
    local IFS=$'\\n' line point=${COMP_POINT} words
    # Words as the shell reads them, not as COMP_WORDBREAKS cuts them.
    eval "words=(${COMP_LINE:0:point}x)" 2>/dev/null || eval "words=(${COMP_LINE:0:point}x\\")" 2>/dev/null ||
        eval "words=(${COMP_LINE:0:point}x')" 2>/dev/null || words=("${COMP_WORDS[@]:0:COMP_CWORD+1}")
    local last=$((${#words[@]} - 1))
    words[last]=${words[last]%x}
    local typed=${words[last]} whole=${COMP_WORDS[COMP_CWORD]}
    COMPREPLY=()
    while IFS= read -r line; do
        # What readline has cut off before the word it replaces stays where it is.
        COMPREPLY+=("${line#"${typed%"$whole"}"}")
    done < <("${COMP_WORDS[0]}" --complete "$last" "${words[@]:1}" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} -eq 0 ]]; then
        COMPREPLY=($(compgen -f -- "$whole"))
    elif [[ ${COMPREPLY[0]} == *[.\\(\\"] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -o filenames -o nosort -F _stapy stapy 2>/dev/null || complete -F _stapy stapy
"""

ZSH = """\
#compdef stapy
# stapy's completion for zsh: put this as _stapy into a folder of $fpath, or say  source <(stapy --completion zsh)
_stapy() {
    local -a found
    found=("${(@f)$(${words[1]} --complete $((CURRENT - 1)) "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
    if (( ${#found[1]} )); then
        compadd -Q -S '' -U -- "${(@q-)found}"
    else
        _files
    fi
}
if [ "$funcstack[1]" = "_stapy" ]; then _stapy "$@"; else compdef _stapy stapy; fi
"""

FISH = """\
# stapy's completion for fish: put this into ~/.config/fish/completions/stapy.fish
function __stapy_complete
    set -l words (commandline -opc) (commandline -ct | string unescape)
    stapy --complete (math (count $words) - 1) $words[2..-1] 2>/dev/null
end
complete -c stapy -a '(__stapy_complete)'
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}


def words(number: int, given: list[str]) -> list[str]:
    """What can stand as the ``number``-th word behind ``stapy``, where ``given`` are the words so far."""
    given = given[:number] + [""] * (number - len(given))
    word = given[number - 1] if number else ""
    before = given[number - 2] if number > 1 else ""
    found = _values(before, word, given)
    if found is None and word.startswith("-"):
        found = [spelling for spelling in _spellings() if spelling.startswith(word)]
    if found is None and number == 1:
        found = [each for each in ("test",) if word and each.startswith(word)]
    return found or []


def _spellings() -> list[str]:
    names = []
    for option in command_line.OPTIONS:
        if option.help:
            names += [f"-{option.short}"] if option.short else []
            names += [f"--{option.long}"] if option.long else []
    return names


def _values(option: str, begun: str, given: list[str]) -> list[str] | None:
    """What an option's argument can be; None where ``option`` is none that takes one of a known kind."""
    from stapy import arch, samples_index, workload

    if option in ("-l", "-L"):
        return _completed("probe ", begun, given, closing='")' if begun.count('"') % 2 else "")
    if option in ("-e", "-E"):
        return _completed("", begun, given)
    if option == "-a":
        done, comma, last = begun.rpartition(",")
        return [done + comma + name for name in [*arch.names(), "all"] if name.startswith(last)]
    choices = {
        "-c": lambda: list(workload.names()),
        "--example": lambda: [sample.name for sample in samples_index.samples()],
        "--color": lambda: ["auto", "always", "never"],
        "-p": lambda: ["1", "2", "3", "4", "5"],
    }
    return [choice for choice in choices[option]() if choice.startswith(begun)] if option in choices else None


def _completed(before: str, begun: str, given: list[str], closing: str = "") -> list[str]:
    """What ``begun`` can become where it stands in a script behind ``before``."""
    return [begun[: len(begun) - found.replaced] + found.text + closing
            for found in _engine(given).complete(before + begun)]


def _engine(given: list[str]) -> Completer:
    """Completion on the architecture that -a names among the words, or the usual one."""
    from stapy import arch
    from stapy.compiler import passes
    from stapy.compiler.diagnostics import Reporter
    from stapy.editors.completion import Completer
    from stapy.runtime.kernels.builtin import describe

    options = command_line.Options()
    for option, value in pairwise(given):
        if option == "-a":
            options.architecture = arch.get(value.split(",")[0]).name if value != "all" else options.architecture
    return Completer(describe(options.architecture), passes.library(options, Reporter()))
