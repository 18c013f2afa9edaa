import multiprocessing
from pathlib import Path

import pytest

from labrunner.state import in_use


@pytest.fixture(autouse=True)
def own(home: Path) -> Path:
    return home


def test_who_stands_there_is_seen_until_the_last_one_has_gone() -> None:
    assert not in_use.by_somebody()
    with in_use.held():
        with in_use.held():
            assert in_use.by_somebody()
        assert in_use.by_somebody()
    assert not in_use.by_somebody()


def _stand(ready: "multiprocessing.synchronize.Event") -> None:
    with in_use.held():
        ready.set()
        multiprocessing.Event().wait(60)


def test_who_is_killed_stands_there_no_more() -> None:
    ready = multiprocessing.Event()
    other = multiprocessing.Process(target=_stand, args=(ready,))
    other.start()
    assert ready.wait(10)
    assert in_use.by_somebody()
    other.kill()
    other.join()
    assert not in_use.by_somebody()
