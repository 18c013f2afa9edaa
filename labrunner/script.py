"""Where a shell script's commands end: continued lines, quotes over several lines, here-documents, compounds."""

import re
import subprocess

LIMIT = 5.0
"""Seconds that the shell may take to read a few lines."""
DELIMITER = re.compile(r"-?[ \t]*((?:'[^'\n]*'|\"[^\"\n]*\"|\\.|[^\s;&|<>()'\"\\])+)")
"""What ends a here-document, quoted or not, after its `<<`."""


def commands(script: str) -> list[str]:
    """Split a script into the commands that are shown and run one by one.

    A line that ends in a backslash goes on, a here-document or an open quote belongs to its command, and so does the
    rest of a loop; blank lines and comments between commands are left out. What no shell understands is one command.
    """
    found: list[str] = []
    pending: list[str] = []
    for line in script.strip().splitlines():
        if not pending and (not line.strip() or line.lstrip().startswith("#")):
            continue
        pending.append(line if pending else line.lstrip())
        if is_whole("\n".join(pending)):
            found.append("\n".join(pending).rstrip())
            pending = []
    if pending:
        found.append("\n".join(pending))
    return found


def is_whole(text: str) -> bool:
    """Tell whether a shell would run this now, and wait for no further line."""
    reading = _Reading(text)
    return not reading.open and (reading.plain or _parses(text))


def _parses(text: str) -> bool:
    done = subprocess.run(["sh", "-n"], input=text.encode(), capture_output=True, timeout=LIMIT, check=False)
    return done.returncode == 0


class _Reading:
    """One pass over a text, with an eye on quotes, comments and here-documents.

    Attributes:
        open: True where a quote, a continued line or a here-document asks for more.
        plain: True where one simple command stands on one line: then no shell needs to be asked.
    """

    def __init__(self, text: str) -> None:
        self._text, self._at, self._awaited = text, 0, list[tuple[str, bool]]()
        self.open = False
        self.plain = re.fullmatch(r"(?!(?:if|for|while|until|case)\b)[\w./:=, @%+-]+", text) is not None
        while self._at < len(text) and not self.open:
            self._take()
        self.open = self.open or bool(self._awaited)

    def _take(self) -> None:
        text, at = self._text, self._at
        self._at += 1
        if text[at] == "\\":
            self.open = text[at:] in ("\\", "\\\n")
            self._at += 1
        elif text[at] in "'\"":
            self._quoted(text[at])
        elif text[at] == "#" and (at == 0 or text[at - 1] in " \t\n;&|("):
            self._at = self._line_end()
        elif text.startswith("$((", at):
            end = text.find("))", at)
            self.open, self._at = end < 0, end + 2
        elif text.startswith("<<", at):
            self._here(at + 2)
        elif text[at] == "\n" and self._awaited:
            self._bodies()

    def _quoted(self, quote: str) -> None:
        while self._at < len(self._text) and self._text[self._at] != quote:
            self._at += 2 if quote == '"' and self._text[self._at] == "\\" else 1
        self.open = self._at >= len(self._text)
        self._at += 1

    def _here(self, at: int) -> None:
        self._at = at
        if (match := DELIMITER.match(self._text, at)) is not None:
            self._awaited.append((re.sub(r"['\"\\]", "", match[1]), self._text[at] == "-"))
            self._at = match.end()

    def _bodies(self) -> None:
        while self._awaited:
            if self._at >= len(self._text):
                return
            end = self._line_end()
            line = self._text[self._at : end]
            self._at = end + 1
            word, tabs = self._awaited[0]
            if (line.lstrip("\t") if tabs else line) == word:
                self._awaited.pop(0)

    def _line_end(self) -> int:
        end = self._text.find("\n", self._at)
        return len(self._text) if end < 0 else end
