"""A distribution that offers labs is found by what is written of it; one that cannot be used costs no other lab."""

import importlib
from collections.abc import Callable
from pathlib import Path

import pytest

from labrunner import catalog, cli
from labrunner.errors import LabBroken

Install = Callable[..., None]
BUILT_IN = [entry.slug for entry in catalog.entries()]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    def installed(name: str, code: str, group: str = "labrunner.labs") -> None:
        module = f"offering_{name}_{tmp_path.name.replace('-', '_')}"
        (tmp_path / module).mkdir()
        (tmp_path / module / "__init__.py").write_text(code, encoding="utf-8")
        info = tmp_path / f"offering_{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: offering-{name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[{group}]\n{name} = {module}\n", encoding="utf-8")
        importlib.invalidate_caches()

    monkeypatch.syspath_prepend(str(tmp_path))
    return installed


@pytest.mark.parametrize(("group", "origin"), [("labrunner.labs", "odd"), ("somebody.else", None)])
def test_a_distribution_offers_labs_by_an_entry_point(install: Install, group: str, origin: str | None) -> None:
    install("odd", 'SECTIONS = (("odd_one", "A › B"),)\n', group)
    origins = {entry.slug: entry.origin for entry in catalog.entries()}
    assert origins.get("odd-one") == origin
    assert catalog.skipped() == []


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("import nothing_of_that_name\n", "ModuleNotFoundError"),
        ("def (", "SyntaxError"),
        ("raise SystemExit(0)\n", "SystemExit: 0"),
        ("raise ValueError('\\x1b[2J')\n", "ValueError"),
        ('SECTIONS = (("docker_basics", "A › B"),)\n', "two labs are called 'docker-basics'"),
        ('SECTIONS = (("one", "A"), ("one", "B"))\n', "two labs are called 'one'"),
        ('API = 2\nSECTIONS = (("one", "A"),)\n', "made for API 2, and this labrunner has 1"),
        ('API = "new"\n', "made for API 'new'"),
        ('SECTIONS = (("../one", "A"),)\n', "not a lab's folder and its heading"),
        ('SECTIONS = (("/etc/one", "A"),)\n', "not a lab's folder and its heading"),
        ('SECTIONS = (("one/two", "A"),)\n', "not a lab's folder and its heading"),
        ('SECTIONS = (("-one", "A"),)\n', "not a lab's folder and its heading"),
        ('SECTIONS = (("one\\x00", "A"),)\n', "not a lab's folder and its heading"),
        ('SECTIONS = ("one",)\n', "not a lab's folder and its heading"),
        ('SECTIONS = (("one", None),)\n', "not a lab's folder and its heading"),
        ("SECTIONS = 7\n", "TypeError"),
    ],
)
def test_a_pack_that_cannot_be_used_is_left_out_with_the_reason_and_no_other_is(
    install: Install, code: str, why: str
) -> None:
    install("odd", code)
    install("sound", 'SECTIONS = (("sound_one", "A › B"),)\n')
    assert [entry.slug for entry in catalog.entries()] == [*BUILT_IN, "sound-one"]
    (odd,) = catalog.skipped()
    assert odd.origin == "odd"
    assert why in odd.why
    assert catalog.find("docker-basics").origin == ""


@pytest.mark.parametrize("code", ["import sys; sys.exit(0)\n", 'SECTIONS = (("../x", "A"),)\n', "SECTIONS = ((\n"])
def test_a_folder_that_was_asked_for_is_no_pack_and_that_is_said(tmp_path: Path, code: str) -> None:
    (tmp_path / "__init__.py").write_text(code, encoding="utf-8")
    with pytest.raises(LabBroken, match=r"__init__\.py") as told:
        catalog.entries(tmp_path)
    assert told.value.exit_code == 2


def test_the_list_names_a_pack_that_cannot_be_used_and_in_ci_nothing_begins(
    install: Install, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    install("odd", "raise ValueError('\x1b[2Jno')\n".encode("unicode_escape").decode().replace("\\n", "\n"))
    monkeypatch.setenv("LABRUNNER_LANG", "en")
    monkeypatch.setenv("CI", "false")
    assert cli.main(["list"]) == 2
    said = capsys.readouterr().out
    assert "docker-basics" in said
    assert "ValueError: no" in said
    monkeypatch.setenv("CI", "true")
    assert cli.main(["start", "docker-basics"]) == 2
    assert "the pack odd cannot be used" in capsys.readouterr().err
    assert not home.exists()
