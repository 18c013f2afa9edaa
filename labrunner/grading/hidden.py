"""Checks that students are not shown before the grading: a teacher's private pack, laid over the course's labs."""

from collections.abc import Mapping
from copy import copy, deepcopy
from dataclasses import replace
from pathlib import Path

from labrunner import catalog
from labrunner.catalog import Entry, LoadedLab
from labrunner.errors import LabBroken
from labrunner.text import LabText
from labrunner.words import Language, say


def load(folder: Path) -> dict[str, LoadedLab]:
    """Load a private pack: every folder in it with a lab.py, by the name of the course's lab that it adds to.

    Raises:
        LabBroken: there is none, or one of them does not hold what a lab must hold.
    """
    found = {}
    for file in sorted(folder.glob("*/lab.py")):
        slug = file.parent.name.replace("_", "-")
        found[slug] = catalog.load_entry(Entry(slug, slug, file.parent, ""))
    if not found:
        raise LabBroken(say(en=f"{folder} holds no lab of hidden checks", zh=f"{folder} 里没有隐藏检查的实验"))
    return found


def laid(slug: str, private: Mapping[str, LoadedLab], extra: Path | None) -> tuple[LoadedLab, frozenset[str]]:
    """Load a lab with its hidden checks, and return their ids; raises UnknownLab, and LabBroken as `over`.

    Args:
        slug: its name.
        private: the labs of hidden checks, as `load` returns them.
        extra: a folder of further labs.
    """
    loaded = catalog.load(slug, extra)
    return over(loaded, private[slug]) if slug in private else (loaded, frozenset())


def over(loaded: LoadedLab, private: LoadedLab) -> tuple[LoadedLab, frozenset[str]]:
    """Lay hidden checks over a lab: each step of the private one adds its checks and probes to the step of its name.

    Args:
        loaded: the course's lab.
        private: the lab of hidden checks.

    Returns:
        the lab with all of them, and the ids of those that are hidden.

    Raises:
        LabBroken: a step is not the course's, or a name is used by both.
    """
    lab = copy(loaded.lab)
    lab.steps = [deepcopy(step) for step in loaded.lab.steps]
    lab.images, lab.values = {**loaded.lab.images, **private.lab.images}, {**loaded.lab.values, **private.lab.values}
    known = {check.id for check in lab.checks} | {probe.name for probe in lab.probes}
    texts = dict(loaded.texts)
    for step in private.lab.steps:
        below = lab.find(step.id)
        if below is None:
            raise LabBroken(f"{private.entry.folder}: {loaded.entry.slug} has no step {step.id!r}")
        named = [check.id for check in step.checks] + [probe.name for probe in step.probes]
        if twice := known & set(named):
            raise LabBroken(f"{private.entry.folder}: {min(twice)} is the name of a check of {loaded.entry.slug}")
        below.checks += step.checks
        below.probes += step.probes
        texts = {spoken: _with_claims(texts[spoken], private, spoken, step.id) for spoken in texts}
    # The process of its own in which strangers' checks are judged knows the pack alone, and not what was laid over it.
    entry = replace(loaded.entry, origin="")
    return replace(loaded, entry=entry, lab=lab, texts=texts), frozenset(check.id for check in private.lab.checks)


def _with_claims(text: LabText, private: LoadedLab, spoken: Language, step: str) -> LabText:
    own, added = text.steps[step], private.texts[spoken].steps[step]
    return replace(text, steps={**text.steps, step: replace(own, claims={**own.claims, **added.claims})})
