"""Which language is spoken: the option, the environment, what was chosen once, the locale; the notes are Chinese."""

import sys
from collections.abc import Mapping

from labrunner import atomic, words
from labrunner.environment import settings
from labrunner.errors import EnvironmentNotReady, UsageError
from labrunner.words import LANGUAGES, Language, say, speak

LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")


def choose(option: str, environ: Mapping[str, str]) -> None:
    """Choose the language of everything said from here on.

    Args:
        option: what --lang says; empty where it is not given.
        environ: where LABRUNNER_LANG and the locale are looked up.

    Raises:
        UsageError: the option, or LABRUNNER_LANG, names no language that is spoken.
    """
    speak(_of_locale(environ))
    for source, said in (("--lang", option), ("LABRUNNER_LANG", environ.get("LABRUNNER_LANG", ""))):
        if said:
            speak(_named(source, said))
            return
    if (stored := chosen()) is not None:
        speak(stored)


def chosen() -> Language | None:
    """Return the language that was chosen once and kept; None where none was."""
    try:
        stored = atomic.read_json(settings.path()).get("language")
    except (OSError, EnvironmentNotReady):  # whoever needs more of it than the language says so
        return None
    return next((known for known in LANGUAGES if known == stored), None)


def ask_once(option: str, environ: Mapping[str, str]) -> None:
    """Ask which language to speak, at a terminal and where nothing has said it yet, and keep the answer."""
    if option or environ.get("LABRUNNER_LANG") or chosen() is not None:
        return
    if sys.stdin is None or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return
    usual = words.language()
    sys.stderr.write(f"语言 / Language: 1) 中文  2) English  [{'1' if usual == 'zh' else '2'}] ")
    sys.stderr.flush()
    answer = sys.stdin.readline().strip().lower()
    wanted: Language = {"1": "zh", "zh": "zh", "中文": "zh", "2": "en", "en": "en"}.get(answer, usual)  # type: ignore[assignment]
    settings.save(language=wanted)
    speak(wanted)


def _named(source: str, said: str) -> Language:
    short = said.replace("-", "_").split("_")[0].lower()
    for known in LANGUAGES:
        if short == known:
            return known
    raise UsageError(
        say(en=f"{source}: no language is called {said!r}", zh=f"{source}：没有名为 {said!r} 的语言"),
        hint=say(en="zh or en", zh="可用 zh 或 en"),
    )


def _of_locale(environ: Mapping[str, str]) -> Language:
    set_ = next((value for name in LOCALE if (value := environ.get(name, ""))), "")
    return "zh" if not set_ or set_.lower().startswith("zh") else "en"
