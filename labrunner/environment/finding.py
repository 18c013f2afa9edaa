"""One line of the doctor's."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that labs need, and whether this machine has it.

    Attributes:
        id: a name that stays the same over releases and languages.
        sentence: what was found.
        mend: the one command that mends it; empty where nothing is to be mended.
        ok: True, False, or None where it cannot be told here.
        needed: whether a lab cannot be started without it.
        detail: more, for somebody who looks closer.
    """

    id: str
    sentence: str
    mend: str = ""
    ok: bool | None = field(default=None, kw_only=True)
    needed: bool = field(default=False, kw_only=True)
    detail: str = field(default="", kw_only=True)
