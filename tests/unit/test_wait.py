from labrunner import wait


def test_what_is_true_already_is_not_waited_for() -> None:
    began = wait.now()
    assert wait.until(lambda: "seen", within=10, every=5) == "seen"
    assert wait.now() - began < 1


def test_it_looks_once_even_without_time() -> None:
    assert wait.until(lambda: 1, within=0) == 1


def test_when_the_time_is_up_the_last_look_is_returned() -> None:
    looks: list[int] = []

    def look() -> list[int]:
        looks.append(1)
        return []

    assert wait.until(look, within=0.1, every=0.03) == []
    assert 2 <= len(looks) <= 5


def test_it_never_waits_past_its_deadline() -> None:
    began = wait.now()
    wait.until(lambda: False, within=0.2, every=10)
    assert wait.now() - began < 1
