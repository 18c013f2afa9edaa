"""Begins a lab, or takes up a started one: environment, baseline, recorder, and what `start` promises to be there."""

from collections.abc import Callable, Sequence

from labrunner import scratch
from labrunner.catalog import LoadedLab
from labrunner.entering import same_daemon, scripted
from labrunner.environment import cluster_record, surroundings
from labrunner.environment import engine as engines
from labrunner.errors import DiskFull, Fault, NameTaken, NoLabStarted, UsageError
from labrunner.lab import names_in
from labrunner.narrate import Narrator, stage
from labrunner.operation import filled_act
from labrunner.perform import Unseen, perform
from labrunner.state import journal, lab_files, recorder, session
from labrunner.state.session import Session
from labrunner.words import say
from labrunner.world import endpoint as endpoints
from labrunner.world.docker_engine import DockerEngine, name_of

NO_SPACE = "no space left on device"
"""What a daemon says, in whatever sentence, where its disk is full (ENOSPC)."""
PROJECT = "com.docker.compose.project"
"""The label that compose gives to the containers of a project; by it alone, `down` finds what it removes."""


def begun(loaded: LoadedLab, narrator: Narrator, clear: Callable[[LoadedLab, Narrator], object]) -> Session | None:
    """Return the lab's session where it was started before; clear away one that was interrupted.

    Raises:
        UsageError: another lab is open.
        OtherDaemon: another daemon answers than the one that it was started on.
    """
    session.sweep()
    slug = loaded.entry.slug
    others = [other for other in session.started() if other != slug]
    if others:
        raise UsageError(
            say(en=f"the lab {others[-1]} is open", zh=f"实验 {others[-1]} 还开着"),
            hint=say(en="end it first: labrunner stop", zh="先结束它：labrunner stop"),
        )
    if slug not in session.started():
        return None
    try:
        found = session.opened(loaded, session.directory_of(slug))
    except NoLabStarted:
        found = None
    if found is None or not found.progress.done:
        narrator.say(say(en="the lab was interrupted on its way; clearing it away", zh="上次操作被中断，先清理"))
        clear(loaded, narrator)
        return None
    same_daemon(found, endpoints.reach(found.endpoint.url))
    before = cluster_record.load()
    around = surroundings.arrange(loaded.lab, narrator, found.endpoint, found.directory)
    if around.registry.port != found.port:
        raise Fault(f"the registry moved from port {found.port} to {around.registry.port}", hint="labrunner reset")
    if found.kubeconfig and (before is None or around.cluster is None or around.cluster.uid != before.uid):
        narrator.say(
            say(
                en="the cluster is another one now: the lab begins anew on it",
                zh="集群已经重新创建：实验在新集群上重新开始",
            )
        )
        clear(loaded, narrator)
        return None
    if found.told != around.told:  # another port leads to it
        found.told = around.told
        found.save()
    recorder.begin(found.directory)
    return found


def begin(loaded: LoadedLab, narrator: Narrator) -> Session:
    """Begin a lab on the user's own daemon; the lock is held by the caller. Raises as `lifecycle.start` does."""
    endpoint = engines.ensure(narrator)
    engine = DockerEngine(endpoint.url)
    refuse_taken(engine, loaded)
    baseline = engine.inventory()
    around = surroundings.arrange(loaded.lab, narrator, endpoint, session.directory_of(loaded.entry.slug))
    settings = around.settings
    begun = Session(
        loaded,
        session.directory_of(loaded.entry.slug),
        endpoint,
        settings.install,
        settings.student or settings.install,
        settings.port,
        baseline=baseline,
    )
    begun.progress.started = session.utc_now()
    begun.namespace = f"lab-{loaded.entry.slug}" if around.cluster is not None else ""
    begun.begin_log()
    begun.save()
    if around.cluster is not None:
        begun.kubeconfig = surroundings.open_namespace(around, begun.namespace, begun.directory, loaded.lab)
        begun.told = around.told
    begun.files = lab_files.place(loaded, lab_files.learners(loaded))  # taken back as well where nobody wrote that down
    begun.loaded = loaded.without({**around.missing, **surroundings.without_host(around, loaded.lab, endpoint)})
    begun.save()
    if not recorder.begin(begun.directory):
        endpoints.reach(endpoint.url)  # a daemon that went is no fault of ours
        raise Fault(
            say(en="the recorder of the lab did not start", zh="实验的记录进程没有启动"),
            hint=say(en=f"why: {begun.directory / 'recorder.out'}", zh=f"原因：{begun.directory / 'recorder.out'}"),
        )
    with stage(narrator, say(en="preparing the lab", zh="准备实验")):
        furnish(begun, around, engine)
    return begun


def furnish(begun: Session, around: surroundings.Surroundings, engine: DockerEngine) -> None:
    """Make what `start` promises: the client image where probes need it, and what the lab declared as prepared.

    Raises:
        DiskFull: the daemon's disk is full.
        Fault: a preparation failed; what it made is known by its names and is removed by the next `start`, or `stop`.
        DockerDown: the daemon went away meanwhile.
    """
    lab = begun.loaded.lab
    if surroundings.needs_client(lab):
        begun.client = around.client
        begun.save()  # before it is there
        surroundings.have_client(around, begun.endpoint)
    plant(begun, lab.prepared, engine)
    begun.progress.done = True
    begun.save()


def plant(begun: Session, scripts: Sequence[str], engine: DockerEngine) -> None:
    """Run preparations of a lab, and write down which containers are theirs; raises as `furnish` does."""
    lab, env = begun.loaded.lab, scripted(begun)
    for script in scripts:
        journal.append(begun.directory / "journal.jsonl", {"intends": "prepare", "names": list(lab.names)})
        with scratch.folder("script") as folder:
            said = _Kept()
            act = filled_act(script, begun.values)
            if perform(act, env, folder, said) != 0:
                endpoints.reach(begun.endpoint.url)  # a daemon that went is no fault of ours
                slug = begun.loaded.entry.slug
                if said.full:
                    raise DiskFull(
                        say(en=f"the Docker daemon's disk is full: {said.last}", zh=f"Docker 的磁盘已满：{said.last}"),
                        hint=say(
                            en="free some space, then run the same command again", zh="腾出空间后再运行同一条命令"
                        ),
                    )
                raise Fault(f"preparing {slug} failed: {said.last}", hint=f"labrunner start {slug}")
    planted = names_in("\n".join(scripts))
    begun.progress.prepared |= {
        name: id_
        for id_, name in engine.inventory().containers.items()
        if name in planted and id_ not in begun.baseline.containers
    }


class _Kept(Unseen):
    """Keeps the last thing that was said, for a one-sentence message, and whether a disk was said to be full."""

    last, full = "", False

    def output(self, text: str) -> None:
        lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("See '")]
        self.last = lines[-1][:200] if lines else self.last
        self.full |= NO_SPACE in text.lower()


def refuse_taken(engine: DockerEngine, loaded: LoadedLab) -> None:
    """Refuse where a name that the lab prescribes is taken.

    Raises:
        NameTaken: says whose it is, its age and state, and the line that renames it; of a compose project as well.
    """
    names = set(loaded.lab.names)
    for raw in engine.list("containers"):
        name = name_of(raw)
        project = (raw.get("Labels") or {}).get(PROJECT, "")
        if project in names:
            raise NameTaken(
                say(
                    en=f"a compose project of yours is called {project} ({name} is of it), and the lab needs that name",
                    zh=f"你已有一个名为 {project} 的 compose 项目（含容器 {name}），而实验需要这个名字",
                ),
                hint=say(
                    en=f"begin it under another name, docker compose -p my-{project} up -d, and end this one yourself",
                    zh=f"换个名字启动它：docker compose -p my-{project} up -d，再自行结束现在这个",
                ),
            )
        if name in names:
            what = f"{raw['Image']}, {raw['Status']}"
            raise NameTaken(
                say(
                    en=f"a container of yours is called {name} ({what}), and the lab needs that name",
                    zh=f"你已有一个名为 {name} 的容器（{what}），而实验需要这个名字",
                ),
                hint=f"docker rename {name} my-{name}",
            )
    for kind, listed in (("network", "networks"), ("volume", "volumes")):
        for raw in engine.list(listed):
            if raw["Name"] in names:
                made = str(raw.get("CreatedAt") or raw.get("Created") or "?")[:16]
                raise NameTaken(
                    say(
                        en=f"a {kind} of yours is called {raw['Name']} (made {made}), and the lab needs that name",
                        zh=f"你已有一个名为 {raw['Name']} 的 {kind}（创建于 {made}），而实验需要这个名字",
                    ),
                    hint=say(
                        en=f"look at it: docker {kind} inspect {raw['Name']}; a {kind} cannot be renamed, only removed",
                        zh=f"先看看它：docker {kind} inspect {raw['Name']}；{kind} 不能改名，只能删除",
                    ),
                )
