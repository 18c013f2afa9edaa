"""The program's own sentences, zh beside en where they are said; long texts live in Markdown."""

import os
from typing import Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

_spoken: dict[str, Language] = {"language": "en"}
"""One language for the whole process, its threads included: probes are asked in threads."""


def speak(language: Language) -> None:
    """Choose the language of every sentence said from here on."""
    _spoken["language"] = language


def language() -> Language:
    """Return the language that is spoken now."""
    return _spoken["language"]


def say(*, en: str, zh: str) -> str:
    """Return the sentence in the spoken language.

    Args:
        en: the English sentence.
        zh: the same in Chinese; Docker's and Kubernetes' own words stay as they are.
    """
    return zh if _spoken["language"] == "zh" else en


def language_of(environ: dict[str, str] | None = None) -> Language | None:
    """Return the language that the environment asks for, or None where it asks for neither.

    LABRUNNER_LANG wins over LC_ALL, LC_MESSAGES and LANG, in POSIX' order.
    """
    env = os.environ if environ is None else environ
    for name in ("LABRUNNER_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := env.get(name, ""):
            found = value.split("_")[0].split(".")[0].lower()
            return "zh" if found == "zh" else "en" if found == "en" else None
    return None
