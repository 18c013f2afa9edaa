"""What is built or loaded already, asked without building or loading anything."""

from labrunner.environment import cache, images, target
from labrunner.environment.docker_cli import inspect
from labrunner.errors import LabrunnerError
from labrunner.world.endpoint import Endpoint


def is_built(name: str) -> bool:
    """Tell whether a target's artefact is in the cache."""
    try:
        return cache.slot(name, target.key(name)).exists()
    except LabrunnerError:
        return False


def image_on(name: str, endpoint: Endpoint) -> str:
    """Return the reference of an image of the environment where that daemon has it; empty otherwise."""
    try:
        reference = images.reference_of(name)
    except LabrunnerError:
        return ""
    return reference if inspect(endpoint, "images", reference) else ""
