from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labrunner.errors import LabBroken
from labrunner.lab import ID, NAME, Lab
from labrunner.operation import HandIn, Terminal
from tests.tiny import tiny


def test_a_check_without_a_mutant_does_not_load(tmp_path: Path) -> None:
    with pytest.raises(LabBroken, match="no mutant"):
        tiny(tmp_path).step("a", solve="x").check(wrong={})


@pytest.mark.parametrize("id_", ["", "A", "a_b", "-a", "a-", "a--b", "1a", "a b"])
def test_a_step_is_called_in_kebab_case(tmp_path: Path, id_: str) -> None:
    with pytest.raises(LabBroken):
        tiny(tmp_path).step(id_, solve="x")


def test_a_namespace_that_may_do_more_has_a_reason(tmp_path: Path) -> None:
    lab = tiny(tmp_path)
    assert lab.security == "baseline"
    for level, why in (("privileged", " "), ("open", "it is about nodes")):
        with pytest.raises(LabBroken, match="level and a reason"):
            lab.pod_security(level, why=why)
    lab.pod_security("privileged", why="it is about what a Pod can do to its node")
    assert lab.without([]).security == "privileged"


def test_two_steps_have_two_names(tmp_path: Path) -> None:
    lab = tiny(tmp_path)
    lab.step("a", solve="x")
    with pytest.raises(LabBroken, match="taken"):
        lab.step("a", solve="y")


def test_the_names_that_a_lab_prescribes_are_those_that_a_right_way_creates(tmp_path: Path) -> None:
    lab = tiny(tmp_path)
    lab.prepare("docker create --name lr-till {till}\ndocker tag lr-oldtill:1999 lr-oldtill:spare")
    made = lab.step(
        "a",
        solve=("docker run --name lr-web -v lr-data:/data --network=lr-shop x", Terminal("docker attach lr-att")),
        also={"other": "docker run --name=lr-other x; curl http://lr-not.example/lr-path", "said": HandIn("lr-said")},
    )
    made.check(wrong={"odd": "docker run --name lr-mutant x"})(lambda: None)
    assert lab.names == ("lr-att", "lr-data", "lr-oldtill", "lr-other", "lr-said", "lr-shop", "lr-till", "lr-web")


@given(st.from_regex(NAME, fullmatch=True))
def test_a_prescribed_name_always_begins_with_the_labs_letters(name: str) -> None:
    assert name.startswith("lr-")
    assert ID.fullmatch(name)


def test_a_lab_uses_the_cluster_where_a_check_or_a_probe_does(tmp_path: Path) -> None:
    lab = tiny(tmp_path)
    made = lab.step("a", solve="x")
    made.check(wrong={"odd": "y"})(lambda docker: docker)
    assert not lab.uses_cluster
    made.probe("true", at="cluster")
    assert lab.uses_cluster


def test_a_lab_says_what_it_uses_of_a_machine(tmp_path: Path) -> None:
    plain, busy = tiny(tmp_path), tiny(tmp_path)
    plain.step("a", solve="docker run --name lr-a x").check(wrong={"odd": "y"})(lambda docker: docker)
    assert not any((plain.pushes, plain.composes, plain.looks_elsewhere, plain.uses_cluster))
    assert plain.uses_docker
    step = busy.step(
        "a",
        solve="docker tag x lr-own:{order}; docker image push {registry}/lr-sign:{order}",
        also={"composed": "docker compose -f - up -d <<'E'\nE", "seen": "labrunner host ps"},
    )
    step.check(wrong={"odd": "y"})(lambda cluster: cluster)
    assert busy.pushes
    assert busy.composes
    assert busy.looks_elsewhere
    assert busy.uses_cluster
    assert busy.uses_docker
    assert busy.pushed == ("lr-sign:{order}",)
    assert busy.references == ("lr-own:{order}",)


def test_a_lab_of_the_cluster_alone_uses_no_docker(tmp_path: Path) -> None:
    lab = tiny(tmp_path)
    lab.step("a", solve="kubectl run lr-a --image=x").check(wrong={"odd": "y"})(lambda cluster: cluster)
    assert not lab.uses_docker
    assert lab.demands_cluster


def test_a_step_that_says_it_may_lack_the_cluster_does_not_demand_it(tmp_path: Path) -> None:
    lab = tiny(tmp_path)
    lab.step("a", solve="x", needs=["cluster"]).check(wrong={"odd": "y"})(lambda cluster: cluster)
    assert lab.uses_cluster
    assert not lab.demands_cluster


def timed(folder: Path, *minutes: int) -> Lab:
    lab = tiny(folder)
    for number, one in enumerate(minutes, start=1):
        lab.step(f"s{number}", solve="x", minutes=one)
    return lab


def test_pauses_come_as_the_minutes_add_up_and_never_after_the_last_step(tmp_path: Path) -> None:
    assert timed(tmp_path, 4, 9, 3, 4, 5, 12).pauses == ["s2", "s5"]


def test_a_lab_says_its_pauses_itself(tmp_path: Path) -> None:
    lab = timed(tmp_path, 4, 9, 3, 4, 5, 12)
    lab.pauses_after("s4", "s1")
    assert lab.pauses == ["s1", "s4"]


@pytest.mark.parametrize("step", ["s3", "s9"], ids=["last", "stranger"])
def test_a_pause_comes_after_a_step_that_is_there_and_not_the_last(tmp_path: Path, step: str) -> None:
    with pytest.raises(LabBroken, match=f"a pause after '{step}', which is no step before the last"):
        timed(tmp_path, 4, 9, 3).pauses_after("s1", step)


def test_a_pause_after_a_step_that_is_left_out_comes_after_the_one_before(tmp_path: Path) -> None:
    lab = timed(tmp_path, 4, 9, 3, 4)
    lab.pauses_after("s1", "s3")
    assert lab.without(["s3"]).pauses == ["s1", "s2"]
    assert lab.without(["s1"]).pauses == ["s3"]
    assert lab.without(["s4"]).pauses == ["s1"]
