"""A page of HTML that needs nothing else: no network and no script; its style is in it."""

import re
from collections.abc import Iterable
from pathlib import Path

from labrunner.render.results.inert import in_html
from labrunner.words import language

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""What a browser may load for such a page: nothing."""
CODE = re.compile(r"`([^`]+)`")
STYLE = Path(__file__).with_name("page.css")


def page(title: str, parts: Iterable[str]) -> str:
    """Return a whole page.

    Args:
        title: plain text.
        parts: of its body, HTML.
    """
    style = STYLE.read_text(encoding="utf-8")
    spoken = "zh-CN" if language() == "zh" else "en"
    head = (
        f'<!doctype html>\n<html lang="{spoken}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{in_html(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
    )
    return head + "\n".join(parts) + "\n</body>\n</html>\n"


def claim(text: str) -> str:
    """Return a claim as HTML: what stands between backticks is code."""
    return CODE.sub(r"<code>\1</code>", in_html(text))


def table(heading: Iterable[str], rows: Iterable[Iterable[str]], *, numbers: Iterable[int] = (), wide: int = -1) -> str:
    """Return a table whose first column names the row.

    Args:
        heading: plain text.
        rows: cells of HTML.
        numbers: the columns that stand to the right.
        wide: the column that is not to be squeezed; none where -1.
    """
    right = set(numbers)

    def kind(column: int) -> str:
        return ' class="n"' if column in right else ' class="w"' if column == wide else ""

    head = "".join(f'<th scope="col"{kind(at)}>{in_html(one)}</th>' for at, one in enumerate(heading))
    body = "\n".join(
        "<tr>"
        + "".join(
            f'<th scope="row"{kind(at)}>{cell}</th>' if at == 0 else f"<td{kind(at)}>{cell}</td>"
            for at, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return f'<div class="wide"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table></div>'


def tiles(named: Iterable[tuple[str, str]]) -> str:
    """Return a few numbers, each with what it counts; both plain text."""
    each = (f'<div class="tile"><b>{in_html(number)}</b>{in_html(what)}</div>' for number, what in named)
    return f'<div class="tiles">{"".join(each)}</div>'


def facts(named: Iterable[tuple[str, str]]) -> str:
    """Return names and values as a table; both plain text."""
    rows = "\n".join(
        f'<tr><th scope="row">{in_html(name)}</th><td><code>{in_html(value)}</code></td></tr>' for name, value in named
    )
    return f'<div class="wide"><table class="small"><tbody>\n{rows}\n</tbody></table></div>'
