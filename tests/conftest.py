"""What every test stands on: English, no home of the person's who runs it, and as many examples as time allows."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from labrunner import words

settings.register_profile("seconds", max_examples=60, deadline=None, derandomize=True)
settings.register_profile("long", max_examples=3000, deadline=None)
settings.load_profile("seconds")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Begun in the background of a script, we would hand that on: and what tests interrupt would not hear Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are compared in English, whoever runs the tests."""
    before = words.language()
    words.speak("en")
    yield
    words.speak(before)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a test a home of its own for config, state and cache."""
    monkeypatch.setenv("LABRUNNER_HOME", str(tmp_path / "home"))
    return tmp_path / "home"
