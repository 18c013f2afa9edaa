"""What a check asked for is known, and what only its cause was looked for in is told apart."""

from pathlib import Path
from typing import Any

from labrunner import Docker, expect
from labrunner.judge import judge
from labrunner.lab import Check
from labrunner.outcome import Verdict
from labrunner.watch.judging import Judging
from labrunner.world.asked import CLUSTER, DOCKER, Noting, behind, concerns, note, noted, whole
from labrunner.world.fake import FakeEngine
from labrunner.world.snapshot import Snapshot
from tests.tiny import begun, step, tiny

EMPTY = Snapshot(docker={"containers": {}, "networks": {}, "volumes": {}, "images": {}})


def asked(read: Any) -> frozenset[str]:
    with noted() as found:
        read(Docker(Noting.of(EMPTY)))
    return whole(found)


def test_nouns_say_what_they_were_asked_for() -> None:
    assert asked(lambda docker: docker.container("lr-a").status) == {"container/lr-a"}
    assert asked(lambda docker: docker.network("lr-n").driver) == {"network/lr-n"}
    assert asked(lambda docker: docker.image("web").id) == {"image/web:latest"}
    assert asked(lambda docker: docker.past("lr-a").exit_code) == {"past/*"}


def test_what_is_read_past_the_nouns_counts_as_the_whole_side() -> None:
    with noted() as found:
        assert Noting.of(EMPTY).docker is not None
    assert whole(found) == DOCKER


def test_what_a_cause_is_looked_for_in_is_not_what_was_asked() -> None:
    with noted() as found:
        note("container/lr-a")
        with behind():
            note("@docker")
            note("network/lr-n")
    assert whole(found) == {"container/lr-a"}


def test_a_change_concerns_who_asked_for_it() -> None:
    assert concerns(frozenset({"container/lr-a"}), {"container/lr-a"})
    assert not concerns(frozenset({"container/lr-a"}), {"container/lr-b", "network/lr-a"})
    assert concerns(frozenset({"container/*"}), {"container/lr-b"})
    assert concerns(frozenset({"Pod/lr-a"}), {"Pod/*"})
    assert concerns(CLUSTER, {"Pod/lr-a"})
    assert not concerns(CLUSTER, {"container/lr-a"})
    assert not concerns(frozenset({"Pod/lr-a"}), {"Deployment/lr-a"})


class Bench:
    """Two steps, a container each, judged as a watch does."""

    def __init__(self, folder: Path) -> None:
        self.engine = FakeEngine()
        self.engine.image("localhost:5777/web:1")
        lab = tiny(folder)

        def a_runs(docker: Docker) -> None:
            expect(docker.container("lr-a").status).equals("running")

        def b_runs(docker: Docker) -> None:
            expect(docker.container("lr-b").status).equals("running")

        step(lab, "a", a_runs)
        step(lab, "b", b_runs)
        self.session, self.world = begun(lab, folder, self.engine)
        self.judging = Judging(lab, self.judge)

    def judge(self, checks: list[Check], snapshot: Snapshot) -> list[Verdict]:
        return [judge(self.session.loaded, check, snapshot, self.session.values) for check in checks]

    def look(self, changed: set[str], current: str) -> set[str]:
        snapshot = self.world.snapshot(self.session.scope, [], {}, self.session.rest({}))
        return self.judging.judge(self.judging.concerned(changed, set(), current), snapshot)


def test_only_the_checks_that_read_what_changed_are_judged_again(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    assert bench.look(set(), "a") == {"a_runs", "b_runs"}, "the first time, all"
    assert bench.look({"container/lr-b"}, "a") == {"a_runs", "b_runs"}, "the cause of the current claim may be in it"
    bench.engine.container("lr-a", "localhost:5777/web:1")
    assert bench.look({"container/lr-a"}, "a") == {"a_runs"}
    assert bench.look({"container/lr-c"}, "a") == set()
    assert bench.look({"network/lr-n"}, "b") == {"b_runs"}
    bench.engine.container("lr-b", "localhost:5777/web:1")
    assert bench.look({"container/lr-b"}, "b") == {"b_runs"}
    assert bench.look({"container/lr-a"}, "") == {"a_runs"}
    assert [verdict.passed for verdict in bench.judging.verdicts.values()] == [True, True]
