"""What is said before any command is known: the options that hold for all, wherever they stand on the line."""

from collections.abc import Sequence
from dataclasses import dataclass, field

FLAGS = {"--yes": "--yes", "-y": "--yes", "--debug": "--debug"}
VALUED = ("--lang", "--labs")
VERBATIM = ("host", "outside", "node")
"""Commands after which every word belongs to somebody else's program."""


@dataclass(slots=True)
class Arguments:
    """A command line, sorted.

    Attributes:
        words: the line with the options that hold for all put first, as typer reads it.
        language: what --lang says; empty where it is not given.
        debug: whether tracebacks are wanted.
        json: whether what is printed must be JSON, errors included.
    """

    words: list[str] = field(default_factory=list)
    language: str = ""
    debug: bool = False
    json: bool = False


def sorted_out(argv: Sequence[str]) -> Arguments:
    """Sort a command line; what stands after `--`, or after `host`, `outside` and `node`, is left alone.

    Args:
        argv: the words after the program's name.
    """
    found = Arguments()
    first: list[str] = []
    rest: list[str] = []
    words = list(argv)
    while words:
        word = words.pop(0)
        name, equals, value = word.partition("=")
        if word == "--" or (word in VERBATIM and not rest):
            rest += [word, *words]
            break
        if word in FLAGS:
            first.append(FLAGS[word])
        elif name in VALUED and (equals or words):
            value = value if equals else words.pop(0)
            first += [name, value]
            if name == "--lang":
                found.language = value
        else:
            found.json |= word == "--json"
            rest.append(word)
    found.debug = "--debug" in first
    found.words = first + rest
    return found
