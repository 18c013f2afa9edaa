"""The hands of a submission: what cannot be placed is said before any script of it runs."""

from pathlib import Path
from threading import Event

import pytest

from labrunner.errors import EnvironmentNotReady
from labrunner.grading.hands import Hands
from labrunner.world.endpoint import Endpoint

DOCKER = """#!/bin/sh
case "$*" in
"exec -i gone"*) echo 'Error response from daemon: Container gone is not running' >&2; exit 1 ;;
"exec -i there"*) cat > "$(dirname "$0")/written" ;;
esac
"""


@pytest.fixture
def endpoint(tmp_path: Path) -> Endpoint:
    program = tmp_path / "docker"
    program.write_text(DOCKER, encoding="utf-8")
    program.chmod(0o755)
    return Endpoint("unix:///no.sock", str(program))


def test_a_kubeconfig_reaches_the_container_whole(endpoint: Endpoint, tmp_path: Path) -> None:
    Hands(endpoint, "there", stopped=Event()).place(tmp_path, "a kubeconfig\n")
    assert (tmp_path / "written").read_text(encoding="utf-8") == "a kubeconfig\n"


def test_a_kubeconfig_that_could_not_be_written_ends_the_grading_and_is_nobody_s_zero(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    with pytest.raises(EnvironmentNotReady, match="Container gone is not running"):
        Hands(endpoint, "gone", stopped=Event()).place(tmp_path, "a kubeconfig\n")


@pytest.mark.parametrize(("said", "over"), [("left 1", True), ("left 0", False), ("left 2", False), ("", False)])
def test_only_who_was_looked_for_and_not_found_counts_as_ended(
    endpoint: Endpoint, tmp_path: Path, said: str, *, over: bool
) -> None:
    (tmp_path / "docker").write_text(f"#!/bin/sh\necho '{said}'\nexit 1\n", encoding="utf-8")
    hands = Hands(endpoint, "there", stopped=Event())
    if over:
        hands.end()
    else:
        with pytest.raises(EnvironmentNotReady, match="could not be ended"):
            hands.end()
