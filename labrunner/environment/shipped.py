"""Files that come with the program: beside the package in a checkout, inside it in a wheel."""

from pathlib import Path

from labrunner.errors import Fault
from labrunner.words import say

INSIDE = Path(__file__).parent
CHECKOUT = INSIDE.parent.parent
"""The folder that the package is in; of a checkout, its top."""


def path(name: str) -> Path:
    """Return where a shipped file is.

    Args:
        name: as it is called in a checkout: "kind-config.yaml", "provision/engine/runc-bounded".

    Raises:
        Fault: this installation lacks it.
    """
    for folder in (CHECKOUT, INSIDE):
        if (found := folder / name).exists():
            return found
    raise Fault(
        say(en=f"this installation lacks its file {name}", zh=f"安装不完整，缺少文件 {name}"),
        hint=say(en="install labrunner again", zh="请重新安装 labrunner"),
    )


def text(name: str) -> str:
    """Return what a shipped text file says, with the line ends of Unix even in a checkout of Windows."""
    return path(name).read_text(encoding="utf-8").replace("\r\n", "\n")
