"""A class graded on the teacher's cluster: the counterpart of `grading.class_run`, with the same results in the end."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from labrunner import interruption, wait, words
from labrunner import places as state
from labrunner.environment import engine as engines
from labrunner.environment import kind_programs
from labrunner.environment import settings as choices
from labrunner.errors import Fault, LabrunnerError, Refused, UsageError
from labrunner.fleet import assembled, class_image, gathered, login, manifests, plan, preflight, standing
from labrunner.fleet import place as places
from labrunner.fleet.following import Following
from labrunner.fleet.gathered import Books, Handed
from labrunner.fleet.manifests import Made
from labrunner.fleet.place import Place
from labrunner.fleet.pods import PodTerms
from labrunner.fleet.teachers_cluster import TeachersCluster
from labrunner.grading.class_run import Came
from labrunner.grading.grade import Class, graded_labs
from labrunner.grading.result import Isolation
from labrunner.lab import Lab
from labrunner.narrate import Narrator
from labrunner.state import lock
from labrunner.words import say

MOST_SECONDS = 120.0
"""Seconds that the namespace of a class gets to go."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where and how a class is graded.

    Attributes:
        context: of the kubeconfig.
        kubeconfig: its file; as kubectl finds it where empty.
        registry: the address of one; the course's own where empty, for the course's own cluster.
        registry_login: a file of Docker's with which Pods read from it; empty where it asks nobody.
        image: the reference of the Pods' image; built and pushed where empty.
        parallel: how many at a time.
        resume: take up what an earlier run has begun.
        pods: what a Pod may be.
    """

    context: str
    kubeconfig: str = ""
    registry: str = ""
    registry_login: str = ""
    image: str = ""
    parallel: int = 1
    resume: bool = False
    pods: PodTerms = field(default_factory=PodTerms)


def demand_isolation(isolation: Isolation, pods: PodTerms) -> None:
    """Make sure that who says that Pods are isolated has named what isolates them; raises Refused."""
    if isolation in (Isolation.VM, Isolation.SANDBOXED) and not pods.runtime_class:
        raise Refused(
            say(
                en=f"--isolation {isolation} on a cluster is what a runtime class makes of Pods, and none is named",
                zh=f"在集群上，--isolation {isolation} 要靠 runtimeClassName 实现，但没有指定",
            ),
            hint=say(
                en="runtimeClassName in the file of --pods; or --trust-students",
                zh="在 --pods 的文件里写 runtimeClassName；或加 --trust-students",
            ),
        )


def documents(paths: Sequence[Path], of: Class, wanted: Wanted) -> str:
    """Return the manifests of a class as YAML; nothing is built, pushed or made.

    Raises:
        LabrunnerError: a submission is none; as `run` in everything else.
    """
    demand_isolation(of.terms.isolation, wanted.pods)
    with TemporaryDirectory(prefix="labrunner-class-") as folder:
        found: dict[str, Handed] = {}
        settle = gathered.demand(of)
        for _, broken in gathered.read(paths, of, Path(folder), found):
            raise broken
        order = plan.of([one.seat for one in found.values() if one.labs], **_told(of, settle))
    wanted = _roomy(of, found, wanted)
    place = places.shown(wanted.registry, wanted.context, wanted.kubeconfig)
    image = (
        wanted.image or f"{place.pull}/{class_image.REPOSITORY}:{class_image.key(labs_of(of, found), of.terms.extra)}"
    )
    made = _made(wanted, image, place, count=len(order.seats)).planned(order)
    return manifests.as_yaml(manifests.documents(made))


def run(paths: Sequence[Path], of: Class, out: Path, wanted: Wanted) -> Iterator[Came]:
    """Grade submissions on a cluster, and yield each as it ends.

    Args:
        paths: folders and zips.
        of: the class.
        out: the folder of results; each submission has one below it.
        wanted: where and how.

    Raises:
        UsageError: a lab cannot be graded so, the context is not named, or a class is graded there already.
        Refused, EnvironmentNotReady, ClusterDown: as `preflight.demand`.
        Fault: in the end somebody is missing in the books.
    """
    demand_isolation(of.terms.isolation, wanted.pods)
    settle, books = gathered.demand(of), Books(list(paths))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="labrunner-class-")))
        found: dict[str, Handed] = {}
        for came in gathered.read(paths, of, folder, found):
            yield books.note(came)
        wanted = _roomy(of, found, wanted)
        for key, one in list(found.items()):
            if wanted.resume and gathered.graded_before(one, of, out):
                del found[key]
                yield books.note((one.path, None))
            elif not one.labs:
                del found[key]
                yield books.note(gathered.settled(one, assembled.lost(one.read, of, ""), out))
        if found:
            yield from _sent(found, of, out, wanted, settle, books, stack)
    if lacking := books.lacking():
        names = ", ".join(lacking)
        raise Fault(say(en=f"the books do not balance: {names}", zh=f"账目不平：{names}"))
    of.narrator.say(
        say(
            en=f"{len(books.handed)} handed in: {len(books.graded) + len(books.before)} graded, "
            f"{len(books.without)} not gradable",
            zh=f"共 {len(books.handed)} 份提交：{len(books.graded) + len(books.before)} 份已评分，"
            f"{len(books.without)} 份无法评分",
        )
    )


def _sent(  # noqa: PLR0913, PLR0917 - a class on its way
    found: dict[str, Handed],
    of: Class,
    out: Path,
    wanted: Wanted,
    settle: dict[str, float],
    books: Books,
    stack: ExitStack,
) -> Iterator[Came]:
    narrator, namespace = of.narrator, namespace_of(wanted)
    stack.enter_context(lock.held(state.state_dir() / "grading" / f"{namespace}.lock", within=1))
    cluster = TeachersCluster(kind_programs.kubectl_path(narrator), wanted.context, wanted.kubeconfig)
    place = stack.enter_context(places.held(wanted.registry, wanted.context, wanted.kubeconfig, narrator))
    made = _made(wanted, wanted.image or "none", place, count=len(found))
    preflight.demand_able(cluster, made)
    stood = _standing(cluster, made, resume=wanted.resume)
    following = Following(cluster, made, place.shelf(), of, out, books, found)
    try:
        narrator.say(preflight.said(preflight.demand(cluster, made), made))
        if not wanted.image:
            image = class_image.pushed(place, labs_of(of, found), of.terms.extra, engines.ensure(narrator), narrator)
            following.made = replace(made, image=image)
        order, taken = plan.of([], **_told(of, settle)), ""
        same = stood is not None and stood[1].image == following.made.image
        if same and stood is not None and (known := following.taken_up(stood[0], stood[1].plan)):
            order, taken = known, stood[0]
        yield from following.run(order, taken)
    except BaseException:
        if stood is not None or following.made.plan:
            narrator.say(
                say(
                    en=f"the Job in {made.namespace} goes on by itself: the same command with --resume takes it up",
                    zh=f"{made.namespace} 里的 Job 会继续运行：加 --resume 再运行同一条命令即可接着进行",
                )
            )
        else:  # nothing is at work there yet
            with suppress(LabrunnerError), interruption.held_back(tidies=True):
                _removed(cluster, following, narrator)
        raise
    with interruption.held_back(tidies=True):
        _removed(cluster, following, narrator)


def _removed(cluster: TeachersCluster, following: Following, narrator: Narrator) -> None:
    """Take away what the class has made on the cluster and in the registry."""
    for artifact in following.artifacts:
        following.shelf.drop(artifact)
    name = following.made.namespace
    found = cluster.read("namespace", name)
    if not following.made.labels.items() <= (found.get("metadata", {}).get("labels") or {}).items():
        return  # it is gone, or somebody has taken it over
    cluster.did("delete", "namespace", name, "--wait=false", "--ignore-not-found")
    if not wait.until(lambda: not cluster.read("namespace", name), within=MOST_SECONDS, every=1):
        narrator.say(say(en=f"the namespace {name} is still ending", zh=f"命名空间 {name} 还在删除中"))


def _standing(cluster: TeachersCluster, made: Made, *, resume: bool) -> tuple[str, standing.Standing] | None:
    """Return the Job of a class that is there, by its name; raises UsageError where nobody takes it up."""
    chosen = ",".join(f"{key}={value}" for key, value in made.labels.items())
    if not cluster.read("namespace", made.namespace):
        return None
    listed = cluster.read("-n", made.namespace, "jobs", "-l", chosen).get("items", [])
    there = [one for one in listed if not one["metadata"].get("deletionTimestamp")]
    if not there:
        return None
    if not resume:
        end = f"kubectl --context {cluster.context} delete namespace {made.namespace}"
        raise UsageError(
            say(
                en=f"a class is being graded in {made.namespace} already",
                zh=f"{made.namespace} 里已有一个班级正在评分",
            ),
            hint=say(
                en=f"--resume takes it up; this ends it: {end}", zh=f"加 --resume 接着进行；这样可以结束它：{end}"
            ),
        )
    newest = max(there, key=lambda one: one["metadata"]["creationTimestamp"])
    return newest["metadata"]["name"], standing.of_job(newest, manifests.PLAN)


def namespace_of(wanted: Wanted) -> str:
    """Return the namespace of a class: the one that is named, or this installation's own."""
    return wanted.pods.namespace or f"labrunner-grading-{choices.load().install[:6]}"


def labs_of(of: Class, found: dict[str, Handed]) -> list[Lab]:
    """Return the labs that Pods grade, each without what is not graded in it."""
    return graded_labs(of, sorted({slug for one in found.values() for slug in one.labs}))


def _roomy(of: Class, found: dict[str, Handed], wanted: Wanted) -> Wanted:
    """Return it with Pods that have room for what its labs need; raises UsageError where they may not."""
    return replace(wanted, pods=wanted.pods.roomy(labs_of(of, found)))


def _told(of: Class, settle: dict[str, float]) -> dict[str, object]:
    terms = of.terms
    return {"limit": terms.limit, "language": words.language(), "isolation": str(terms.isolation), "settle": settle}


def _made(wanted: Wanted, image: str, place: Place, *, count: int) -> Made:
    return Made(
        "",
        namespace_of(wanted),
        choices.load().install,
        image,
        place.pods,
        places.REPOSITORY,
        "",
        count,
        wanted.parallel,
        wanted.pods,
        login.for_pods(place.pods, wanted.registry_login) if wanted.registry_login else "",
    )
