"""Pictures as SVG inside a page: their colours are the page's, their words can be read aloud."""

from collections.abc import Sequence
from dataclasses import dataclass

from labrunner.render.cells import cut
from labrunner.render.results.inert import in_html

WIDTH, LEFT, ROW = 720, 150, 22
NARROW = 1.5
"""Units of the narrowest bar: what took no time is seen all the same."""
LABEL = 20
"""Cells of a name beside a bar."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a timeline.

    Attributes:
        row: what it stands beside.
        begin, seconds: where it begins, and how long it is, in seconds.
        kind: "run", or an outcome: its colour.
        words: what is said of it.
        script: whether it is a script, which is drawn thicker than a check.
    """

    row: str
    begin: float
    seconds: float
    kind: str
    words: str
    script: bool = False


def timeline(title: str, bars: Sequence[Bar]) -> str:
    """Return bars along one axis of seconds, a row a name; empty where nothing took any time."""
    whole = max((bar.begin + bar.seconds for bar in bars), default=0.0)
    if not whole:
        return ""
    rows = list(dict.fromkeys(bar.row for bar in bars))
    scale = (WIDTH - LEFT - 10) / whole
    bottom = len(rows) * ROW + 8
    parts = [
        f'<text x="{LEFT - 10}" y="{8 + ROW * at + 14}" text-anchor="end">{in_html(cut(row, LABEL))}</text>'
        f'<rect class="rail" x="{LEFT}" y="{8 + ROW * at + 3}" width="{WIDTH - LEFT - 10}" height="{ROW - 7}" rx="2"/>'
        for at, row in enumerate(rows)
    ]
    for bar in bars:
        thin = 0 if bar.script else 4
        x, y = LEFT + bar.begin * scale, 8 + ROW * rows.index(bar.row) + 3 + thin
        parts.append(
            f'<rect class="{bar.kind}" x="{x:.1f}" y="{y}" width="{max(NARROW, bar.seconds * scale):.1f}" '
            f'height="{ROW - 7 - 2 * thin}" rx="1.5"><title>{in_html(bar.words)}</title></rect>'
        )
    for step in range(5):
        x = LEFT + (WIDTH - LEFT - 10) * step / 4
        anchor = "start" if step == 0 else "end" if step == 4 else "middle"  # noqa: PLR2004 - the last of five
        parts.append(
            f'<text class="dim" x="{x:.1f}" y="{bottom + 16}" text-anchor="{anchor}">{whole * step / 4:.3g} s</text>'
        )
    return f'<div class="wide">{_svg(WIDTH, bottom + 22, title, parts)}</div>'


def share(part: float, words: str, kind: str = "pass") -> str:
    """Return one bar of how much of a whole it is, 0 to 1."""
    rail = '<rect class="rail" width="120" height="10" rx="3"/>'
    return _svg(120, 10, words, [rail, f'<rect class="{kind}" width="{120 * part:.1f}" height="10" rx="3"/>'])


def strip(kinds: Sequence[str], words: str) -> str:
    """Return one small mark each, in order, coloured by kind, and lower where it is no pass: not all eyes see red."""
    parts = []
    for kind in dict.fromkeys(kinds):
        high = 12 if kind == "pass" else 7
        shape = "".join(f"M{7 * at} {12 - high}h6v{high}h-6z" for at, one in enumerate(kinds) if one == kind)
        parts.append(f'<path class="{kind}" d="{shape}"/>')
    return _svg(max(1, 7 * len(kinds)), 12, words, parts)


def histogram(counts: Sequence[tuple[str, int]], title: str) -> str:
    """Return columns from left to right, each with its name and its number."""
    most = max((number for _, number in counts), default=0) or 1
    each = (WIDTH - 20) / max(1, len(counts))
    parts = []
    for at, (name, number) in enumerate(counts):
        x, high = 10 + at * each, 110 * number / most
        parts.append(
            f'<rect class="run" x="{x + 3:.1f}" y="{130 - high:.1f}" '
            f'width="{each - 6:.1f}" height="{high:.1f}" rx="2"/>'
        )
        middle = f'x="{x + each / 2:.1f}" text-anchor="middle"'
        if number:
            parts.append(f'<text {middle} y="{125 - high:.1f}">{number}</text>')
        parts.append(f'<text class="dim" {middle} y="148">{in_html(name)}</text>')
    parts.append(f'<line x1="10" y1="130.5" x2="{WIDTH - 10}" y2="130.5"/>')
    return f'<div class="wide">{_svg(WIDTH, 155, title, parts)}</div>'


def _svg(width: float, height: float, title: str, parts: Sequence[str]) -> str:
    size = f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}"'
    return f'<svg {size} role="img" aria-label="{in_html(title)}">{"".join(parts)}</svg>'
