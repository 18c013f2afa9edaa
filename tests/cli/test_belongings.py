"""Everything of ours, said before `stop --all` takes it away: in both languages, and as a record."""

import json
from types import ModuleType

import pytest
from cli_fakes import FakeDoors, FakeLifecycle

from labrunner import cli
from labrunner.belongings import Belonging, Belongings
from labrunner.render.belongings import size
from labrunner.world.endpoint import Endpoint

ALL = (
    Belonging("containers", "labrunner-registry-abc", "registry", "running"),
    Belonging("containers", "of-mine", "docker-basics", "exited", asks=True),
    Belonging("volumes", "a" * 64, "node"),
    Belonging("images", "labrunner/registry:1", "environment", bytes=18_000_000),
    Belonging("processes", "4711", "recorder"),
    Belonging("folders", "/home/me/.cache/labrunner", "cache", bytes=1_234_000_000, stays=True),
)


class Doors(FakeDoors):
    def belongings(self) -> ModuleType:
        found = ModuleType("belongings")
        endpoint = Endpoint("unix:///var/run/docker.sock", engine="29.1")
        vars(found)["belongings"] = lambda _extra: Belongings("abc", endpoint, ALL)
        return found


def shown(lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert cli.main(list(words), doors=Doors(lifecycle)) == 0
    return capsys.readouterr().out


def test_what_goes_stands_apart_from_what_stays(lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]) -> None:
    said = shown(lifecycle, capsys, "status", "--all")
    going, staying = said.split("labrunner stop --all leaves")
    assert "labrunner-registry-abc  the course's registry  running" in going
    assert [line.split() for line in going.splitlines() if "of-mine" in line] == [
        ["of-mine", "docker-basics", "exited", "asked", "about", "first"]
    ]
    assert "a" * 12 in going
    assert "a" * 13 not in going
    assert "18 MB" in going
    assert "4711" in going
    assert "1.2 GB" in staying
    assert "registry" not in staying


def test_it_is_said_in_chinese(lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]) -> None:
    said = shown(lifecycle, capsys, "--lang", "zh", "status", "--all")
    for word in ("会移除", "会保留", "容器", "课程的镜像仓库", "运行中", "移除前会询问", "进程", "文件夹"):
        assert word in said


def test_the_record_holds_each_thing_once(lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]) -> None:
    record = json.loads(shown(lifecycle, capsys, "status", "--all", "--json"))
    assert (record["schema"], record["install"], record["engine"]) == (1, "abc", "29.1")
    assert [one["name"] for one in record["all"]] == [one.name for one in ALL]
    assert record["all"][1] | {"asks": True, "stays": False, "of": "docker-basics"} == record["all"][1]


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (12_345, "12 kB"), (999_600, "1.0 MB"), (9_940_000_000, "9.9 GB")],
)
def test_sizes_are_short(count: int, said: str) -> None:
    assert size(count) == said
