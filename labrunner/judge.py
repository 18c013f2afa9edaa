"""A check and a snapshot in, a verdict out; pure, so that yesterday's snapshot can be judged again."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from functools import partial
from itertools import islice, product
from typing import Any

from labrunner.catalog import LoadedLab
from labrunner.expectation import HIDDEN, Failure, found
from labrunner.expectation import judged as facts_judged
from labrunner.facts import Fact, NotRecorded
from labrunner.lab import Check
from labrunner.operation import filled
from labrunner.outcome import Cause, Outcome, Verdict
from labrunner.over_time import Seen
from labrunner.over_time import judged as judged_over_time
from labrunner.values import spoken
from labrunner.when import Claim, parameters
from labrunner.why import Diagnosis
from labrunner.why.fact import explain_fact
from labrunner.words import say
from labrunner.world import Answer, Cluster, Docker, Snapshot, loops, motion
from labrunner.world.asked import behind, note
from labrunner.world.moments import Moments
from labrunner.world.shown_probe import shown_probe

WISH = re.compile(r", (spec|metadata)\b")
"""Where a cluster's object says what is wanted: no controller mends that, however much it moves."""
Arguments = Callable[[], dict[str, Any]]
"""Makes what a claim asks for, by name."""
Walked = Callable[[Fact[Any]], Diagnosis]
"""Walks from a fact that is not as it should be."""
LIVES = 64
"""How many lives of names, or combinations of them, a check looks at."""


def judge(loaded: LoadedLab, check: Check, snapshot: Snapshot, values: Mapping[str, str], client: str = "") -> Verdict:
    """Apply one check to a snapshot.

    Args:
        loaded: the lab.
        check: one of its checks.
        snapshot: what was read.
        values: what stands for every declared name, secrets included.
        client: the reference of the image that asks where a probe names none.

    A name may have had several lives since `start`: a claim that is true of one of them is true.

    Returns:
        pass; fail; waiting, where the world says that it is still getting there; or error, where the checker broke
        or the snapshot does not hold what was asked for.
    """
    claim = filled(loaded.text.steps[check.step].claims[check.id], spoken(loaded.lab, values))
    verdict = Verdict(loaded.entry.slug, check.step, check.id, claim, Outcome.PASS, notes=loaded.entry.heading)

    def walked(fact: Fact[Any]) -> Diagnosis:
        probes = {probe.name: probe for probe in loaded.lab.probes}
        return explain_fact(snapshot, fact, probes, {**values, **snapshot.values})

    def told(claim: Claim, world: Snapshot) -> Verdict:
        def look(docker: Docker) -> Verdict:
            asked = partial(_arguments, loaded, check.step, parameters(claim), world, values, client, docker)
            return _judged(verdict, claim, world, asked, walked, strange=bool(loaded.entry.origin))

        return _of_lives(world, look)

    def holds(claim: Claim, world: Snapshot) -> bool | None:
        def look(docker: Docker) -> Verdict:
            asked = partial(_arguments, loaded, check.step, parameters(claim), world, values, client, docker)
            return replace(verdict, outcome=_outcome(claim, asked))

        found = _of_lives(world, look)
        return None if found.outcome is Outcome.ERROR else found.passed

    present = told(check.function, snapshot)
    if check.when.historic:
        present = judged_over_time(Seen(check.when, check.function, Moments(snapshot), holds, present))
    secrets = [values[one.name] for one in loaded.lab.values.values() if one.kind == "secret" and values.get(one.name)]
    return present if present.passed else _without(present, secrets)


def _of_lives(world: Snapshot, look: Callable[[Docker], Verdict]) -> Verdict:
    """Look at the last life of each name; where that does not pass, at the others, until one does."""
    docker = Docker(world)
    told = look(docker)
    if told.passed:
        return told
    others = (look(Docker(world, life)) for life in _other_lives(docker.lives))
    return next((other for other in others if other.passed), told)


def _without(told: Verdict, secrets: list[str]) -> Verdict:
    """Return a verdict in which no secret of the lab's can be read, whatever a check compared or said."""

    def plain(value: Any) -> Any:
        if isinstance(value, str):
            for secret in secrets:
                value = value.replace(secret, HIDDEN)
            return value
        if isinstance(value, list):
            return [plain(item) for item in value]
        if isinstance(value, tuple):
            return tuple(plain(item) for item in value)
        if isinstance(value, dict):
            return {plain(name): plain(item) for name, item in value.items()}
        if isinstance(value, Cause):
            return replace(value, **{one.name: plain(getattr(value, one.name)) for one in fields(value)})
        return value

    said = ("expected", "found", "source", "see", "why", "causes")
    return replace(told, **{name: plain(getattr(told, name)) for name in said})


def _judged(  # noqa: PLR0913 - what a verdict is made of
    verdict: Verdict, claim: Claim, snapshot: Snapshot, arguments: Arguments, walked: Walked, *, strange: bool
) -> Verdict:
    try:
        with facts_judged() as facts:
            claim(**arguments())
    except Failure as failure:
        with behind():
            return _failed(verdict, failure, snapshot, walked)
    except NotRecorded as unknown:
        return replace(verdict, outcome=Outcome.ERROR, why=say(en=f"cannot know: {unknown}", zh=f"无法判断：{unknown}"))
    except (Exception, SystemExit) as broken:  # noqa: BLE001 - whatever a checker does, it is never the learner's fault
        sentence = f"{type(broken).__name__}: {broken}"
        why = say(en=f"the checker itself broke: {sentence}", zh=f"检查程序自身出错：{sentence}")
        return replace(verdict, outcome=Outcome.ERROR, why=why)
    if not facts and strange:  # a lab of this package is proved: each of its checks was seen to fail
        why = say(en="the check expected nothing of anything", zh="检查没有判断任何事实")
        return replace(verdict, outcome=Outcome.ERROR, why=why)
    with behind():
        looping = ((fact, loop) for fact in facts if (loop := loops.behind(snapshot, fact)))
        return next((_in_a_loop(verdict, fact, loop) for fact, loop in looping), verdict)


def _outcome(claim: Claim, arguments: Callable[[], dict[str, Any]]) -> Outcome:
    """Return whether a claim holds, and nothing else: of hundreds of moments nobody asks why."""
    try:
        claim(**arguments())
    except Failure:
        return Outcome.FAIL
    except (Exception, SystemExit):  # noqa: BLE001 - not recorded, or broken: neither true nor false
        return Outcome.ERROR
    return Outcome.PASS


def _in_a_loop(verdict: Verdict, fact: Fact[Any], loop: loops.Loop) -> Verdict:
    """Return the verdict on what is true only until the next crash."""
    outcome = Outcome.FAIL if loop.hopeless else Outcome.WAITING
    return replace(
        verdict, outcome=outcome, found=found(fact), source=fact.source, subject=fact.subject, see=fact.see,
        why=loop.sentence,
    )  # fmt: skip


def _other_lives(lives: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """Yield, for names whose past a check asked for, which lives to look at instead of the last of each."""
    choices = product(*(range(count or 1) for count in lives.values()))
    for chosen in islice(choices, 1, LIVES):
        yield dict(zip(lives, chosen, strict=True))


def _failed(verdict: Verdict, failure: Failure, snapshot: Snapshot, walked: Walked) -> Verdict:
    fact = failure.fact
    moves = motion.of(snapshot, fact.subject)
    causes = walked(fact).causes
    why = causes[0].sentence if causes else moves.stuck or fact.absent
    outcome = Outcome.FAIL
    broken = moves.stuck or (causes and fact.subject[:1].isupper())  # a cluster's walk knows what is only on its way
    if moves.moving and not broken and not WISH.search(fact.source):
        outcome, why, causes = Outcome.WAITING, moves.moving, ()
    return replace(
        verdict,
        outcome=outcome,
        expected=failure.expected,
        found=found(fact),
        source=fact.source,
        subject=fact.subject,
        absent=bool(fact.absent),
        see=fact.see,
        why=why,
        causes=causes,
    )


def _arguments(  # noqa: PLR0913, PLR0917 - what a check may ask for
    loaded: LoadedLab,
    step: str,
    names: tuple[str, ...],
    snapshot: Snapshot,
    values: Mapping[str, str],
    client: str,
    docker: Docker,
) -> dict[str, Any]:
    probes = {probe.name: probe for probe in loaded.lab.probes}
    known = {name.replace("-", "_"): text for name, text in {**values, **snapshot.values}.items()}
    given: dict[str, Any] = {}
    for name in names:
        if name == "docker":
            given[name] = docker
        elif name == "cluster":
            given[name] = Cluster(snapshot)
        elif name == "answer":
            given[name] = _handed_in(snapshot, step)
        elif name in probes:
            shown = {**values, **snapshot.values}
            given[name] = Answer(snapshot, probes[name], shown_probe(probes[name], shown, client))
        elif name in known:
            given[name] = known[name]
        else:
            raise NotRecorded(f"nothing is called {name}: no noun, probe, value or image of the lab")
    return given


def _handed_in(snapshot: Snapshot, step: str) -> Fact[str]:
    note(f"answer/{step}")
    value = snapshot.answers.get(step)
    see = f"labrunner answer {step} …"
    absent = "" if value is not None else say(en="no answer handed in yet", zh="还没有提交答案")
    return Fact(value, say(en="your answer", zh="你的答案"), see, absent, hidden=True)
