"""The catalogue of images, read: each image once, by its name or by the reference that learners type."""

import difflib
import tomllib
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from labrunner.environment import shipped
from labrunner.errors import LabBroken
from labrunner.words import say

FOLDER = "provision"


@dataclass(frozen=True, slots=True)
class Image:
    """One entry of the catalogue; its attributes are explained at the top of provision/catalogue.toml."""

    name: str
    recipe: str
    reference: str = ""
    official: str = ""
    digest: str = ""
    base: str = ""
    args: dict[str, str] = field(default_factory=dict)
    programs: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    packages: bool = False
    images: dict[str, str] = field(default_factory=dict)
    machines: tuple[str, ...] = ()
    addon: str = ""
    environment: bool = False
    purpose: str = ""

    @property
    def pinned(self) -> str:
        """What is pulled: the official image by its digest, or by its tag where no digest is known."""
        return f"{_repository(self.official)}@{self.digest}" if self.digest else self.official

    @property
    def label(self) -> str:
        """The label that says what the image stands for, or what it is where it is our own."""
        return f"labrunner.stand-in={self.official}" if self.official else f"labrunner.image={self.name}"


def _repository(reference: str) -> str:
    return reference.rsplit(":", 1)[0]


@cache
def images() -> dict[str, Image]:
    """Return every image by its name, in the catalogue's order."""
    table: dict[str, dict[str, Any]] = tomllib.loads(shipped.text(f"{FOLDER}/catalogue.toml"))
    known = {entry.name for entry in fields(Image)}
    found = {}
    for name, entry in table.items():
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in entry.items() if key in known
        }
        found[name] = Image(name=name, purpose=str(entry["for"]), **values)
    return found


def course() -> list[Image]:
    """Return the images that learners may pull from the course's registry."""
    return [image for image in images().values() if image.reference and not image.addon]


def of_addons() -> list[Image]:
    """Return the images that the cluster's add-ons run."""
    return [image for image in images().values() if image.addon]


def find(name: str) -> Image:
    """Return the image of a name ("redis") or of a reference ("redis:7.0").

    Raises:
        LabBroken: the catalogue has no such image.
    """
    every = images()
    if name in every:
        return every[name]
    for image in every.values():
        if image.reference == name:
            return image
    near = difflib.get_close_matches(name, [*every, *(image.reference for image in every.values())], 1)
    raise LabBroken(
        say(en=f"the catalogue has no image called {name}", zh=f"镜像目录里没有 {name}"),
        hint=say(en=f"did you mean {near[0]}?", zh=f"是不是 {near[0]}？")
        if near
        else say(en="provision/catalogue.toml names them all", zh="provision/catalogue.toml 列出了全部镜像"),
    )
