"""A bundle of a small lab: saved out of one cache, loaded into an empty one, from a folder and from a bad network."""

import io
import json
import os
import re
import tarfile
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labrunner.cli import main
from labrunner.environment import bundle, bundle_contents, bundle_part, bundle_source, bundles, cache, target
from labrunner.environment.bundle import Bundle
from labrunner.errors import EnvironmentNotReady, SourceMissing, UsageError
from labrunner.lab import Lab
from labrunner.narrate import Quiet

PIECE = 1000
TARGETS = ("image-registry", "store-busybox")
NOISE = b"".join(sha256(bytes([number])).digest() for number in range(200))
"""What no program packs any smaller."""


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (bundle, bundle_part, bundle_source):
        monkeypatch.setattr(module, "PIECE", PIECE)
    monkeypatch.setattr(bundle_source, "BETWEEN", 0.01)


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    made = Lab(str(tmp_path / "tiny" / "lab.py"))
    made.image("busybox:1.35")
    return made


@pytest.fixture
def full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache that has what the lab needs."""
    use(tmp_path / "full", monkeypatch)
    for name in TARGETS:
        place = cache.slot(name, target.key(name))
        (place / "deep/er").mkdir(parents=True)
        (place / "image.tar").write_bytes(b"\0" * 50_000 + name.encode())
        (place / "deep/er/data").write_bytes(NOISE)
        (place / "deep/run").write_text("#!/bin/sh\n", encoding="utf-8")
        (place / "deep/run").chmod(0o755)
    return tmp_path / "full"


def use(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder.mkdir(exist_ok=True)
    monkeypatch.setenv("LABRUNNER_CACHE", str(folder))
    return folder


@pytest.fixture
def saved(tmp_path: Path, full: Path, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The lab's bundle; from here on the cache is an empty one."""
    assert full.is_dir()
    bundles.save(tmp_path / "bundle", {"tiny": lab}, bundle_contents.PARTS, (), Quiet())
    use(tmp_path / "empty", monkeypatch)
    return tmp_path / "bundle"


load = partial(bundles.load, parts=bundle_contents.PARTS, narrator=Quiet())


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file of the targets in a cache, with its bytes and mode."""
    found = [path for name in TARGETS for path in (folder / name).rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mode & 0o777) for path in found}


def rewritten(folder: Path, **changes: object) -> None:
    said = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))
    (folder / "bundle.json").write_text(json.dumps({**said, **changes}), encoding="utf-8")


def test_what_was_saved_is_loaded_and_is_not_loaded_twice(saved: Path, full: Path, tmp_path: Path) -> None:
    first = load(str(saved))
    assert set(first.loaded) == set(TARGETS)
    assert contents(tmp_path / "empty") == contents(full)
    assert load(str(saved)).there == first.loaded
    assert not list((tmp_path / "empty" / "unfinished").iterdir())


def test_the_same_content_is_there_once_and_what_packs_is_packed(saved: Path) -> None:
    with tarfile.open(saved / "docker.tar") as tar:
        names = tar.getnames()
    assert len(names) == 1 + 2 + 1 + 1, "an index, two images, one layer, one script"
    assert [name.endswith(".gz") for name in names if name.startswith(sha256(NOISE).hexdigest())] == [False]
    assert (saved / "docker.tar").stat().st_size < 30_000


def test_the_same_cache_makes_the_same_bundle(
    saved: Path, full: Path, lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(full, monkeypatch)
    again = bundles.save(tmp_path / "again", {"tiny": lab}, bundle_contents.PARTS, (), Quiet())
    assert again.id == sha256((saved / "bundle.json").read_bytes()).hexdigest()


@pytest.mark.parametrize("where", [0, 5000, -1])
def test_a_byte_that_turned_is_found_and_nothing_is_loaded(saved: Path, tmp_path: Path, where: int) -> None:
    raw = bytearray((saved / "docker.tar").read_bytes())
    raw[where] ^= 1
    (saved / "docker.tar").write_bytes(bytes(raw))
    for does in (load, partial(bundles.verify, narrator=Quiet())):
        with pytest.raises(UsageError, match=r"docker\.tar is not what the bundle says"):
            does(str(saved))
    assert contents(tmp_path / "empty") == {}


def test_a_part_that_is_missing_or_short_is_found(saved: Path) -> None:
    os.truncate(saved / "docker.tar", 4000)
    with pytest.raises(UsageError, match="is not what the bundle says"):
        load(str(saved))
    (saved / "docker.tar").unlink()
    with pytest.raises(UsageError, match="cannot be read"):
        load(str(saved))


def test_a_whole_bundle_is_verified(saved: Path) -> None:
    assert bundles.verify(str(saved), Quiet()).labs == ("tiny",)


def test_a_bundle_for_another_processor_or_version_is_refused(saved: Path) -> None:
    parts = json.loads((saved / "bundle.json").read_text(encoding="utf-8"))["parts"]
    rewritten(saved, machine="pdp11")
    with pytest.raises(SourceMissing, match="for pdp11"):
        load(str(saved))
    parts["docker"]["targets"]["store-busybox"] = "0" * 16
    rewritten(saved, machine=os.uname().machine, parts=parts)
    with pytest.raises(SourceMissing, match="another version"):
        load(str(saved))


def test_another_bundle_than_the_one_that_was_meant_is_refused(saved: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the bundle is "):
        load(str(saved), known="0" * 64)
    assert contents(tmp_path / "empty") == {}
    assert load(str(saved), known=sha256((saved / "bundle.json").read_bytes()).hexdigest()).loaded


PATHS = st.one_of(
    st.sampled_from(["../x", "/etc/x", "a/../../x", ".", "..", "a//x", "", "a/./x"]), st.text(max_size=12)
)


LEADING_OUT = ["../x", "/etc/x", "a/../../x", ".", "..", "a//x", "", "a/./x"]


@given(path=st.one_of(st.sampled_from(LEADING_OUT), st.text(max_size=12)))
def test_whatever_an_index_says_nothing_is_written_elsewhere(
    path: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("index")
    digest = sha256(b"x").hexdigest()
    with tarfile.open(folder / "part.tar", "w") as tar:
        for name, data in (("index.json", json.dumps({"t": [[path, digest, 0o644]]}).encode()), (digest, b"x")):
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    (folder / "into").mkdir()
    try:
        made = bundle_part.unpack(folder / "part.tar", ["t"], folder / "into", lambda _: None)
    except (UsageError, OSError):
        made = {}
    inside = {one for one in folder.rglob("*") if one.is_file()} - {folder / "part.tar"}
    blobs = folder / "into" / "blobs"
    assert inside - {blobs / digest} == {one for place in made.values() for one in place.rglob("*") if one.is_file()}
    assert all((folder / "into" / "t") in one.parents for one in inside - {blobs / digest})


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"what": "labrunner bundle", "schema": 2}', b"[" * 100_000])
def test_what_is_no_bundle_is_said(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "bundle.json").write_bytes(raw)
    with pytest.raises(UsageError, match="no bundle that this version knows"):
        load(str(tmp_path))
    with pytest.raises(UsageError, match="cannot be read"):
        load(str(tmp_path / "nowhere"))


class Bad(BaseHTTPRequestHandler):
    """A server of a folder whose answers break off after some bytes."""

    folder: Path
    breaks: list[int]
    ranges = True
    asked: list[tuple[str, int]]

    def do_GET(self) -> None:
        data = (self.folder / self.path.lstrip("/")).read_bytes()
        begin = int(re.sub(r"\D", "", self.headers.get("Range", "0")) or 0) if self.ranges else 0
        self.asked.append((self.path, begin))
        self.send_response(206 if begin else 200)
        self.send_header("Content-Length", str(len(data) - begin))
        self.end_headers()
        breaks = self.breaks.pop(0) if self.breaks and self.path.endswith(".tar") else len(data)
        self.wfile.write(data[begin : begin + breaks])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def bad(saved: Path) -> Iterator[tuple[type[Bad], str]]:
    class Here(Bad):
        folder, breaks, asked = saved, list[int](), list[tuple[str, int]]()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Here)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield Here, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_copy_that_breaks_off_goes_on_where_it_was(bad: tuple[type[Bad], str], full: Path, tmp_path: Path) -> None:
    server, address = bad
    server.breaks += [2500, 1700]
    assert load(address).loaded
    assert [begin for path, begin in server.asked if path == "/docker.tar"] == [0, 2000, 3000]
    assert contents(tmp_path / "empty") == contents(full)
    assert not list((tmp_path / "empty" / "downloads").iterdir())


def test_the_next_command_goes_on_as_well_and_believes_nothing(
    bad: tuple[type[Bad], str], full: Path, tmp_path: Path
) -> None:
    server, address = bad
    server.breaks += [3500, *[0] * 10]
    with pytest.raises(EnvironmentNotReady, match="broke off"):
        load(address)
    (part,) = (tmp_path / "empty" / "downloads").iterdir()
    raw = bytearray(part.read_bytes())
    assert len(raw) == 3000
    raw[1500] ^= 1
    part.write_bytes(bytes(raw))
    server.breaks.clear()
    server.asked.clear()
    assert load(address).loaded
    assert ("/docker.tar", 1000) in server.asked, "the piece that turned is copied again"
    assert contents(tmp_path / "empty") == contents(full)


def test_a_server_that_knows_no_ranges_is_read_over(bad: tuple[type[Bad], str], full: Path, tmp_path: Path) -> None:
    server, address = bad
    server.ranges = False
    server.breaks += [4500]
    assert load(f"{address}/bundle.json").loaded
    assert contents(tmp_path / "empty") == contents(full)


def test_what_a_server_changed_is_not_taken(bad: tuple[type[Bad], str], saved: Path, tmp_path: Path) -> None:
    raw = bytearray((saved / "docker.tar").read_bytes())
    raw[5000] ^= 1
    (saved / "docker.tar").write_bytes(bytes(raw))
    with pytest.raises(UsageError, match="is not what the bundle says"):
        load(bad[1])
    assert contents(tmp_path / "empty") == {}


def test_a_plain_address_without_a_hash_is_asked_about(
    bad: tuple[type[Bad], str], saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABRUNNER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LABRUNNER_CACHE", str(tmp_path / "empty"))
    monkeypatch.delenv("CI", raising=False)
    assert main(["bundle", "load", bad[1]]) == 3
    assert contents(tmp_path / "empty") == {}
    known = sha256((saved / "bundle.json").read_bytes()).hexdigest()
    assert main(["bundle", "load", bad[1], "--sha256", known]) == 0
    assert contents(tmp_path / "empty") != {}


def test_a_part_that_nobody_knows_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABRUNNER_HOME", str(tmp_path / "home"))
    assert main(["bundle", "load", str(tmp_path), "--part", "windows"]) == 2


def test_dockers_labs_need_nothing_of_the_cluster(lab: Lab) -> None:
    docker = bundle_contents.targets([lab])
    assert docker == {"docker": sorted(TARGETS), "kubernetes": []}


def test_what_is_read_back_is_what_was_written() -> None:
    part = bundle.Part("docker.tar", 1500, "a" * 64, ("b" * 64, "c" * 64), {"store-x": "0" * 16})
    written = Bundle("x86_64", ("tiny",), {"docker": part}, {"x-1.0-py3-none-any.whl": "d" * 64})
    read = bundle.parsed(written.text().encode(), "there")
    assert (read.parts, read.wheels, read.labs) == (written.parts, written.wheels, written.labs)
