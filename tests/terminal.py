"""As much of a terminal as our program uses: what its screen and its history show after some bytes."""

import re
import unicodedata

TOKEN = re.compile(r"\x1b\[(?P<words>[?0-9;]*)(?P<verb>[A-Za-z])|(?P<char>[\s\S])")


class Terminal:
    """Rows of a width, the last ones of which are the screen; an unknown sequence is an error.

    Args:
        columns: how wide it is.
        rows: how high its screen is.
    """

    def __init__(self, columns: int, rows: int = 24) -> None:
        self.columns, self.rows = columns, rows
        self._lines: list[list[str]] = [[]]
        self._row = self._column = 0
        self.cursor_is_shown = True
        self.updates = 0
        """How many synchronized updates were begun."""

    def feed(self, text: str) -> None:
        """Take what a program wrote."""
        for token in TOKEN.finditer(text):
            if (char := token["char"]) is not None:
                self._char(char)
            else:
                self._verb(token["verb"], token["words"])

    @property
    def history(self) -> list[str]:
        """Every line that was ever shown and not written over, without the empty ones at the end."""
        found = ["".join(line).rstrip() for line in self._lines]
        while found and not found[-1]:
            found.pop()
        return found

    def _char(self, char: str) -> None:
        if char == "\r":
            self._column = 0
        elif char == "\n":
            self._down(1, scroll=True)
        else:
            assert char >= " ", f"a control character is written: {char!r}"
            self._put(char)

    def _put(self, char: str) -> None:
        width = 2 if unicodedata.east_asian_width(char) in "WF" else 1
        if self._column + width > self.columns:
            self._column = 0
            self._down(1, scroll=True)
        line = self._lines[self._row]
        line += [" "] * (self._column + width - len(line))
        line[self._column : self._column + width] = [char, ""][:width]
        self._column += width

    def _verb(self, verb: str, words: str) -> None:
        count = int(words) if words.isdecimal() else 1
        if verb == "A":
            top = max(0, len(self._lines) - self.rows)
            self._row = max(top, self._row - count)
        elif verb == "B":
            self._down(count, scroll=False)
        elif verb == "K":
            del self._lines[self._row][self._column :]
        elif verb == "J":
            del self._lines[self._row][self._column :]
            for line in self._lines[self._row + 1 :]:
                line.clear()
        elif (verb, words) in {("h", "?25"), ("l", "?25")}:
            self.cursor_is_shown = verb == "h"
        elif words == "?2026":
            self.updates += verb == "h"
        else:
            assert verb == "m", f"an unknown sequence: {words}{verb}"

    def _down(self, count: int, *, scroll: bool) -> None:
        for _ in range(count):
            if self._row + 1 == len(self._lines):
                if not scroll and len(self._lines) >= self.rows:
                    return
                self._lines.append([])
            self._row += 1
