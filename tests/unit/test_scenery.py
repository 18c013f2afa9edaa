from pathlib import Path

from labrunner.lab import Lab
from labrunner.scenery import behind, sceneries
from tests.tiny import tiny

TILL = "docker create --name lr-till -v lr-book:/book x"
LEDGER = "docker run -d --name lr-ledger -v lr-book:/book x"
OLD = "docker tag x lr-old:1\ndocker create --name lr-old lr-old:1"


def planted(folder: Path, *scripts: str) -> Lab:
    lab = tiny(folder)
    for script in scripts:
        lab.prepare(script)
    return lab


def test_what_shares_a_name_is_planted_together(tmp_path: Path) -> None:
    found = sceneries(planted(tmp_path, TILL, OLD, LEDGER), {})
    assert [one.scripts for one in found] == [(OLD,), (TILL, LEDGER)]
    assert found[1].names == {"lr-till", "lr-book", "lr-ledger"}
    assert found[0].references == {"lr-old:1"}


def test_only_what_was_touched_is_planted_anew_in_the_order_of_the_lab(tmp_path: Path) -> None:
    lab = planted(tmp_path, TILL, OLD, LEDGER)
    assert behind(lab, {}, {"lr-old:1"}).scripts == (OLD,)  # type: ignore[union-attr] # it was planted
    assert behind(lab, {}, {"lr-ledger", "lr-old"}).scripts == (TILL, OLD, LEDGER)  # type: ignore[union-attr]
    assert behind(lab, {}, set()).scripts == ()  # type: ignore[union-attr]


def test_what_nobody_planted_cannot_be_planted_anew(tmp_path: Path) -> None:
    assert behind(planted(tmp_path, TILL), {}, {"lr-till", "lr-web"}) is None


def test_a_reference_is_known_by_the_students_own_value(tmp_path: Path) -> None:
    lab = planted(tmp_path, "docker tag x lr-old:{order}")
    assert behind(lab, {"order": "77"}, {"lr-old:77"}).references == {"lr-old:77"}  # type: ignore[union-attr]
