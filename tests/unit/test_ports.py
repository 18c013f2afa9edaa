"""Ports of the loopback."""

import socket

from labrunner.environment import ports


def test_a_port_in_use_is_not_free_and_its_holder_has_a_name() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not ports.is_free(port)
        assert "pid" in ports.holder(port)
        assert ports.next_free(port) != port
    assert ports.is_free(port)
    assert ports.holder(port) == ""


def test_any_free_port_is_free() -> None:
    assert ports.is_free(ports.any_free())
