from pathlib import Path

import pytest

from labrunner import text
from labrunner.errors import LabBroken

WORDS = """\
# The title

An intro.

## network · A network

Do it:

```sh
## not a heading
- `not_a_claim` — in code
```

- `it_is_there` — the network is there

### Hints

1. vague
   and more
2. plain

### Take away

What happened.
"""


def test_words_are_read_into_their_parts(tmp_path: Path) -> None:
    (tmp_path / "lab.en.md").write_text(WORDS, encoding="utf-8")
    found = text.read(tmp_path, "en")
    step = found.steps["network"]
    assert (found.title, found.intro) == ("The title", "An intro.")
    assert step.claims == {"it_is_there": "the network is there"}
    assert step.hints == ["vague\nand more", "plain"]
    assert step.take_away == "What happened."
    assert "## not a heading" in step.task


@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_line_ends_do_not_matter(tmp_path: Path, ending: str) -> None:
    (tmp_path / "lab.en.md").write_bytes(WORDS.replace("\n", ending).encode())
    assert text.read(tmp_path, "en").steps["network"].hints == ["vague\nand more", "plain"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "no title"),
        ("# t\n\n## Not a step\n", ":3:"),
        ("# t\n\n## a · one\n\n## a · two\n", ":5:"),
        ("# t\n\n## a · one\n\n### Odd\n", "Odd"),
    ],
    ids=["empty", "heading", "twice", "part"],
)
def test_what_cannot_be_read_is_said_with_its_line(tmp_path: Path, words: str, said: str) -> None:
    (tmp_path / "lab.en.md").write_text(words, encoding="utf-8")
    with pytest.raises(LabBroken, match=said):
        text.read(tmp_path, "en")


def test_missing_words_are_said(tmp_path: Path) -> None:
    with pytest.raises(LabBroken, match=r"lab\.zh\.md: missing"):
        text.read(tmp_path, "zh")
