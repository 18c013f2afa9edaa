"""A new lab to begin from: one small real step that loads, lints clean and can be proved."""

import shutil
import tempfile
from pathlib import Path

from labrunner import coverage_file
from labrunner.errors import UsageError
from labrunner.lab import ID
from labrunner.words import say

LOGIC = '''\
"""SLUG: HEADING. Words: lab.zh.md and lab.en.md."""

from labrunner import Docker, Lab, expect

lab = Lab(__file__)

network = lab.step(
    "network",
    solve="docker network create lr-SLUG",
    also={"driver": "docker network create --driver bridge lr-SLUG"},
)


@network.check(wrong={"internal": "docker network create --internal lr-SLUG"})
def network_reaches_outside(docker: Docker) -> None:
    expect(docker.network("lr-SLUG").internal).equals(False)
'''

CHINESE = """\
# HEADING

一两句话：这个实验讲什么，做完会什么。

## network · 建一个自己的网络

建一个名为 `lr-SLUG` 的网络，让里面的容器能访问外面。

- `network_reaches_outside` — 网络 `lr-SLUG` 里的容器能访问外面

### 提示

1. 网络由 `docker network` 的一个子命令创建。
2. `docker network create` 后面写网络的名字；不加别的参数，它就能访问外面。

### 收获

默认的驱动是 `bridge`：一台主机上的一个虚拟交换机，带通往外面的地址转换。
"""

ENGLISH = """\
# HEADING

A sentence or two: what this lab is about, and what you can do after it.

## network · A network of your own

Create a network called `lr-SLUG` whose containers reach the outside.

- `network_reaches_outside` — containers on `lr-SLUG` reach the outside

### Hints

1. A subcommand of `docker network` creates networks.
2. `docker network create` takes the network's name; without further options it reaches the outside.

### Take away

The default driver is `bridge`: a virtual switch on one host, with address translation to the outside.
"""

CONTENTS = """\
\"\"\"The labs of this folder, in order, each with its heading in the notes.\"\"\"

SECTIONS = ()
"""


def write(slug: str, root: Path) -> tuple[Path, str]:
    """Write a lab folder, whole or not at all.

    Args:
        slug: what will be typed; kebab-case.
        root: the folder of labs; made, with an empty table of contents, where it is missing.

    Returns:
        the new folder, and the line to add to SECTIONS in the root's `__init__.py`.

    Raises:
        UsageError: the slug is no slug, or the folder is there already; nothing was touched.
    """
    if not ID.fullmatch(slug):
        raise UsageError(
            say(en=f"{slug!r} is no lab name", zh=f"{slug!r} 不能作为实验的名字"),
            hint=say(en="lower-case words with hyphens: volume-basics", zh="用小写单词和连字符：volume-basics"),
        )
    folder = root / slug.replace("-", "_")
    if folder.exists() or folder.is_symlink():
        raise UsageError(
            say(en=f"{folder} is there already", zh=f"{folder} 已经存在"),
            hint=say(en="take another name", zh="换一个名字"),
        )
    heading = _free_heading(root, slug) or slug
    root.mkdir(parents=True, exist_ok=True)
    if not (root / "__init__.py").exists():
        (root / "__init__.py").write_text(CONTENTS, encoding="utf-8")
    temporary = Path(tempfile.mkdtemp(prefix=".new-", dir=root))
    try:
        temporary.chmod(0o755)
        for name, text in (("__init__.py", ""), ("lab.py", LOGIC), ("lab.zh.md", CHINESE), ("lab.en.md", ENGLISH)):
            filled = text.replace("SLUG", slug).replace("HEADING", heading)
            (temporary / name).write_text(filled, encoding="utf-8")
        temporary.rename(folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return folder, f'("{folder.name}", "{heading}"),'


def _free_heading(root: Path, slug: str) -> str:
    """Return the section of the notes that is this lab's, else the first that no lab mirrors yet; empty without one."""
    listed = (root / "__init__.py").read_text(encoding="utf-8") if (root / "__init__.py").is_file() else ""
    sections = coverage_file.read(coverage_file.folder_of(root))
    free = [section for section in sections if f'"{section.heading}"' not in listed]
    own = [section for section in free if section.lab == slug]
    return (own or free)[0].heading if free else ""
