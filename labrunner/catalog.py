"""Where labs are found, and what was read of one: its logic and its words in every language."""

import difflib
import importlib
import importlib.util
import re
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType

from labrunner import text
from labrunner.errors import LabBroken, UnknownLab
from labrunner.lab import Lab
from labrunner.words import LANGUAGES, Language, language, say

GROUP = "labrunner.labs"
"""The entry points by which a distribution offers labs."""
API = 1
"""Version of what labs may use; a pack that needs more says `API = 2` beside its SECTIONS."""
FOLDER = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
"""What a lab's folder may be called: its slug is typed, and names our folders."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A lab that can be loaded.

    Attributes:
        slug: what is typed.
        heading: the section of the notes that it mirrors.
        folder: where it is.
        origin: whose pack it is from, "DIR" or a distribution's name; empty for the labs of this package.
    """

    slug: str
    heading: str
    folder: Path
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """An installed pack that is left out: whose, and why."""

    origin: str
    why: str


@dataclass(frozen=True, slots=True)
class LoadedLab:
    """A lab with its words.

    Attributes:
        entry: where it was found.
        lab: its logic.
        texts: its words, by language.
        left_out: steps that cannot be done on this machine, each with the reason; `lab` and `texts` are without them.
    """

    entry: Entry
    lab: Lab
    texts: dict[Language, text.LabText]
    left_out: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> text.LabText:
        """The words in the spoken language."""
        return self.texts[language()]

    def without(self, missing: Mapping[str, str]) -> "LoadedLab":
        """Return the lab without the steps that need what is missing.

        Args:
            missing: what a step may need ("host", an optional image's name) → why it is not here.
        """
        out = {}
        for step in self.lab.steps:
            if lacks := [missing[need] for need in step.needs if need in missing]:
                out[step.id] = lacks[0]
        return self.without_steps(out)

    def without_steps(self, out: Mapping[str, str]) -> "LoadedLab":
        """Return the lab without some steps, each with the reason."""
        if not out:
            return self
        texts = {
            spoken: replace(words, steps={id_: step for id_, step in words.steps.items() if id_ not in out})
            for spoken, words in self.texts.items()
        }
        return LoadedLab(self.entry, self.lab.without(out), texts, {**self.left_out, **out})

    def hash(self) -> str:
        """Return a hash of the lab's folder: names and contents of its files, without what Python makes of them."""
        import hashlib  # a list of labs needs none

        folder, found = self.entry.folder, hashlib.sha256()
        for file in sorted(folder.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                data = file.read_bytes()
                found.update(f"{file.relative_to(folder).as_posix()}\0{len(data)}\0".encode() + data)
        return found.hexdigest()


def entries(extra: Path | None = None) -> list[Entry]:
    """Return every lab that can be found: the built-in ones in the notes' order, those of packs, and those of a folder.

    Args:
        extra: a folder with an `__init__.py` that lists SECTIONS, as the built-in `labs` has it.

    Raises:
        LabBroken: that folder is no pack. An installed pack that is none is left out: see `skipped`.
    """
    return _found(extra)[0]


def skipped() -> list[Skipped]:
    """Return the installed packs that are left out, each with the reason."""
    return _found(None)[1]


def _found(extra: Path | None) -> tuple[list[Entry], list[Skipped]]:
    found = _sections("", importlib.import_module("labs"), {})
    left_out: list[Skipped] = []
    for name, load_pack in _installed():
        try:
            found |= _sections(name, load_pack(), found)
        except (Exception, SystemExit) as broken:  # noqa: BLE001 - a stranger's program; the other labs go on
            why = broken.message if isinstance(broken, LabBroken) else f"{type(broken).__name__}: {broken}"
            left_out.append(Skipped(name, why))
    if extra is not None:
        found |= _sections(str(extra), _from_file("labrunner_extra_labs", extra / "__init__.py"), found)
    return list(found.values()), left_out


def _sections(origin: str, pack: ModuleType, known: Mapping[str, Entry]) -> dict[str, Entry]:
    """Return the labs of a pack by name.

    Raises:
        LabBroken: it lists what cannot be a lab, or a lab that is there already, or is made for a later version.
    """
    file = str(pack.__file__)
    if (wanted := getattr(pack, "API", API)) not in range(1, API + 1):
        raise LabBroken(
            say(
                en=f"{file}: made for API {wanted!r}, and this labrunner has {API}",
                zh=f"{file}：为 API {wanted!r} 编写，而这个 labrunner 是 {API}",
            ),
            hint=say(en="use a later labrunner", zh="请使用更新的 labrunner"),
        )
    found: dict[str, Entry] = {}
    for section in getattr(pack, "SECTIONS", None) or ():
        if not _is_section(section):
            raise LabBroken(
                say(
                    en=f"{file}: not a lab's folder and its heading: {section!r}",
                    zh=f"{file}：不是“实验目录, 标题”：{section!r}",
                )
            )
        folder, heading = section
        slug, place = folder.replace("_", "-"), Path(file).parent / folder
        if other := found.get(slug) or known.get(slug):
            raise LabBroken(
                say(
                    en=f"two labs are called {slug!r}: {other.folder} and {place}",
                    zh=f"有两个实验都叫 {slug!r}：{other.folder} 和 {place}",
                )
            )
        found[slug] = Entry(slug, heading, place, origin)
    return found


def _is_section(section: object) -> bool:
    return (
        isinstance(section, tuple | list)
        and len(section) == len(("folder", "heading"))
        and all(isinstance(one, str) for one in section)
        and FOLDER.fullmatch(section[0]) is not None
    )


def _installed() -> list[tuple[str, Callable[[], ModuleType]]]:
    """Return the packs of installed distributions; the reader of those, 15 ms, is imported where one mentions us."""
    files = (file for folder in sys.path for file in Path(folder).glob("*-info/entry_points.txt"))
    if not any(GROUP in file.read_text(encoding="utf-8", errors="replace") for file in files):
        return []
    from importlib.metadata import entry_points

    return [(point.name, point.load) for point in sorted(entry_points(group=GROUP), key=lambda point: point.name)]


def find(slug: str, extra: Path | None = None) -> Entry:
    """Return the lab of this name.

    Raises:
        UnknownLab: there is none; the hint suggests the nearest.
    """
    known = {entry.slug: entry for entry in entries(extra)}
    if slug in known:
        return known[slug]
    near = difflib.get_close_matches(slug.lower().replace("_", "-"), known, n=1, cutoff=0.4)
    raise UnknownLab(
        say(en=f"no lab is called {slug!r}", zh=f"没有名为 {slug!r} 的实验"),
        hint=say(en=f"did you mean {near[0]}?", zh=f"是不是 {near[0]}？")
        if near
        else say(en="see them all: labrunner list", zh="查看全部：labrunner list"),
    )


def load(slug: str, extra: Path | None = None) -> LoadedLab:
    """Load a lab and its words.

    Raises:
        UnknownLab: no lab is called so.
        LabBroken: its folder does not hold what a lab must hold.
    """
    return load_entry(find(slug, extra))


def load_entry(entry: Entry) -> LoadedLab:
    """Load the lab of an entry; see `load`."""
    file = entry.folder / "lab.py"
    modules = _logic(entry.folder)
    lab = getattr(modules[-1], "lab", None)
    if not isinstance(lab, Lab):
        raise LabBroken(f"{file}: no `lab = Lab(__file__)` in it")
    for module in modules:
        lab.bind(vars(module))
    for step in lab.steps:
        if not step.checks:
            raise LabBroken(f"{file}: step {step.id!r} has no check")
    texts = {spoken: text.read(entry.folder, spoken) for spoken in LANGUAGES}
    for words in texts.values():
        _agree(lab, words)
    return LoadedLab(entry, lab, texts)


def _agree(lab: Lab, words: text.LabText) -> None:
    _same([step.id for step in lab.steps], list(words.steps), f"{words.file}: its steps are not those of lab.py")
    for step in lab.steps:
        said = words.steps[step.id]
        where = f"{words.file}:{said.line}"
        _same(
            [check.id for check in step.checks],
            list(said.claims),
            f"{where}: the claims of {step.id!r} are not its checks",
        )
        if not said.hints or not said.take_away:
            raise LabBroken(f"{words.file}:{said.line}: {step.id!r} has no hint, or nothing to take away")


def _same(code: list[str], written: list[str], sentence: str) -> None:
    """Demand the same ids in the same order; names the first that stands on one side only."""
    if code != written:
        odd = next((one for one in [*code, *written] if one not in code or one not in written), "their order")
        raise LabBroken(
            f"{sentence}: {odd}",
            hint=f"lab.py has {', '.join(code)}; the words have {', '.join(written)}",
        )


def _logic(folder: Path) -> list[ModuleType]:
    """Return the modules of a lab, its lab.py last; the folder is a package, whose parts import each other by `.`."""
    package = ModuleType(f"labrunner_lab_{folder.name}")
    package.__path__ = [str(folder)]
    inside = f"{package.__name__}."
    for name in [name for name in sys.modules if name.startswith(inside)]:
        del sys.modules[name]  # loaded before: each loading makes a lab of its own
    sys.modules[package.__name__] = package
    lab = _from_file(f"{inside}lab", folder / "lab.py")
    parts = [module for name, module in sys.modules.items() if name.startswith(inside) and module is not lab]
    return [*parts, lab]


def _from_file(name: str, file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None or not file.is_file():
        raise LabBroken(f"{file}: missing")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except LabBroken as broken:
        raise LabBroken(f"{_place(broken, file)}: {broken.message}", hint=broken.hint) from broken
    except (Exception, SystemExit) as broken:
        raise LabBroken(f"{_place(broken, file)}: {type(broken).__name__}: {broken}") from broken
    return module


def _place(broken: BaseException, file: Path) -> str:
    """Return the file and the line of a lab's folder at which it broke."""
    if isinstance(broken, SyntaxError) and broken.filename and Path(broken.filename).parent == file.parent:
        return f"{broken.filename}:{broken.lineno}"
    frames = [(Path(frame.filename), frame.lineno) for frame in traceback.extract_tb(broken.__traceback__)]
    where = [f"{path}:{line}" for path, line in frames if path.parent == file.parent]
    return where[-1] if where else str(file)
