from pathlib import Path

from labrunner import values
from tests.tiny import tiny


def test_a_value_is_the_same_wherever_it_is_computed() -> None:
    assert values.per_student("ada", "tiny", "order") == values.per_student("ada", "tiny", "order")
    assert len(values.per_student("ada", "tiny", "order")) == values.DIGITS


def test_students_labs_names_and_courses_have_values_of_their_own() -> None:
    found = {
        values.per_student(student, lab, name, course=course)
        for student in ("ada", "bob")
        for lab in ("tiny", "big")
        for name in ("order", "total")
        for course in ("one", "two")
    }
    assert len(found) == 16
    assert values.per_student("a", "bc", "d") != values.per_student("ab", "c", "d")


def test_a_lab_has_a_text_for_each_declared_name_but_the_fresh_ones(tmp_path: Path) -> None:
    lab = tiny(tmp_path)
    lab.image("redis:7.0")
    lab.value("order")
    lab.secret("half")
    lab.fresh("nonce")
    found = values.of_lab(lab, student="ada", port=5790, namespace="lab-tiny")
    assert found["redis"] == "localhost:5790/redis:7.0"
    assert (found["registry"], found["port"], found["namespace"]) == ("localhost:5790", "5790", "lab-tiny")
    assert {"order", "half"} <= found.keys()
    assert "nonce" not in found
    assert values.fresh(lab).keys() == {"nonce"}
    assert values.fresh(lab) != values.fresh(lab)
    assert "half" not in values.spoken(lab, found)
    assert "order" in values.spoken(lab, found)
