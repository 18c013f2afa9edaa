"""The keeper of a script: root in a submission's container, who runs it as its user and ends what it left.

All in one, because to enter a container is what costs: once a script, and not three times.
"""

import contextlib
from dataclasses import dataclass

UNKNOWN = "KEEPER"
"""The variable with the word that nobody but the keeper knows: none else reads the environment of root's processes."""
LARGEST = 4096
"""Bytes of an answer."""
READ = f'[[ -f $0 ]] && exec head -c {LARGEST} -- "$0"'
"""Reads an answer: of a pipe, into which nobody would ever write, it says that there is none."""
USER = 'setpriv --reuid="$uid" --regid="$group" --clear-groups'
KILLED = f'{USER} bash -c "kill -KILL -1"'
"""As that user, so that nobody else can be hit: one call that reaches all of the user's, faster than they fork."""
LEFT = 'pgrep -u "$uid" -r D,R,S,T >/dev/null; echo "$word left $?"'
"""A look as somebody whom the user can do nothing to."""
ALONE = '-u 0 -f "(keeper-|reuid=)$uid"'
"""A keeper who was left alone with a script, and what one is about to become."""

NOBODY = "left 1"
"""What is said where pgrep has found none."""
ENDED = f"""uid=$0 group=$1 word=
pkill -KILL {ALONE}
{KILLED}
pgrep {ALONE} >/dev/null || {{ {LEFT}; }}"""
"""The keeper first: else it would end, late, what comes after the script that it was for. Arguments: user, group."""
KEPT = f"""uid=$1 group=$2 answer=$3 word=${UNKNOWN}; shift 3; unset {UNKNOWN}
exec 3>&2 2>/dev/null
{USER} -- "$@" 2>&3 3>&-
code=$? ended=${{EPOCHREALTIME/./}}
{KILLED}
{LEFT}
{USER} bash -c '{READ}' "$answer"
echo "$word $? $((${{EPOCHREALTIME/./}} - ended))"
exit "$code\""""
"""Arguments: user, group, the file of an answer, and what is run."""


def line(user: int, group: int, answer: str, argv: list[str]) -> list[str]:
    """Return what is run in the container, as root and with the word in its environment.

    Args:
        user: the number of the script's user.
        group: of its group.
        answer: the file into which an answer is written.
        argv: the script.
    """
    return ["bash", "-c", KEPT, f"keeper-{user}", str(user), str(group), answer, *argv]


@dataclass(frozen=True, slots=True)
class Heard:
    """What a keeper has said when all was over.

    Attributes:
        answer: what is in the answer's file; None where it could not be read.
        seconds: how long it took to end what was left and to read that.
    """

    answer: str | None
    seconds: float

    @classmethod
    def of(cls, said: str, word: str) -> "Heard | None":
        """Read what a script and then its keeper have printed; None where not all is over, or nobody says that it is.

        Args:
            said: what came.
            word: the keeper's.
        """
        _, left, rest = said.partition(f"{word} {NOBODY}\n")
        answer, last, more = rest.partition(f"{word} ")
        with contextlib.suppress(ValueError):
            code, micros = map(int, more.split())
            if left and last:
                return cls(None if code else answer, micros / 1e6)
        return None
