from pathlib import Path

import pytest

from labrunner import catalog, scaffold
from labrunner.catalog import Entry
from labrunner.lint import lint
from labrunner.words import speak

LOGIC = "lab.py"


@pytest.fixture(autouse=True)
def english() -> None:
    """Complaints are compared as they are said in English."""
    speak("en")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return scaffold.write("tiny-lab", tmp_path)[0]


def complaints(folder: Path) -> list[str]:
    found = lint(catalog.load_entry(Entry("tiny-lab", "tiny-lab", folder)))
    return [f"{one.file.name}:{one.line}: {one.sentence}" for one in found]


def edit(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")


def test_a_new_lab_is_clean(folder: Path) -> None:
    assert complaints(folder) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (LOGIC, '"docker network create lr-tiny-lab",', '"docker network create lr-tiny-lab {imgae}",', "{imgae}"),
        (LOGIC, "--driver bridge lr-tiny-lab", "lr-tiny-lab", "is 'solve' again"),
        (LOGIC, "--internal lr-tiny-lab", "lr-tiny-lab", "is right"),
        (LOGIC, "(docker: Docker)", "(docker: Docker, dokcer: str)", "'dokcer', which is no noun"),
        (
            LOGIC,
            'solve="docker network create lr-tiny-lab"',
            'solve="name=$(echo lr-tiny-lab)\\ndocker network create lr-tiny-lab"',
            "knows nothing of `name=$(echo lr-tiny-lab)`",
        ),
        (
            LOGIC,
            "\n\n@network.check",
            '\necho = network.probe("hostname", network="lr-tiny-lab")\n\n\n@network.check',
            "'echo'",
        ),
        (
            "lab.en.md",
            "Create a network called `lr-tiny-lab`",
            "Create a network called `lr-tiny`",
            "makes no 'lr-tiny'",
        ),
        ("lab.zh.md", "默认的驱动是", "`{port}` 默认的驱动是", "'{port}' stands in lab.zh.md only"),
        ("lab.en.md", "A sentence or two", "{nothing} A sentence or two", "{nothing}"),
    ],
    ids=[
        "placeholder",
        "twin",
        "right-mutant",
        "stranger",
        "own-shell",
        "unread-probe",
        "unmade-name",
        "languages",
        "words",
    ],
)
def test_what_is_wrong_is_said(folder: Path, name: str, old: str, new: str, said: str) -> None:
    edit(folder, name, old, new)
    found = complaints(folder)
    assert found
    assert any(said in one for one in found), found


def test_a_secret_may_not_stand_in_the_words(folder: Path) -> None:
    edit(folder, LOGIC, "lab = Lab(__file__)", 'lab = Lab(__file__)\nlab.secret("code")')
    for name in ("lab.zh.md", "lab.en.md"):
        edit(folder, name, "# tiny-lab\n", "# tiny-lab\n\n{code}\n")
    assert [one for one in complaints(folder) if "{code} is a secret" in one]


def test_a_file_that_does_not_belong_is_named(folder: Path) -> None:
    (folder / "notes.txt").write_text("", encoding="utf-8")
    assert complaints(folder) == ["notes.txt:1: a lab folder holds no such file"]


def stated(folder: Path, name: str, text: str) -> None:
    statements = folder.parent / "coverage"
    statements.mkdir()
    (folder.parent / "__init__.py").write_text('SECTIONS = (\n    ("tiny_lab", "tiny-lab"),\n)\n', encoding="utf-8")
    (statements / f"{name}.toml").write_text(text, encoding="utf-8")


NETWORK = 'heading = "tiny-lab"\n\n[a-network-is-made]\nzh = "网络"\nen = "a network"\nsteps = ["tiny-lab/network"]\n'


def test_a_lab_whose_steps_are_all_named_is_clean(folder: Path) -> None:
    stated(folder, "1-tiny-lab", NETWORK)
    assert complaints(folder) == []


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [("1-tiny-lab", '"tiny-lab"\n', '"Docker › 基本使用"\n'), ("1-other-lab", 'steps = ["tiny-lab/network"]', "")],
    ids=["heading", "lab"],
)
def test_a_heading_that_the_notes_lack_is_named(folder: Path, name: str, old: str, new: str) -> None:
    stated(folder, name, NETWORK.replace(old, new))
    assert "__init__.py:2: the notes have no section 'tiny-lab' of the lab 'tiny-lab'" in complaints(folder)


def test_a_step_that_no_statement_names_is_said_where_it_stands(folder: Path) -> None:
    stated(folder, "1-tiny-lab", NETWORK.replace('steps = ["tiny-lab/network"]', ""))
    line = (folder / LOGIC).read_text(encoding="utf-8").splitlines().index('    "network",') + 1
    assert complaints(folder) == [f"lab.py:{line}: no statement of the notes names tiny-lab/network"]


def test_a_statement_that_names_no_step_of_the_lab_is_said_where_it_stands(folder: Path) -> None:
    stated(folder, "1-tiny-lab", NETWORK.replace('lab/network"', 'lab/network", "tiny-lab/wire"'))
    said = "'a-network-is-made' names the step 'wire', which tiny-lab does not have"
    assert complaints(folder) == [f"1-tiny-lab.toml:3: {said}"]


def test_a_long_lab_is_named(folder: Path) -> None:
    edit(folder, LOGIC, "lab = Lab(__file__)", "lab = Lab(__file__)" + "\n# more" * 300)
    assert any("over 300" in one for one in complaints(folder))


def test_complaints_point_at_the_line(folder: Path) -> None:
    edit(folder, LOGIC, "--internal lr-tiny-lab", "--internal {nowhere}")
    line = (
        (folder / LOGIC)
        .read_text(encoding="utf-8")
        .splitlines()
        .index('@network.check(wrong={"internal": "docker network create --internal {nowhere}"})')
    )
    assert complaints(folder) == [f"lab.py:{line + 1}: {{nowhere}} stands for nothing"]
