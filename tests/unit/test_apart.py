"""Strangers' checks end, whatever they do, and the others are judged all the same."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from labrunner import apart, catalog, judging, scaffold, wait
from labrunner.catalog import LoadedLab
from labrunner.outcome import Outcome, Verdict
from labrunner.world import Snapshot

EMPTY: dict[str, dict[str, Any]] = {"containers": {}, "networks": {}, "volumes": {}, "images": {}}
SNAPSHOT = Snapshot(docker=EMPTY, scope={"names": "lr-", "prefix": "localhost:1/"})
NETWORK = {"Name": "lr-pack", "Internal": False}
SOUND = 'expect(docker.network("lr-pack").internal).equals(False)'


@pytest.fixture(autouse=True)
def limits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(apart, "LIMIT", 1.5)
    yield
    apart.end_all()


def pack(folder: Path, body: str) -> LoadedLab:
    """A pack with one lab of three checks; the one in the middle is the stranger's."""
    scaffold.write("pack", folder)
    (folder / "__init__.py").write_text('SECTIONS = (("pack", "Docker › 练习"),)\n', encoding="utf-8")
    file = folder / "pack" / "lab.py"
    head, _, _ = file.read_text(encoding="utf-8").partition("@network.check")
    checks = [
        f'@network.check(wrong={{"x": "true"}})\ndef {name}(docker: Docker) -> None:\n    {does}\n'
        for name, does in (("before", SOUND), ("between", body), ("after", SOUND))
    ]
    file.write_text("import os, sys, time\n" + head + "\n\n".join(checks), encoding="utf-8")
    for words in (folder / "pack").glob("lab.*.md"):
        text = words.read_text(encoding="utf-8")
        line = next(line for line in text.splitlines() if "network_reaches_outside" in line)
        claims = [line.replace("network_reaches_outside", name) for name in ("before", "between", "after")]
        words.write_text(text.replace(line, "\n".join(claims)), encoding="utf-8")
    return catalog.load("pack", folder)


def judged(folder: Path, body: str, snapshot: Snapshot = SNAPSHOT) -> list[Verdict]:
    loaded = pack(folder, body)
    return judging.judged(loaded, loaded.lab.checks, snapshot, {"port": "1"})


def test_a_pack_is_known_to_be_a_strangers_and_the_built_in_labs_are_ours(tmp_path: Path) -> None:
    assert pack(tmp_path / "a", "pass").entry.origin == str(tmp_path / "a")
    assert not catalog.find("docker-basics").origin


def test_a_sound_pack_is_judged_as_in_process(tmp_path: Path) -> None:
    loaded = pack(tmp_path, SOUND)
    for docker in (EMPTY, {**EMPTY, "networks": {"1": NETWORK}}):
        snapshot = Snapshot(docker=docker, scope=SNAPSHOT.scope)
        there = judging.judged(loaded, loaded.lab.checks, snapshot, {"port": "1"})
        assert there == [judging.judge(loaded, check, snapshot, {"port": "1"}) for check in loaded.lab.checks]


def test_who_is_judged_side_by_side_gets_the_own_verdicts_and_not_a_neighbours(tmp_path: Path) -> None:
    loaded = pack(tmp_path, f"time.sleep(0.01)\n    {SOUND}")
    networks: dict[bool, dict[str, Any]] = {True: {"1": NETWORK}, False: {}}
    asked = [number % 2 == 0 for number in range(12)]

    def passes(right: bool) -> list[bool]:  # noqa: FBT001 - whose work it is
        snapshot = Snapshot(docker={**EMPTY, "networks": networks[right]}, scope=SNAPSHOT.scope)
        return [one.passed for one in judging.judged(loaded, loaded.lab.checks, snapshot, {"port": "1"})]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(passes, asked)) == [[right] * 3 for right in asked]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("while True: pass", "did not end within 1.5 s"),
        ("time.sleep(600)", "did not end within 1.5 s"),
        ("x = bytearray(4 << 30)", "MemoryError"),
        ("os._exit(0)", "ended its own process (exit 0)"),
        ("sys.exit(0)", "SystemExit: 0"),
        ("return None", "expected nothing of anything"),
        ("print('x' * 10**8); raise KeyError('after 100 MB')", "KeyError: 'after 100 MB'"),
        ("os._exit(7)", "ended its own process (exit 7)"),
        ("os.kill(os.getpid(), 11)", "SIGSEGV"),
        ("raise KeyboardInterrupt", "SIGINT"),
        ("[os.write(fd, b'garbage\\n') for fd in range(3, 12) if os.path.exists(f'/proc/self/fd/{fd}')]", ""),
        ("(lambda f: f(f))(lambda f: f(f))", "RecursionError"),
    ],
    ids=[
        "loop",
        "sleep",
        "memory",
        "exit",
        "system-exit",
        "nothing",
        "flood",
        "exit-7",
        "crash",
        "interrupt",
        "garbage",
        "recursion",
    ],
)
def test_a_check_that_gives_no_verdict_is_an_error_and_the_others_are_judged(
    tmp_path: Path, body: str, why: str
) -> None:
    began = wait.now()
    found = judged(tmp_path, body)
    assert wait.now() - began < 30
    assert [verdict.check for verdict in found] == ["before", "between", "after"]
    assert [verdict.outcome for verdict in found] == [Outcome.FAIL, Outcome.ERROR, Outcome.FAIL]
    assert why in found[1].why
    assert found[1].claim


def test_what_is_printed_goes_nowhere(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    found = judged(tmp_path, f"print('pass', file=sys.stderr); print('x' * 10**6); os.system('echo out'); {SOUND}")
    assert [verdict.outcome for verdict in found] == [Outcome.FAIL] * 3
    assert capfd.readouterr() == ("", "")


def test_a_check_that_forks_is_judged_once_and_what_it_left_is_killed(tmp_path: Path) -> None:
    marks = tmp_path / "pids"
    marks.mkdir()
    body = (
        f"os.fork(); open('{marks}/' + str(os.getpid()), 'w').close();"
        f" [os.setsid() or time.sleep(600) for _ in '1' if os.fork() == 0 and open('{marks}/' + str(os.getpid()), 'w')]"
    )
    found = judged(tmp_path / "pack", body)
    assert [verdict.check for verdict in found] == ["before", "between", "after"]
    assert wait.until(lambda: len(list(marks.iterdir())) >= 3, within=5)
    apart.end_all()
    pids = [int(one.name) for one in marks.iterdir()]
    assert wait.until(lambda: not any(_runs(pid) for pid in pids), within=5), pids


def _runs(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return False


def test_it_sees_no_secret_of_our_environment_and_reads_nothing_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "hunter2")
    body = "raise ValueError(repr(dict(os.environ)) + sys.stdin.read())"
    found = judged(tmp_path, body)
    assert "ValueError" in found[1].why
    assert "hunter2" not in found[1].why


def test_a_module_in_the_folder_where_we_were_started_is_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('hijacked')", encoding="utf-8")
    loaded = pack(tmp_path / "pack", SOUND)
    monkeypatch.chdir(tmp_path)
    found = judging.judged(loaded, loaded.lab.checks, SNAPSHOT, {"port": "1"})
    assert [verdict.outcome for verdict in found] == [Outcome.FAIL] * 3


def test_the_process_is_kept_for_the_next_look_and_ends_with_us(tmp_path: Path) -> None:
    loaded = pack(tmp_path, SOUND)
    judging.judged(loaded, loaded.lab.checks, SNAPSHOT, {"port": "1"})
    (first,) = apart._children.values()
    judging.judged(loaded, loaded.lab.checks, SNAPSHOT, {"port": "1"})
    assert list(apart._children.values()) == [first]
    os.kill(first._process.pid, 9)
    first._process.wait(timeout=5)
    assert [v.outcome for v in judging.judged(loaded, loaded.lab.checks, SNAPSHOT, {})] == [Outcome.FAIL] * 3


MAKER = """
import sys
from pathlib import Path
from labrunner import apart, catalog, judging
from labrunner.world import Snapshot
apart.LIMIT = 600
loaded = catalog.load("pack", Path(sys.argv[1]))
judging.judged(loaded, loaded.lab.checks, Snapshot(docker={"networks": {}}), {"port": "1"})
"""


def test_a_loop_does_not_outlive_us_when_we_are_killed(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    pack(tmp_path / "pack", f"open('{mark}', 'w').write(f'{{os.getpid()}}\\n')\n    while True: pass")
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    maker = subprocess.Popen([sys.executable, "-c", MAKER, str(tmp_path / "pack")], env=env)
    try:
        assert wait.until(lambda: mark.exists() and mark.read_text(encoding="utf-8").endswith("\n"), within=30)
    finally:
        maker.kill()
        maker.wait(timeout=10)
    pid = int(mark.read_text(encoding="utf-8"))
    assert wait.until(lambda: not _runs(pid), within=10)


def test_a_pack_that_does_not_load_there_is_an_error_each(tmp_path: Path) -> None:
    loaded = pack(tmp_path, SOUND)
    (tmp_path / "pack" / "lab.py").write_text("import os; os._exit(3)", encoding="utf-8")
    found = judging.judged(loaded, loaded.lab.checks, SNAPSHOT, {"port": "1"})
    assert [verdict.outcome for verdict in found] == [Outcome.ERROR] * 3
