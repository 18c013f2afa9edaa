"""A distribution that offers labs is found by what is written of it where Python installs things."""

import importlib
from pathlib import Path

import pytest

from labrunner import catalog


@pytest.mark.parametrize(("group", "origin"), [("labrunner.labs", "odd"), ("somebody.else", None)])
def test_a_distribution_offers_labs_by_an_entry_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, group: str, origin: str | None
) -> None:
    (tmp_path / "offering_labs").mkdir()
    (tmp_path / "offering_labs/__init__.py").write_text('SECTIONS = (("odd_one", "A › B"),)\n', encoding="utf-8")
    info = tmp_path / "offering-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: offering\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[{group}]\nodd = offering_labs\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    origins = {entry.slug: entry.origin for entry in catalog.entries()}
    assert origins.get("odd-one") == origin
