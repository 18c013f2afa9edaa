"""The pages on evidence and on the report's JSON name what is in them, in both languages."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from labrunner import apart
from labrunner.outcome import SCHEMA as REPORT
from labrunner.outcome import Cause, Outcome, Report, Verdict
from labrunner.withheld import CUT, SECRET
from labrunner.world import capped, evidence, snapshot
from labrunner.world.evidence import Evidence

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("evidence.md", "evidence.zh.md")


def tables(page: str) -> list[set[str]]:
    """Return the names in the first column of each table, with those of a row of several."""
    text = (DOCS / page).read_text(encoding="utf-8")
    found: list[set[str]] = []
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        rows = block.splitlines()[2:]
        found.append({name for row in rows for name in re.findall(r"`([a-z_]+)`", row.split("|")[1])})
    return found


@pytest.mark.parametrize("page", PAGES)
def test_every_field_stands_in_the_page_and_no_other(page: str) -> None:
    _exits, report, verdict, cause, file = tables(page)
    for named, kind in ((report, Report), (verdict, Verdict), (cause, Cause)):
        assert named == {one.name for one in fields(kind)}
    assert file == {one.name for one in fields(Evidence)} | {"what", "schema"}


@pytest.mark.parametrize("page", PAGES)
def test_the_numbers_and_words_are_those_of_the_program(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    for outcome in Outcome:
        assert f"`{outcome}`" in text
    said = (SECRET, CUT, evidence.MARK, f"{capped.TEXT >> 10} KiB", f"{capped.WHOLE >> 20} MiB")
    for word in (*said, f"{evidence.LARGEST >> 20} MiB", f"{apart.MEMORY >> 30} GiB"):
        assert word in text
    assert re.search(rf"\b{apart.LIMIT:g} ?(s\b|秒)", text)
    assert f"| `schema` | {REPORT} |" in text
    assert re.search(rf"`labrunner evidence`[,、] ?{snapshot.SCHEMA} \|", text)
