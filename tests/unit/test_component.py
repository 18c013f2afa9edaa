"""The parts of the cluster that a lesson can stop."""

from labrunner.environment.component import COMPONENTS


def test_the_api_is_silent_without_its_server_alone_or_with_the_whole_control_plane() -> None:
    assert {name for name, one in COMPONENTS.items() if one.silences} == {"kube-apiserver", "control-plane"}
