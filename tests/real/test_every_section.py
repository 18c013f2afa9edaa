"""Every Docker section, one after another on one learner's machine: begun at its last step, done, and gone."""

import json
from collections.abc import Callable

import pytest

from labrunner import catalog, wait
from labrunner.environment.sandbox import Engine
from tests.machine import Machine

pytestmark = [pytest.mark.docker, pytest.mark.timeout(900, func_only=True)]


@pytest.mark.parametrize("engine", ["20.10", "29"])
def test_every_section_of_docker_after_the_other(
    machine: Callable[..., Machine], engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    learner = machine(engine).installation
    every = [catalog.load_entry(entry) for entry in catalog.entries()]
    # In the other order on the other engine: no section may need what another one left.
    labs = [loaded for loaded in every if not loaded.lab.uses_cluster][:: 1 if engine == "20.10" else -1]
    before = learner.inventory()
    for loaded in labs:
        slug, last = loaded.entry.slug, loaded.lab.steps[-1].id
        began = wait.now()
        done = learner.run("--yes", "start", slug, "--at", last, limit=300)
        assert done.code == 0, f"{slug}: {done.stdout[-3000:]}{done.stderr[-2000:]}"
        report = json.loads(learner.run("check", "--json").stdout)
        open_ = {one["step"] for one in report["verdicts"] if one["outcome"] != "pass"}
        assert open_ == {last}, f"{slug}: {open_}"
        assert all(one["assisted"] for one in report["verdicts"] if one["step"] != last)
        assert learner.run("solve", "--all", limit=120).code == 0
        assert learner.run("check").code == 0
        assert learner.run("start", slug).code == 0, "a section that is done can be looked at again"
        ended = learner.run("--yes", "stop", limit=120)
        assert ended.code == 0, ended.stderr
        assert learner.inventory() == before, slug
        assert not list(learner.home.rglob("work/*")), slug
        with capsys.disabled():
            print(f"\n  Engine {engine}, {slug}: {wait.now() - began:.1f} s", end="")  # noqa: T201
