"""A person's own settings are none of a unit test's business, and their cache is no place of ours."""

import pytest

OWN = ("LABRUNNER_HOME", "LABRUNNER_CACHE", "LABRUNNER_PORT", "LABRUNNER_LANG", "LABRUNNER_STUDENT", "LABRUNNER_MIRROR")


@pytest.fixture(autouse=True)
def nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in OWN:
        monkeypatch.delenv(name, raising=False)
