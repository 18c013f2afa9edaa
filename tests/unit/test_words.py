import pytest

from labrunner.words import language_of, say, speak


def test_sentences_are_said_in_the_spoken_language() -> None:
    speak("zh")
    assert say(en="gone", zh="已移除") == "已移除"
    speak("en")
    assert say(en="gone", zh="已移除") == "gone"


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, None),
        ({"LABRUNNER_LANG": "zh", "LC_ALL": "en_US.UTF-8"}, "zh"),
        ({}, None),
    ],
    ids=["lang", "lc-all-first", "neither", "own-first", "nothing"],
)
def test_the_environment_says_which(environ: dict[str, str], language: str | None) -> None:
    assert language_of(environ) == language
