import json
import os
import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labrunner.errors import LabrunnerError, Refused, UsageError
from labrunner.grading import submission, taking
from labrunner.grading.submission import Submission

SAID = {"version": 1, "student": "007", "course": "C", "port": 5777, "language": "zh"}


def handed_in(tmp_path: Path, files: dict[str, str | bytes] | None = None, **said: object) -> Path:
    folder = tmp_path / "work"
    every: dict[str, str | bytes] = {"docker-basics/network.sh": "docker network create lr-shop\n", **(files or {})}
    for name, text in every.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    (folder / taking.MANIFESTS[0]).write_text(json.dumps({**SAID, **said}), encoding="utf-8")
    return folder


def zipped(tmp_path: Path, names: list[tuple[str | zipfile.ZipInfo, bytes]]) -> Path:
    file = tmp_path / "work.zip"
    with zipfile.ZipFile(file, "w") as made, pytest.MonkeyPatch.context() as patch:
        patch.setattr("warnings.warn", lambda *_, **__: None)  # of a name that stands twice
        made.writestr(taking.MANIFESTS[0], json.dumps(SAID))
        for name, data in names:
            made.writestr(name, data, compress_type=zipfile.ZIP_DEFLATED)
    return file


def read(path: Path, tmp_path: Path) -> Submission:
    return submission.read(path, tmp_path / "into")


def test_what_is_handed_in_is_read_whole(tmp_path: Path) -> None:
    answers = "# what I saw\nlook: a b: c \nempty:\n"
    files = {"docker-basics/answers": answers, "docker-basics/app/Dockerfile": "FROM x", "what-is-docker/solve.sh": ""}
    found = read(handed_in(tmp_path, {**files}), tmp_path)
    assert (found.student, found.course, found.port, found.language) == ("007", "C", 5777, "zh")
    basics = found.labs["docker-basics"]
    assert basics.scripts == {"network": tmp_path / "into/docker-basics/network.sh"}
    assert basics.scripts["network"].read_text(encoding="utf-8") == "docker network create lr-shop\n"
    assert basics.answers == {"look": "a b: c"}
    assert basics.files == ("answers", "app/Dockerfile", "network.sh")
    assert basics.solve is None
    assert found.labs["what-is-docker"].solve == tmp_path / "into/what-is-docker/solve.sh"
    assert found.ignored == ()


def test_a_manifest_may_be_yaml_in_which_a_number_keeps_its_noughts(tmp_path: Path) -> None:
    folder = handed_in(tmp_path)
    (folder / taking.MANIFESTS[0]).unlink()
    (folder / taking.MANIFESTS[1]).write_text("version: 1\nstudent: 007\n", encoding="utf-8")
    found = read(folder, tmp_path)
    assert (found.student, found.port) == ("007", 5777)


def test_a_manifest_may_be_any_json(tmp_path: Path) -> None:
    folder = handed_in(tmp_path)
    text = json.dumps({**SAID, "course": "容器 / K8s"}, indent="\t").replace("/", "\\/")
    (folder / taking.MANIFESTS[0]).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    found = read(folder, tmp_path)
    assert (found.student, found.course, found.port) == ("007", "容器 / K8s", 5777)


STEERING = [
    "docker-basics/conftest.py", "docker-basics/Conftest.py", "docker-basics/sitecustomize.py",
    "docker-basics/x.pth", "docker-basics/pytest.ini", "docker-basics/kubectl", "docker-basics/checks.py",
    "docker-basics/results.json", "docker-basics/.bashrc", "docker-basics/.docker/config.json", "labs/x.sh",
    "docker-basics/.kube/config", "results/result.json", "README.md", "course.yaml", "tests/x.sh", ".env", "x.sh",
    "docker-basics/a/b/c/d/e/f/g/h.txt", "docker-basics/with space.sh", "Docker-Basics/x.sh",
]  # fmt: skip


@pytest.mark.parametrize("name", STEERING)
def test_what_could_steer_a_tool_is_listed_and_left_alone(tmp_path: Path, name: str) -> None:
    found = read(handed_in(tmp_path, {name: "boom"}), tmp_path)
    listed = found.ignored[0]
    assert name == listed or (listed.endswith("/") and name.startswith(listed))
    assert not [file for file in (tmp_path / "into").rglob("*") if file.is_file() and file.read_bytes() == b"boom"]


def test_folders_that_are_no_lab_of_the_course_are_listed(tmp_path: Path) -> None:
    folder = handed_in(tmp_path, {"notes-of-mine/x.sh": ""})
    found = submission.read(folder, tmp_path / "into", {"docker-basics"})
    assert list(found.labs) == ["docker-basics"]
    assert found.ignored == ("notes-of-mine/",)


@pytest.mark.parametrize("where", ["docker-basics/data.yaml", taking.MANIFESTS[0], "docker-basics", "what-is-docker"])
@pytest.mark.parametrize("kind", ["symlink", "hardlink", "pipe"])
def test_a_link_or_a_pipe_where_a_file_would_be_taken_is_refused(tmp_path: Path, where: str, kind: str) -> None:
    folder = handed_in(tmp_path)
    outside = tmp_path / "outside"
    is_folder = "." not in where
    if is_folder and kind != "symlink":
        return
    outside.mkdir() if is_folder else outside.write_text(json.dumps(SAID), encoding="utf-8")
    (folder / where).rename(tmp_path / "old") if (folder / where).exists() else None
    if kind == "symlink":
        (folder / where).symlink_to(outside)
    elif kind == "hardlink":
        (folder / where).hardlink_to(outside)
    else:
        os.mkfifo(folder / where)
    with pytest.raises(Refused) as refused:
        read(folder, tmp_path)
    assert where in refused.value.message
    assert not (tmp_path / "into").exists()


def test_a_link_among_what_is_ignored_is_not_followed(tmp_path: Path) -> None:
    folder = handed_in(tmp_path)
    (folder / "docker-basics" / "all").symlink_to("/")
    (folder / "README").symlink_to("/etc/passwd")
    assert read(folder, tmp_path).ignored == ("README", "docker-basics/all")


def test_too_large_and_too_many_are_refused(tmp_path: Path) -> None:
    large = handed_in(tmp_path / "a", {"docker-basics/x.txt": b"x" * (taking.MOST_BYTES + 1)})
    with pytest.raises(Refused, match=r"x\.txt .*larger than 1024 KiB"):
        read(large, tmp_path)
    many = handed_in(tmp_path / "b", {f"docker-basics/{number}.txt": "" for number in range(50)})
    with pytest.raises(Refused, match="more than 50 files"):
        read(many, tmp_path)
    whole = {f"lab-{number}/x.txt": b"x" * taking.MOST_BYTES for number in range(21)}
    with pytest.raises(Refused, match="larger than 20 MiB"):
        read(handed_in(tmp_path / "c", {**whole}), tmp_path)
    assert not (tmp_path / "into").exists()


def test_modes_are_reset_and_windows_line_ends_leave_scripts(tmp_path: Path) -> None:
    folder = handed_in(tmp_path, {"docker-basics/one.sh": b"\xef\xbb\xbfa\r\nb\r\n", "docker-basics/x.txt": b"a\r\n"})
    (folder / "docker-basics/x.txt").chmod(0o4777)
    found = read(folder, tmp_path).labs["docker-basics"]
    assert found.scripts["one"].read_bytes() == b"a\nb\n"
    assert (found.folder / "x.txt").read_bytes() == b"a\r\n"
    assert stat.S_IMODE((found.folder / "x.txt").stat().st_mode) == 0o644
    assert stat.S_IMODE(found.scripts["one"].stat().st_mode) == 0o755


def test_a_folder_and_its_zip_have_one_digest_and_another_byte_another(tmp_path: Path) -> None:
    folder = handed_in(tmp_path)
    first = submission.read(folder, tmp_path / "1")
    made = tmp_path / "x.zip"
    with zipfile.ZipFile(made, "w") as packed:
        for file in folder.rglob("*"):
            packed.write(file, Path("outer") / file.relative_to(folder))
        packed.writestr("__MACOSX/x", "")
    second = submission.read(made, tmp_path / "2")
    (folder / "docker-basics/network.sh").write_text("other", encoding="utf-8")
    third = submission.read(folder, tmp_path / "3")
    assert first.digest == second.digest != third.digest
    assert second.ignored == ()


@pytest.mark.parametrize(
    "name",
    [
        "../x.sh",
        "docker-basics/../../x.sh",
        "/etc/x.sh",
        "\\x.sh",
        "docker-basics\\x.sh",
        "C:/x.sh",
        "docker-basics/..",
    ],
)
def test_a_zip_whose_names_lead_out_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused, match="leads out"):
        read(zipped(tmp_path, [(name, b"x")]), tmp_path)


@pytest.mark.parametrize(
    "names",
    [
        ["docker-basics/a.sh", "docker-basics/a.sh"],
        ["docker-basics/a.txt", "docker-basics/A.txt"],
        [taking.MANIFESTS[0]],
    ],
)
def test_names_that_are_one_file_on_some_machine_are_refused(tmp_path: Path, names: list[str]) -> None:
    with pytest.raises(Refused, match="same name"):
        read(zipped(tmp_path, [(name, b"x") for name in names]), tmp_path)


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("docker-basics/a.sh")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(Refused, match="is a link"):
        read(zipped(tmp_path, [(link, b"/etc/passwd")]), tmp_path)


def test_a_bomb_is_refused_whatever_it_says_of_its_size(tmp_path: Path) -> None:
    file = zipped(tmp_path, [("docker-basics/a.txt", b"\0" * (64 << 20))])
    assert file.stat().st_size < 200_000
    with pytest.raises(Refused, match="larger than 1024 KiB"):
        read(file, tmp_path)
    raw = file.read_bytes().replace((64 << 20).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    file.write_bytes(raw)
    with pytest.raises(LabrunnerError):
        read(file, tmp_path)


def test_a_zip_of_many_names_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="more than 5000 names"):
        read(zipped(tmp_path, [(f"x/{number}", b"") for number in range(5000)]), tmp_path)


def test_a_broken_zip_is_said(tmp_path: Path) -> None:
    file = zipped(tmp_path, [("docker-basics/a.sh", b"x" * 1000)])
    raw = bytearray(file.read_bytes())
    at = raw.index(b"docker-basics/a.sh") + len("docker-basics/a.sh")
    raw[at] ^= 0xFF
    file.write_bytes(bytes(raw))
    with pytest.raises(UsageError, match="no whole zip"):
        read(file, tmp_path)


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"version": 2}, "version is not 1"),
        ({"student": ""}, "no student's number"),
        ({"student": "../x"}, "no student's number"),
        ({"student": ["x"]}, "no student's number"),
        ({"port": 0}, "no port"),
        ({"port": "x"}, "no port"),
        ({"language": "fr"}, "zh or en"),
        ({"mark": 100}, "'mark' is not known"),
    ],
)
def test_a_manifest_that_says_what_it_cannot_is_refused(
    tmp_path: Path, said: dict[str, object], complaint: str
) -> None:
    with pytest.raises(UsageError) as refused:
        read(handed_in(tmp_path, **said), tmp_path)
    assert complaint in refused.value.message


def test_no_manifest_and_two_are_said(tmp_path: Path) -> None:
    folder = handed_in(tmp_path)
    (folder / taking.MANIFESTS[1]).write_text("version: 1\n", encoding="utf-8")
    with pytest.raises(UsageError, match="two manifests"):
        read(folder, tmp_path)
    for manifest in taking.MANIFESTS:
        (folder / manifest).unlink()
    with pytest.raises(UsageError, match="has no labrunner-submission"):
        read(folder, tmp_path)
    with pytest.raises(UsageError, match="neither a folder nor a zip"):
        read(tmp_path / "nowhere", tmp_path)


@pytest.mark.parametrize("text", ["look\n", "look: a\nlook: b\n", ": a\n"])
def test_answers_that_are_not_one_line_a_step_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match=r"answers:\d: "):
        read(handed_in(tmp_path, {"docker-basics/answers": text}), tmp_path)


COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("files", "commit"),
    [
        ({"HEAD": COMMIT}, COMMIT),
        ({"HEAD": "ref: refs/heads/main\n", "refs/heads/main": COMMIT + "\n"}, COMMIT),
        ({"HEAD": "ref: refs/heads/main", "packed-refs": f"# pack\n{COMMIT} refs/heads/main\n"}, COMMIT),
        ({"HEAD": "ref: refs/heads/../../../x"}, ""),
        ({"HEAD": "ref: refs/heads/none"}, ""),
        ({"HEAD": "<script>"}, ""),
        ({}, ""),
    ],
)
def test_the_commit_is_read_from_the_folder(tmp_path: Path, files: dict[str, str], commit: str) -> None:
    folder = handed_in(tmp_path, {f".git/{name}": text for name, text in files.items()})
    found = read(folder, tmp_path)
    assert (found.commit, found.ignored) == (commit, ())


PART = st.sampled_from(["..", ".", "", "docker-basics", "a.sh", "A.SH", "x", "lab", "conftest.py", "~", "C:", "é.txt"])


@given(names=st.lists(st.lists(PART, min_size=1, max_size=4).map("/".join), max_size=6), ends=st.binary(max_size=40))
def test_whatever_a_zip_holds_nothing_is_written_outside(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], ends: bytes
) -> None:
    tmp_path = tmp_path_factory.mktemp("zip")
    file = zipped(tmp_path, [(name, b"x") for name in names if name])
    if ends:
        raw = bytearray(file.read_bytes())
        for at, byte in enumerate(ends):
            raw[(at * 7919 + byte) % len(raw)] ^= byte
        file.write_bytes(bytes(raw))
    try:
        found = read(file, tmp_path)
    except LabrunnerError:
        assert not (tmp_path / "into").exists()
        files = []
    else:
        files = sorted(one for one in (tmp_path / "into").rglob("*") if one.is_file())
        assert all(taking.is_taken(one.relative_to(found.folder).as_posix()) for one in files)
    every = {one for one in tmp_path.rglob("*") if one.is_file()}
    assert every == {file, *files}
