"""What can be done to the world in a lab: a script, a dialogue at a terminal, an answer handed in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from labrunner.errors import LabBroken

PLACEHOLDER = re.compile(r"(?<![{$])\{([a-z][a-z0-9_-]*)\}(?!\})")
"""A declared name in single braces; `{{.ID}}` and `${HOME}` are verbatim, and so is jsonpath's `{.items}`."""

KEYS = {"ctrl-c": "\x03", "ctrl-d": "\x04", "ctrl-p": "\x10", "ctrl-q": "\x11", "enter": "\r"}


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a dialogue: wait for text, type a line, press keys, or wait for the program's end."""

    does: Literal["until", "types", "presses", "ends"]
    text: str = ""
    limit: float = 10.0


@dataclass(frozen=True, slots=True)
class Terminal:
    """A dialogue with a program at a real terminal, every wait with a limit.

    `Terminal("docker attach lr-till").until("> ").types("hello").presses("ctrl-p", "ctrl-q")`
    """

    command: str
    turns: tuple[Turn, ...] = ()

    def _then(self, turn: Turn) -> "Terminal":
        return replace(self, turns=(*self.turns, turn))

    def until(self, text: str, limit: float = 10.0) -> "Terminal":
        """Wait until the terminal has shown this text since the last turn; limit in seconds."""
        return self._then(Turn("until", text, limit))

    def types(self, line: str) -> "Terminal":
        """Type a line and press enter."""
        return self._then(Turn("types", line))

    def presses(self, *keys: str) -> "Terminal":
        """Press keys by name: ctrl-c, ctrl-d, ctrl-p, ctrl-q, enter."""
        if unknown := [key for key in keys if key not in KEYS]:
            raise LabBroken(f"no key is called {unknown[0]!r}", hint="keys: " + ", ".join(KEYS))
        return self._then(Turn("presses", " ".join(keys)))

    def ends(self, limit: float = 10.0) -> "Terminal":
        """Wait until the program has ended; limit in seconds."""
        return self._then(Turn("ends", "", limit))


@dataclass(frozen=True, slots=True)
class HandIn:
    """An answer handed in, as `labrunner answer STEP VALUE` does.

    Attributes:
        value: the answer; what stands in `$(…)` is asked of the shell, for what nobody can know before it is there.
    """

    value: str


Act = str | Terminal | HandIn
Operation = Act | tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A known-wrong way to do a step, which its check must reject.

    Attributes:
        operation: what is done wrongly.
        expect_exit: the exit code of its last command; others are 0.
    """

    operation: Operation
    expect_exit: int = 0


def acts(operation: Operation) -> tuple[Act, ...]:
    """Return an operation as the acts it is made of."""
    return operation if isinstance(operation, tuple) else (operation,)


def filled(text: str, values: Mapping[str, str]) -> str:
    """Replace each declared name in single braces; everything else is verbatim."""
    return PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)


def filled_act(act: Act, values: Mapping[str, str]) -> Act:
    """Replace declared names in a script, in a dialogue's command and turns, or in an answer."""
    if isinstance(act, str):
        return filled(act, values)
    if isinstance(act, HandIn):
        return HandIn(filled(act.value, values))
    turns = tuple(replace(turn, text=filled(turn.text, values)) for turn in act.turns)
    return Terminal(filled(act.command, values), turns)


def texts(operation: Operation) -> list[str]:
    """Return every text of an operation in which names may stand."""
    found: list[str] = []
    for act in acts(operation):
        if isinstance(act, str):
            found.append(act)
        elif isinstance(act, HandIn):
            found.append(act.value)
        else:
            found += [act.command, *(turn.text for turn in act.turns)]
    return found
