"""The controller of a class: sends what lacks, reads what ended, frees who is lost, sends again what was not seen."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from labrunner import wait
from labrunner.environment.cluster_damage import is_ready
from labrunner.environment.kubectl import APPLY
from labrunner.errors import ClusterDown, EnvironmentNotReady
from labrunner.fleet import assembled, framed, gathered, login, manifests, plan, standing
from labrunner.fleet.blobs import Shelf
from labrunner.fleet.gathered import Books, Handed
from labrunner.fleet.manifests import Made
from labrunner.fleet.plan import Plan
from labrunner.fleet.standing import PodSeen, Standing
from labrunner.fleet.teachers_cluster import TeachersCluster
from labrunner.grading.class_run import RESULT, Came
from labrunner.grading.grade import Class
from labrunner.grading.result import Result
from labrunner.words import say

EVERY = 2.0
SILENT = 600.0
"""Seconds that a cluster may not answer before the controller gives up; the Job goes on without it."""
ROUNDS = 3
"""How many Jobs may lose something before it is given up."""
MOST = 1000
"""Submissions of one Job: each Pod reads the whole plan, and each look at the Job reads a line of every Pod."""
UNREAD = 60.0
"""Seconds that a result which is there and cannot be read is asked for, once nothing else is to be done."""
LEAVING = 60.0
"""Seconds after which a Pod that was told to end on a node that does not answer is given up."""
ENDED = json.dumps({"status": {"phase": "Failed", "reason": "NodeLost"}})
"""What a kubelet would say of such a Pod. Until somebody does, the Job keeps it, though it is removed, and begins none:
https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-replacement-policy"""
TOLD = 15.0
"""Seconds between two lines of how far it is."""


@dataclass(slots=True)
class Following:
    """One class on its way.

    Attributes:
        cluster, made: where it is graded, and as what; `made` is replaced for each Job.
        shelf: where its files are put.
        of, out, books: the class, its results, and who has come to an end.
        left: who has not, by place.
        artifacts: what was put into the registry, by digest.
    """

    cluster: TeachersCluster
    made: Made
    shelf: Shelf
    of: Class
    out: Path
    books: Books
    left: dict[str, Handed]
    artifacts: list[str] = field(default_factory=list)
    _leaving: dict[str, float] = field(default_factory=dict)
    _began: float = field(default_factory=wait.now)
    _before: int = 0
    _told: float = 0.0

    def run(self, order: Plan, standing_job: str = "") -> Iterator[Came]:
        """Grade whoever is left, and yield each as it ends.

        Args:
            order: what the plan of the first Job says beside its submissions.
            standing_job: the name of a Job that is taken up; none where empty.
        """
        self._before, lost = self.books.ended, 0
        while self.left and lost < ROUNDS:
            if not standing_job:
                order = self._sent(order)
                standing_job = self.made.name
            yield from self._followed(standing_job, order)
            lost += any(self._is_ours(seat.place, seat.blob) for seat in order.seats)
            standing_job = ""
        why = say(en="no Pod has given a result that could be read", zh="没有 Pod 给出可读的结果")
        for one in list(self.left.values()):
            yield self._ended(one, assembled.lost(one.read, self.of, why))

    def taken_up(self, name: str, plan_digest: str) -> Plan | None:
        """Return the plan of a Job that is there; None where nothing knows it any more."""
        try:
            return plan.parsed(self.shelf.get(plan_digest))
        except EnvironmentNotReady:
            self.of.narrator.say(
                say(en=f"the plan of {name} is lost; it is sent anew", zh=f"{name} 的计划丢失，重新发送")
            )
            return None

    def _sent(self, order: Plan) -> Plan:
        """Put whoever is left, or as many as one Job has, into the registry, and make a Job of it."""
        chosen = [self.left[place] for place in sorted(self.left)[:MOST]]
        seats = order.seating(one.seat for one in chosen)
        made, data = self.made.planned(seats), seats.data()
        for one in chosen:
            self.shelf.put(one.zip)
        files = sorted({(seat.blob, seat.size) for seat in seats.seats})
        self.artifacts.append(self.shelf.bind(made.plan.removeprefix("sha256:")[:20], data, files))
        self._readable(made)
        self.made = made  # from here on a Job may be at work
        self._without_jobs()
        if made.login:  # by itself: what is printed for git, and what is asked of the API beforehand, has no password
            self.cluster.did("apply", "-f", "-", stdin=json.dumps(manifests.namespace(made)))
            self.cluster.did(*APPLY, stdin=json.dumps(manifests.secret(made)))
        listed = {"apiVersion": "v1", "kind": "List", "items": manifests.documents(self.made)}
        self.cluster.did("apply", "-f", "-", stdin=json.dumps(listed))
        self.of.narrator.say(
            say(
                en=f"{len(seats.seats)} submissions are with the Job {self.made.name} in {self.made.namespace}",
                zh=f"{len(seats.seats)} 份提交已交给 {self.made.namespace} 里的 Job {self.made.name}",
            )
        )
        return seats

    def _readable(self, made: Made) -> None:
        """Make sure that the registry gives a Pod what it asks for first; raises EnvironmentNotReady where not."""
        if self.shelf.address == made.registry:  # else Pods have another way, which is not there from here
            who = partial(login.known, made.registry, text=made.login or "{}")
            Shelf(made.registry, made.repository, who).get(made.plan)

    def _without_jobs(self) -> None:
        """Take away the Jobs of this class that have nothing more to say; raises ClusterDown where one stays."""
        chosen = ("-n", self.made.namespace, "jobs", "-l", ",".join(f"{k}={v}" for k, v in self.made.labels.items()))
        if self.cluster.read("namespace", self.made.namespace):
            self.cluster.did(*("delete", *chosen), "--wait=false", "--ignore-not-found")
        if not wait.until(lambda: not self.cluster.read(*chosen).get("items"), within=120, every=1):
            raise ClusterDown(
                say(
                    en=f"an old Job in {self.made.namespace} does not end",
                    zh=f"{self.made.namespace} 里旧的 Job 一直没有结束",
                )
            )

    def _followed(self, name: str, order: Plan) -> Iterator[Came]:
        """Read what ends of one Job, until nothing of it is left to read."""
        index = {number: seat.place for number, seat in enumerate(order.seats) if self._is_ours(seat.place, seat.blob)}
        uid, heard, idle = "", wait.now(), 0.0
        while index:
            try:
                now = standing.of_job(self.cluster.read("-n", self.made.namespace, "job", name), manifests.PLAN)
                pods = standing.pods(self.cluster, self.made.namespace, name) if now.there else []
                heard = wait.now()
            except ClusterDown as silent:
                if wait.now() - heard > SILENT:
                    raise
                self.of.narrator.say(silent.message)
                wait.pause(5 * EVERY)
                continue
            uid = uid or now.uid
            if not now.there or now.uid != uid:
                gone = say(
                    en=f"the Job {name} is gone; what lacks is sent again", zh=f"Job {name} 不见了，缺的部分重新发送"
                )
                self.of.narrator.say(gone)
                return
            before = len(index)
            yield from self._read(now, pods, index)
            self._free(pods)
            self._tell()
            idle = 0.0 if len(index) < before or not now.over else idle or wait.now()
            vanished = index.keys() - {pod.index for pod in pods}
            if now.over and index and (len(vanished) == len(index) or wait.now() - idle > UNREAD):
                return
            if index:
                wait.pause(EVERY)

    def _read(self, now: Standing, pods: list[PodSeen], index: dict[int, str]) -> Iterator[Came]:
        for pod in pods:
            if pod.index in index and pod.phase == "Succeeded" and (files := self._files(pod, index[pod.index])):
                yield self._came(index.pop(pod.index), files)
        for number in sorted(now.failed & index.keys()):
            tried = sorted(
                (pod for pod in pods if pod.index == number and pod.phase == "Failed"), key=lambda pod: pod.made
            )
            files = next((found for pod in reversed(tried) if (found := self._files(pod, index[number]))), {})
            if tried and tried[-1].why == standing.HUNGRY:
                files = {}  # what the checker saw of it is an engine that went away
            cause = tried[-1].cause if tried else say(en="its Pods are gone", zh="它的 Pod 已不存在")
            yield self._came(index.pop(number), files or {"error.txt": cause.encode()})

    def _files(self, pod: PodSeen, place: str) -> dict[str, bytes]:
        """Return what a Pod has printed of its result; empty where it cannot be read, or not yet."""
        try:
            log = self.cluster.lines(
                "-n", self.made.namespace, "logs", pod.name, "-c", manifests.CHECKER, mark="labrunner-result-"
            )
        except ClusterDown:
            return {}
        found = framed.read(log, self.left[place].seat.blob)
        return found if RESULT in found or "error.txt" in found else {}

    def _came(self, place: str, files: dict[str, bytes]) -> Came:
        one = self.left[place]
        if RESULT in files:
            result = assembled.result(one.read, self.of, files, gathered.evidence(one, self.out))
        else:
            result = assembled.lost(one.read, self.of, files["error.txt"].decode(errors="replace"))
        return self._ended(one, result)

    def _ended(self, one: Handed, result: Result) -> Came:
        del self.left[one.place]
        return self.books.note(gathered.settled(one, result, self.out))

    def _is_ours(self, place: str, blob: str) -> bool:
        return place in self.left and self.left[place].seat.blob == blob

    def _free(self, pods: list[PodSeen]) -> None:
        """Give up the Pods whose node does not answer: what waits for them would wait for ever."""
        leaving = {pod.name: pod for pod in pods if pod.leaving and pod.phase not in ("Succeeded", "Failed")}
        self._leaving = {name: self._leaving.get(name, wait.now()) for name in leaving}
        for name, since in self._leaving.items():
            if wait.now() - since > LEAVING and not self._answers(leaving[name].node):
                within = ("-n", self.made.namespace)
                gone = ("--force", "--grace-period=0", "--wait=false", "--ignore-not-found")
                if self.cluster.asked(*within, "delete", "pod", name, *gone).ok:
                    self.cluster.asked(*within, "patch", "pod", name, "--subresource=status", "--patch", ENDED)

    def _answers(self, node: str) -> bool:
        try:
            return is_ready(self.cluster.read("node", node))
        except ClusterDown:
            return True

    def _tell(self) -> None:
        if wait.now() - self._told < TOLD:
            return
        self._told, spent = wait.now(), wait.now() - self._began
        done, whole = self.books.ended, len(self.books.handed)
        self.of.narrator.say(progress(done, whole, done - self._before, spent))


def progress(done: int, whole: int, here: int, spent: float) -> str:
    """Return one line of how far a class is.

    Args:
        done: how many have come to an end.
        whole: of how many.
        here: how many of them in this run.
        spent: seconds that this run has lasted.
    """
    said = say(en=f"{done} of {whole}", zh=f"{done}/{whole}")
    if not here or spent <= 0:
        return said
    rate, left = 60 * here / spent, (whole - done) * spent / here / 60
    return said + say(
        en=f", {rate:.1f} a minute, about {left:.0f} min left", zh=f"，每分钟 {rate:.1f} 份，约剩 {left:.0f} 分钟"
    )
