"""What a container printed, out of the daemon's frames."""

from labrunner.world import frames


def frame(stream: int, said: bytes) -> bytes:
    return bytes([stream, 0, 0, 0]) + len(said).to_bytes(4, "big") + said


def test_streams_are_told_apart_and_kept_in_order() -> None:
    said = frame(1, b"one\n") + frame(2, b"oops\n") + frame(1, b"two\n")
    assert frames.parted(said) == (b"one\ntwo\n", b"oops\n")
    assert frames.joined(said) == b"one\noops\ntwo\n"


def test_what_has_a_terminal_has_no_frames() -> None:
    assert frames.parted(b"plain text\r\n") == (b"plain text\r\n", b"")


def test_a_frame_that_was_cut_off_gives_what_there_is() -> None:
    assert frames.joined(frame(1, b"whole") + frame(1, b"cut off")[:-3]) == b"wholecut "


def test_nothing_printed_is_nothing() -> None:
    assert frames.parted(b"") == (b"", b"")
