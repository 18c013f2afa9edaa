"""Ends a lab: removes what is ours, and proves it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from labrunner import catalog, scratch, starting
from labrunner.catalog import Entry, LoadedLab
from labrunner.entering import same_daemon, written
from labrunner.environment import registry_data, sandbox_journal, surroundings
from labrunner.environment import settings as choices
from labrunner.errors import LabBroken, Leak, NoLabStarted, UnknownLab
from labrunner.lab import Lab
from labrunner.narrate import Narrator, stage
from labrunner.operation import filled
from labrunner.state import in_use, lab_files, lock, log, recorder, removal, session
from labrunner.state.ours import Owned
from labrunner.state.recorder import daemon_of, namespace_of, scope_of
from labrunner.state.removal import Removal
from labrunner.state.session import Session
from labrunner.words import say
from labrunner.world import endpoint as endpoints
from labrunner.world.docker_engine import DockerEngine
from labrunner.world.reader import Scope


def reset(narrator: Narrator, extra: Path | None = None) -> tuple[Session, Removal]:
    """Give the lab that is open, or that was interrupted, a clean start: everything of it removed, then begun again.

    Raises:
        NoLabStarted: nothing is written of any.
    """
    with lock.held():
        loaded = written(extra)
        done = clear(loaded, narrator)
        return starting.begin(loaded, narrator), done


def stop(narrator: Narrator, *, everything: bool = False, extra: Path | None = None) -> Removal:
    """Remove everything of ours, and prove it; the cluster sleeps, or goes with `everything`.

    Raises:
        Leak: something of ours is still there.
    """
    with lock.held():
        done = Removal()
        labs = [known(slug, extra, narrator) for slug in session.started()]
        url = next(filter(None, map(_url_of, reversed(labs))), "")
        if everything:  # before the labs: what goes as a whole needs no waking, and nothing in it can keep it
            surroundings.drop_cluster(endpoints.reach(url or endpoints.resolve()), narrator)
        for loaded in labs:
            cleared = clear(loaded, narrator)
            done.removed += cleared.removed
            done.kept += cleared.kept
            done.declined += cleared.declined
        # What a lab stood on is where the lab was, wherever DOCKER_HOST may point by now.
        endpoint = endpoints.reach(url or endpoints.resolve())
        session.sweep()
        scratch.sweep()
        sandbox_journal.sweep(endpoint, choices.load().install)
        if everything or not in_use.by_somebody():  # else a demonstration that runs lets go of it when it ends
            surroundings.release(endpoint, everything=everything, narrator=narrator)
    return done


def known(slug: str, extra: Path | None, narrator: Narrator | None = None) -> LoadedLab:
    """Return a lab that is begun; one without steps where it is not there any more, or broken.

    What it made is still found, by label and by the names that every lab's objects have.

    Args:
        slug: the lab.
        extra: a folder of further labs.
        narrator: told where it is not there any more; None for who only looks.
    """
    try:
        return catalog.load(slug, extra)
    except (UnknownLab, LabBroken):
        if narrator is not None:
            narrator.say(
                say(
                    en=f"the lab {slug} cannot be loaded any more; what looks like its own is asked for",
                    zh=f"实验 {slug} 已无法加载；看起来属于它的东西会先询问",
                )
            )
        folder = session.directory_of(slug)
        return LoadedLab(Entry(slug, "", folder), Lab(str(folder / "lab.py")), {})


def _url_of(loaded: LoadedLab) -> str:
    try:
        return session.opened(loaded, session.directory_of(loaded.entry.slug)).endpoint.url
    except NoLabStarted:
        return ""


def clear(loaded: LoadedLab, narrator: Narrator) -> Removal:
    """Remove everything of one lab, and what is written of it.

    Args:
        loaded: the lab.
        narrator: shows what is done, and asks.

    Raises:
        Leak: something of it is still there.
    """
    directory = session.directory_of(loaded.entry.slug)
    recorder.end(directory)
    try:
        found = session.opened(loaded, directory)
        found_endpoint = found.endpoint
        same_daemon(found, endpoints.reach(found.endpoint.url))
        begins = found.undo
    except NoLabStarted:
        found = _rebuilt(loaded, directory)
        found_endpoint, begins = found.endpoint, _nothing
    engine = DockerEngine(found_endpoint.url)
    scope, names = with_recorded(found), loaded.lab.names
    references = references_of(found)
    with stage(narrator, say(en="removing what is the lab's", zh="清理实验留下的东西")):
        done = removal.remove(engine, scope, names, _agree(narrator), references, begins)
    registry_data.forget_pushed(found.install)
    nodes = loaded.lab.touches_nodes
    surroundings.close_namespace(found_endpoint, found.namespace, nodes=nodes, narrator=narrator)
    files = Path(found.files) if found.files else lab_files.learners(loaded)
    if own := lab_files.take_back(loaded, files):
        where, number = files, len(own)
        narrator.say(
            say(en=f"yours, and left there: {number} files in {where}", zh=f"你的 {number} 个文件保留在 {where}")
        )
    if left := removal.left(engine, scope, names, done, references):
        raise Leak(
            say(
                en="still there after its removal: " + ", ".join(one.name for one in left),
                zh="删除之后仍然存在：" + "、".join(one.name for one in left),
            ),
            hint="labrunner stop",
        )
    found.forget()
    return done


def with_recorded(found: Session) -> Scope:
    """Return a lab's scope, with the images that the log says bore one of its names."""
    events = log.events(log.read(found.directory))
    scope = found.scope
    bore = {str(e["id"]) for e in events if e.get("type") == "image" and scope.holds_reference(str(e.get("name", "")))}
    return replace(scope, recorded=frozenset(bore))


def references_of(found: Session) -> frozenset[str]:
    """Return the references of images that the lab itself prescribes."""
    lab, values = found.loaded.lab, found.values
    pulled = [values[name] for name in lab.images]
    made = [filled(reference, values) for reference in lab.references]
    pushed = [f"{values['registry']}/{filled(reference, values)}" for reference in lab.pushed]
    # Where a start was interrupted, nobody may have written down that it had pulled the client's image.
    client = found.client or f"localhost:{found.port}/{surroundings.CLIENT}"
    return frozenset([*pulled, *made, *pushed, client])


def _rebuilt(loaded: LoadedLab, directory: Path) -> Session:
    """A session whose file cannot be read: what is ours is found by label and by the baseline, if that is there.

    Raises:
        OtherDaemon: the baseline is of another daemon than the one that answers, so nothing here is in it.
    """
    settings = choices.load()
    try:
        url, scope, _ = scope_of(directory)
        daemon, namespace = daemon_of(directory), namespace_of(directory)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        url, scope, daemon, namespace = endpoints.resolve(), None, "", ""
    endpoint = endpoints.reach(url)
    found = Session(loaded, directory, endpoint, settings.install, settings.student or settings.install, settings.port)
    if daemon:
        same_daemon(replace(found, endpoint=replace(endpoint, daemon_id=daemon)), endpoint)
    found.baseline = scope.baseline if scope is not None else DockerEngine(endpoint.url).inventory()
    # A lab that is not there any more does not say that it uses the cluster; what was written at its start does.
    found.namespace = f"lab-{loaded.entry.slug}" if loaded.lab.uses_cluster else namespace
    return found


def _nothing() -> None:
    """Do nothing: what is written of the lab says already that it was interrupted."""


def _agree(narrator: Narrator) -> Callable[[list[Owned]], bool]:
    def asked(derived: list[Owned]) -> bool:
        question = say(en="these come from the lab; remove them?", zh="这些来自实验，要删除吗？")
        return narrator.consents(question, [f"{one.kind[:-1]} {one.name}" for one in derived])

    return asked
