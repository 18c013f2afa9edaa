"""Evidence outlives the world that it was read from: the engine is gone, and the report is the same."""

import gzip
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from labrunner import catalog, cli, process, values, working
from labrunner.environment import ports
from labrunner.environment.docker_cli import docker
from labrunner.narrate import Quiet
from labrunner.perform import Unseen
from labrunner.process import Completed
from labrunner.staging import Stage, staged, surrounded
from labrunner.state.session import Session
from labrunner.world.endpoint import Endpoint
from tests.installation import Installation

pytestmark = [pytest.mark.docker, pytest.mark.timeout(400, func_only=True)]
MINE = "hunter2-very-private"


@dataclass
class Opened:
    """The doors of the program, behind which a staged lab is the open one."""

    session: Session

    def lifecycle(self) -> Any:
        return SimpleNamespace(current=lambda *_: self.session, check=working.check)


@dataclass(frozen=True)
class Look:
    """A look that was kept: what the program printed for it, and the file."""

    file: Path
    text: str
    json: str


def looked(stage: Stage, file: Path, capsys: pytest.CaptureFixture[str]) -> Look:
    """Look twice, once for each form; the file is of the second look, with whose times both are compared."""
    doors: Any = Opened(stage.session)
    cli.main(("check", "--more", "--lang", "en"), doors)
    text = capsys.readouterr().out
    cli.main(("check", "--json", "--evidence", str(file), "--lang", "en"), doors)
    return Look(file, text, capsys.readouterr().out)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Installation:
    """Another machine: nothing was ever started there, and no daemon answers."""
    nowhere = {"DOCKER_HOST": f"unix://{tmp_path}/nobody.sock", "LABRUNNER_CACHE": str(tmp_path / "no-cache")}
    return Installation(tmp_path / "elsewhere", nowhere)


@pytest.fixture
def own_home(endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of its own: with the last stage goes its registry, and no other test's."""
    assert endpoint.daemon_id
    monkeypatch.setenv("LABRUNNER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LABRUNNER_PORT", str(ports.any_free()))
    return tmp_path / "home"


def recheck(elsewhere: Installation, *words: str) -> Completed:
    return elsewhere.run("recheck", *words)


def test_the_same_report_after_everything_is_gone(
    own_home: Path, elsewhere: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert own_home.parent.is_dir()
    loaded, narrator = catalog.load("docker-basics"), Quiet(yes=True)
    with surrounded(loaded, narrator) as around, staged(loaded, around, narrator) as stage:
        working.solve(stage.session, all_steps=True, show=Unseen())
        done = looked(stage, tmp_path / "done.json", capsys)
        web = stage.session.values["web"]
        docker(stage.session.endpoint, "rm", "-f", "lr-web", "lr-desk")
        for check in ("store_answers_by_name", "desk_reaches_the_store"):  # as if a later step took the desk away
            stage.session.progress.passes[check]["stands"] = True
        wrong = ("--name", "lr-web", "-e", f"DB_PASSWORD={MINE}", web, "no-such-command")
        docker(stage.session.endpoint, "run", "-d", *wrong, may_fail=True)
        broken = looked(stage, tmp_path / "broken.json.gz", capsys)
        secrets = values.secrets_of(loaded.lab, stage.session.values)

    for look, code in ((done, 0), (broken, 1)):
        again = recheck(elsewhere, str(look.file), "--json", "--lang", "en")
        assert (again.code, again.stderr) == (code, "")
        assert again.stdout == look.json
        shown = recheck(elsewhere, str(look.file), "--more", "--lang", "en")
        assert shown.stdout
        assert look.text.startswith(shown.stdout), (look.text, shown.stdout)
    assert '"passed_at": "2' in broken.json, "a pass stands on what was seen"
    assert '"assisted": true' in done.json
    assert '"code": "' in broken.json, "a cause is in it"
    for name in ("docker", "docker_api", "python", "labrunner"):
        assert f'"{name}": "' in done.json
    assert recheck(elsewhere, str(done.file), str(broken.file)).code == 1
    kept = done.file.read_text(encoding="utf-8") + gzip.decompress(broken.file.read_bytes()).decode()
    for secret in (MINE, *secrets.values()):
        assert secret not in kept
    assert process.run(["test", "-e", str(elsewhere.home / "state")], limit=5).code == 1, "nothing was written there"
