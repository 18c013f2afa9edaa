"""Plots as SVG, of the standard library alone; grey and two colours that can be read on white and on black."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

DOCS = Path(__file__).resolve().parents[1] / "docs"
GREY, OURS, THEIRS = "#7f8790", "#2f9e75", "#a0754a"
COLOURS = (OURS, THEIRS, "#5b7fbf", GREY)
WIDTH, LEFT, ROW = 720, 250, 34


def bars(file: str, title: str, groups: Mapping[str, Sequence[tuple[str, float]]], unit: str) -> Path:
    """Draw bars from left to right, the first of each group ours; returns the file.

    Args:
        file: its name in docs.
        title: said above.
        groups: heading → (name, value) of each bar.
        unit: of the values.
    """
    top = max(value for group in groups.values() for _, value in group)
    height = 56 + sum(30 + ROW * len(group) for group in groups.values())
    parts, y = [_text(16, 26, title, size=16, weight="bold")], 44
    for heading, group in groups.items():
        parts.append(_text(16, y + 18, heading, size=13))
        y += 30
        for number, (name, value) in enumerate(group):
            length = max(2.0, (WIDTH - LEFT - 110) * value / top)
            parts.append(_text(LEFT - 10, y + 17, name, anchor="end"))
            colour = OURS if number == 0 else THEIRS
            parts.append(f'<rect x="{LEFT}" y="{y}" width="{length:.1f}" height="{ROW - 10}" rx="3" fill="{colour}"/>')
            parts.append(_text(LEFT + length + 8, y + 17, f"{value:.3g} {unit}"))
            y += ROW
    return _written(file, height, parts)


def lines(file: str, title: str, series: Mapping[str, Sequence[tuple[float, float]]], across: str, up: str) -> Path:
    """Draw lines of points over a common axis that begins at nothing; returns the file.

    Args:
        file: its name in docs.
        title: said above.
        series: name → points, from left to right.
        across: what the horizontal axis is.
        up: what the vertical axis is.
    """
    height, bottom, left, right, roof = 360, 300, 70, WIDTH - 30, 60
    most_x = max(x for points in series.values() for x, _ in points) or 1
    most_y = max(y for points in series.values() for _, y in points) * 1.15 or 1
    parts = [_text(16, 26, title, size=16, weight="bold")]
    parts.append(f'<path d="M{left} {roof}V{bottom}H{right}" fill="none" stroke="{GREY}"/>')
    for step in range(5):
        x, y = left + (right - left) * step / 4, bottom - (bottom - roof) * step / 4
        parts.append(_text(x, bottom + 18, f"{most_x * step / 4:.3g}", anchor="middle"))
        parts.append(_text(left - 8, y + 4, f"{most_y * step / 4:.3g}", anchor="end"))
    parts += [_text((left + right) / 2, bottom + 40, across, anchor="middle"), _text(16, roof - 12, up)]
    for number, (name, points) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        places = [(left + (right - left) * x / most_x, bottom - (bottom - roof) * y / most_y) for x, y in points]
        drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"/>')
        if len(places) <= 12:  # noqa: PLR2004 - more dots than that are a line
            parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in places]
        parts.append(_text(right, 44 + 16 * number, name, anchor="end", colour=colour))
    return _written(file, height, parts)


def _text(  # noqa: PLR0913 - how a word is set, each by name
    x: float, y: float, said: str, *, size: int = 12, anchor: str = "start", weight: str = "normal", colour: str = GREY
) -> str:
    how = f'font-size="{size}" text-anchor="{anchor}" font-weight="{weight}" fill="{colour}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {how}>{escape(said)}</text>'


def _written(file: str, height: int, parts: Sequence[str]) -> Path:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">'
    DOCS.mkdir(exist_ok=True)
    path = DOCS / file
    path.write_text("\n".join([head, *parts, "</svg>", ""]), encoding="utf-8")
    return path
