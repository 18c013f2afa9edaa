"""Bundles: what labs need is saved out of one machine's cache, and loaded into that of another with no network."""

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from labrunner import atomic
from labrunner.environment import bundle_contents, bundle_part, cache, target, wheelhouse
from labrunner.environment.build import built
from labrunner.environment.bundle import FILE, Bundle, Part
from labrunner.environment.bundle_source import Source, verify_wheel
from labrunner.errors import SourceMissing, UsageError
from labrunner.lab import Lab
from labrunner.narrate import Narrator, stage
from labrunner.words import say


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of loading a bundle: its id, what is in the cache by now, and what had been there before."""

    id: str
    loaded: tuple[str, ...] = ()
    there: tuple[str, ...] = field(default=())

    def record(self) -> dict[str, Any]:
        """Return it as JSON-able values."""
        return asdict(self)


def save(
    folder: Path, labs: Mapping[str, Lab], parts: Sequence[str], pythons: Sequence[str], narrator: Narrator
) -> Bundle:
    """Save what labs need; what the cache lacks of it is built.

    Args:
        folder: where to; a part that is there is replaced once the new one is whole.
        labs: the labs, by their slugs.
        parts: of `bundle_contents.PARTS`.
        pythons: versions of Python ("3.12") whose packages are put beside; none for no packages.
        narrator: told what is built and packed.

    Raises:
        EnvironmentNotReady: something of it is not to be had.
        DiskFull: there is no room.
    """
    _folder_made(folder)
    made = {}
    for name, wanted in bundle_contents.targets(labs.values()).items():
        if name in parts and wanted:
            made[name] = _saved(folder, name, wanted, narrator)
    wheels = wheelhouse.fill(folder / "wheels", pythons, narrator) if pythons else {}
    bundle = Bundle(platform.machine(), tuple(labs), made, wheels)
    atomic.write(folder / FILE, bundle.text(), mode=0o644)
    return Source(str(folder)).read()


def _folder_made(folder: Path) -> None:
    """Make the folder of a bundle.

    Raises:
        UsageError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as wrong:
        why = wrong.strerror or str(wrong)
        raise UsageError(say(en=f"{folder} cannot be made: {why}", zh=f"无法创建 {folder}：{why}")) from wrong


def _saved(folder: Path, name: str, wanted: Iterable[str], narrator: Narrator) -> Part:
    found = {one: built(one, narrator, dict(os.environ)) for one in wanted}
    file = f"{name}.tar"
    label = say(en=f"packing {file}", zh=f"打包 {file}")
    unfinished = folder / f".{file}.unfinished"
    try:
        with stage(narrator, label) as show, unfinished.open("wb") as opened:
            written = bundle_part.write(opened, found, partial(show, ""))
            opened.flush()
            os.fsync(opened.fileno())
        unfinished.replace(folder / file)
    finally:
        unfinished.unlink(missing_ok=True)
    whole, pieces = written.sums()
    return Part(file, written.size, whole, pieces, {one: target.key(one) for one in found})


def load(place: str, parts: Sequence[str], narrator: Narrator, *, known: str = "") -> Loaded:
    """Load a bundle into the cache; what is there already is left as it is.

    Args:
        place: a folder or an address.
        parts: of `bundle_contents.PARTS`; those that the bundle has not are passed over.
        narrator: told what is copied and unpacked.
        known: what its id has to be; empty where nobody said.

    Raises:
        UsageError: it is no bundle, another than `known`, or broken.
        SourceMissing: it is for another processor, or of another version of this program.
        EnvironmentNotReady: the server does not answer.
    """
    source = Source(place)
    bundle = source.read()
    if known and bundle.id != known:
        raise UsageError(
            say(
                en=f"the bundle is {bundle.id[:16]}…, not {known[:16]}…",
                zh=f"离线包是 {bundle.id[:16]}…，不是 {known[:16]}…",
            )
        )
    _demand_fitting(bundle, parts)
    loaded: list[str] = []
    there: list[str] = []
    for name, part in bundle.parts.items():
        if name not in parts:
            continue
        missing = [one for one, key in part.targets.items() if not cache.slot(one, key).exists()]
        there += [one for one in part.targets if one not in missing]
        if missing:
            _load(source, part, missing, narrator)
            loaded += missing
    return Loaded(bundle.id, tuple(loaded), tuple(there))


def _load(source: Source, part: Part, missing: Sequence[str], narrator: Narrator) -> None:
    copying = say(en=f"copying {part.file}", zh=f"复制 {part.file}")
    if not source.remote:
        copying = say(en=f"verifying {part.file}", zh=f"校验 {part.file}")
    unpacking = say(en=f"unpacking {part.file}", zh=f"解开 {part.file}")
    with ExitStack() as stack:
        with stage(narrator, copying) as show:
            file = stack.enter_context(source.part(part, partial(show, "")))
        folder = stack.enter_context(cache.unfinished("bundle"))
        with stage(narrator, unpacking) as show:
            made = bundle_part.unpack(file, missing, folder, partial(show, ""))
        for name, laid_out in made.items():
            with cache.alone(name, narrator):
                cache.publish(laid_out, cache.slot(name, part.targets[name]))


def verify(place: str, narrator: Narrator) -> Bundle:
    """Read all of a bundle in a folder, and compare every hash.

    Raises:
        UsageError: something of it is not what it says.
    """
    source = Source(place)
    bundle = source.read()
    if source.remote:
        raise UsageError(
            say(en="only a bundle in a folder can be verified", zh="只能校验目录中的离线包"),
            hint=say(en="load verifies what it copies", zh="load 会校验它复制的内容"),
        )
    for part in bundle.parts.values():
        label = say(en=f"verifying {part.file}", zh=f"校验 {part.file}")
        with stage(narrator, label) as show, source.part(part, lambda done: show("", done)):
            pass
    for name, wanted in bundle.wheels.items():
        verify_wheel(Path(source.place).expanduser(), name, wanted)
    return bundle


def _demand_fitting(bundle: Bundle, parts: Sequence[str]) -> None:
    here = platform.machine()
    if bundle.machine != here:
        raise SourceMissing(
            say(
                en=f"the bundle is for {bundle.machine}, and this machine is {here}",
                zh=f"离线包是为 {bundle.machine} 制作的，这台机器是 {here}",
            )
        )
    for name, part in bundle.parts.items():
        other = [one for one, key in part.targets.items() if name in parts and not _is_ours(one, key)]
        if other:
            raise SourceMissing(
                say(
                    en=f"the bundle was made by another version of labrunner: {other[0]} is not the one that is needed",
                    zh=f"离线包由另一个版本的 labrunner 制作：其中的 {other[0]} 不是需要的那个",
                ),
                hint=say(en="use the version that made it, or make it anew", zh="请用制作它的版本，或重新制作"),
            )


def _is_ours(name: str, key: str) -> bool:
    return name in target.names() and target.key(name) == key
