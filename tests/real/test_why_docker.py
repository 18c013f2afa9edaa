"""Faults planted in real engines, all at once and each looked at once: the right link is named, or nothing is."""

import http.server
import json
import os
import statistics
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pytest

from labrunner import process, wait, words
from labrunner.environment import registry
from labrunner.environment.lab_world import world
from labrunner.environment.sandbox import Engine, Sandbox
from labrunner.environment.settings import Settings
from labrunner.narrate import Quiet
from labrunner.operation import filled
from labrunner.why import Diagnosis, explain
from labrunner.why.probe import explain_probe
from labrunner.world import Snapshot
from labrunner.world.docker_engine import DockerEngine
from labrunner.world.docker_survey import survey
from labrunner.world.endpoint import Endpoint
from labrunner.world.reader import Scope
from tests.real.planted.docker import ROWS
from tests.real.planted.docker_ended import ENDS, LAST
from tests.real.planted.docker_row import HEALTHY, UNKNOWN, Planted

pytestmark = [pytest.mark.docker, pytest.mark.timeout(300)]

SECOND = 1.0
PLANTERS = 6


@dataclass
class Engines:
    """An engine in which everything was planted, and what was seen of it.

    Attributes:
        rows: what was planted.
        seen: a row's fault → what was read for it.
        values: what stands for the names in a row.
        seconds: what each survey took.
    """

    rows: tuple[Planted, ...]
    seen: dict[str, Snapshot]
    values: dict[str, str]
    seconds: list[float]

    def told(self, row: Planted) -> Diagnosis:
        """Walk for one row."""
        snapshot = self.seen[row.fault]
        if row.probe is not None:
            return explain_probe(snapshot, row.probe, self.values)
        return explain(snapshot, filled(row.subject, self.values))


class Refusing(http.server.BaseHTTPRequestHandler):
    """A registry that lets nobody in."""

    def do_GET(self) -> None:
        self.send_response(403)
        self.end_headers()
        self.wfile.write(b'{"errors": [{"code": "DENIED", "message": "not for you"}]}')

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own name
        """Say nothing."""


@pytest.fixture(scope="module")
def refusing() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module", params=["20.10", "29"])
def planted(
    request: pytest.FixtureRequest, endpoint: Endpoint, chosen: Settings, narrator: Quiet, refusing: str
) -> Iterator[Engines]:
    engine: Engine = request.param
    names = ["debian:bookworm-slim", "redis:7.0", "web:1", "web:2"]
    course = registry.up(endpoint, chosen.port, names, narrator, chosen.install)
    at = f"localhost:{course.port}"
    values = {"registry": at, "refusing": refusing, "web": f"{at}/web:1", "redis": f"{at}/redis:7.0",
              "debian": f"{at}/debian:bookworm-slim"}  # fmt: skip
    with Sandbox(endpoint, course, engine, narrator=narrator) as sandbox:
        environ = sandbox.endpoint.environ()
        images = " && ".join(f"docker pull -q {values[name]}" for name in ("web", "redis", "debian"))
        assert process.run(["sh", "-c", images], limit=60, env=environ).ok

        def plant(row: Planted) -> None:
            process.run(["sh", "-c", filled(row.commands, values)], limit=60, env=environ)

        rows = tuple(row for row in ROWS if row.both or engine == "20.10")
        with ThreadPoolExecutor(PLANTERS) as pool:
            list(pool.map(plant, [row for row in rows if row not in LAST]))
            list(pool.map(plant, [row for row in rows if row in LAST]))
        yield looked(sandbox, course.install, Engines(rows, {}, values, []))


def looked(sandbox: Sandbox, install: str, found: Engines) -> Engines:
    """Look once at each object that is asked about, and once at the scope for every probe."""
    daemon = DockerEngine(sandbox.endpoint.url)
    assert wait.until(lambda: all(ripe(daemon, row) for row in found.rows), within=20)
    for row in reversed(found.rows):
        if row.probe is None:
            kind, _, name = filled(row.subject, found.values).partition("/")
            began = wait.now()
            found.seen[row.fault] = survey(daemon, kind, name)
            found.seconds.append(wait.now() - began)
    probes = [row.probe for row in found.rows if row.probe is not None]
    stage = world(sandbox.endpoint, install, "", found.values["debian"], sandbox.registry.port, Path())
    scope = Scope(install, f"{found.values['registry']}/")
    rest = Snapshot(scope={"names": "lr-", "prefix": scope.prefix})
    snapshot = stage.snapshot(scope, probes, found.values, rest)
    found.seen.update({row.fault: snapshot for row in found.rows if row.probe is not None})
    daemon.close()
    return found


def ripe(daemon: DockerEngine, row: Planted) -> bool:
    """Tell whether what needs a second or two has come about."""
    kind, _, name = row.subject.partition("/")
    raw = daemon.inspect("containers", name) if kind == "container" else None
    if raw is None:
        return True
    if row.code == "unhealthy":
        return bool(raw["State"]["Health"]["Status"] == "unhealthy")
    if row.code == "restart-loop":
        return bool(raw["RestartCount"] > 1)
    return raw["State"]["Status"] != "running" or row not in (*ENDS, *LAST)


def named(told: Diagnosis) -> str:
    """Return what a table says that a walk came to."""
    return told.causes[0].code if told.causes else HEALTHY if told.healthy else UNKNOWN


def table(engines: Engines) -> str:
    """Return the table of faults: fault, code named, right or not."""
    rows = [(row.fault, named(engines.told(row)), row.code) for row in engines.rows]
    lines = [f"| {fault} | {came} | {'right' if came == due else f'wrong: {due}'} |" for fault, came, due in rows]
    return "\n".join(["| fault | named | |", "|---|---|---|", *lines])


def test_the_first_broken_link_is_named(planted: Engines) -> None:
    if where := os.environ.get("FAULTS_TABLE"):  # a file that the table is appended to, for a person to read
        with Path(where).open("a", encoding="utf-8") as file:
            file.write(f"{table(planted)}\n\n")
    wrong = [said for row in planted.rows for said in differs(planted, row)]
    assert not wrong, "\n".join(wrong)
    assert len(planted.rows) == len({row.fault for row in planted.rows})


def differs(planted: Engines, row: Planted) -> list[str]:
    """Return what is not as a row says, a line each."""
    told = planted.told(row)
    if named(told) != row.code:
        return [f"{row.fault}: {named(told)} and not {row.code}: {told}"]
    said = " ".join([*told.saw, *(word for cause in told.causes[:1] for word in (cause.sentence, *cause.words))])
    wrong = [f"{row.fault}: no {word!r} in {said}" for word in row.words if filled(word, planted.values) not in said]
    if [cause.code for cause in told.causes[1:]] != list(row.also):
        wrong.append(f"{row.fault}: behind the first is not {row.also}: {told.causes[1:]}")
    subject = filled(row.subject, planted.values)
    first = told.causes[0] if told.causes else None
    if first and (first.subject != (row.first or subject) or subject not in first.path or not first.see):
        wrong.append(f"{row.fault}: another link, or no way to it: {first}")
    return wrong


def test_the_same_is_said_in_chinese_and_from_evidence(planted: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    english = {row.fault: planted.told(row) for row in planted.rows}
    kept = {fault: Snapshot(**json.loads(json.dumps(asdict(seen)))) for fault, seen in planted.seen.items()}
    evidence = replace(planted, seen=kept)
    assert {row.fault: evidence.told(row) for row in planted.rows} == english
    monkeypatch.setitem(words._spoken, "language", "zh")
    for row in planted.rows:
        told = planted.told(row)
        assert [cause.code for cause in told.causes] == [cause.code for cause in english[row.fault].causes]
        for cause in told.causes:
            assert any("\u4e00" <= letter <= "\u9fff" for letter in cause.sentence), cause
            assert all(cause.sentence != other.sentence for other in english[row.fault].causes)


def test_a_look_takes_less_than_a_second(planted: Engines) -> None:
    assert statistics.median(planted.seconds) < SECOND
