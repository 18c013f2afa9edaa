"""A lab whose files are not as they must be: one sentence with the file and the line, exit code 2, and nothing made."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_fakes import CHECKOUT, Run

DEEP = "[" * 50_000
CODE = {
    "gbk": "# 实验\n".encode("gbk"),
    "nul": b"x = 1\nlab = '\0'\n",
    "exit": b"import sys\nsys.exit(0)\n",
    "hard-exit-code": b"raise SystemExit('pass')\n",
    "raises": b"\n\nraise ValueError('\x1b]0;owned\x07::error::x')\n".replace(b"\x1b", b"\\x1b").replace(
        b"\x07", b"\\x07"
    ),
    "tabs": b"if 1:\n\tx = 1\n        y = 2\n",
    "no-lab": b"x = 1\n",
    "deep": f"x = {DEEP}\n".encode(),
    "empty": b"",
    "folder": None,
}
WORDS = {
    "gbk": ("lab.zh.md:3", "# t\n\n实验\n".encode("gbk")),
    "nul": ("lab.zh.md:2", b"# t\nx\0y\n"),
    "escape": ("lab.zh.md:1", b"# t \x1b[2J\n"),
    "large": ("lab.zh.md:1", b"# t\n" + b"x" * (10 << 20)),
    "bom-alone": ("lab.zh.md", b"\xef\xbb\xbf"),
    "id": ("lab.zh.md:2", "# t\n## ../x · y\n".encode()),
    "twice": ("lab.zh.md:3", "# t\n## a · y\n## a · y\n".encode()),
    "part": ("lab.zh.md:3", "# t\n## a · y\n### on:\n".encode()),
    "folder": ("lab.zh.md", None),
}
TOML = {
    "twice": (4, b'heading = "A"\n[one]\n[two]\n[one]\n'),
    "keys-twice": (2, b'heading = "A"\nheading = "B"\n'),
    "deep": (1, f"a = {DEEP}\n".encode()),
    "digits": (1, b"a = " + b"9" * 5000 + b"\n"),
    "large": (1, b'heading = "' + b"x" * (10 << 20) + b'"\n'),
    "clock": (1, b"a = 22:22\n"),
    "yaml": (1, b"on: push\n"),
    "nul": (2, b'heading = "A"\n# \0\n'),
    "gbk": (2, 'heading = "A"\n# 实验\n'.encode("gbk")),
    "unknown-key": (2, b'heading = "A"\n[one]\nzh = "a"\nen = "a"\nsee-also = "x"\n'),
    "path": (2, b'heading = "A"\n[one]\nzh = "a"\nen = "a"\nsteps = ["../../etc/passwd"]\n'),
    "id": (2, b'heading = "A"\n["../x"]\nzh = "a"\nen = "a"\n'),
    "links": (4, b'heading = "A"\n' + b"[a]\nx = {y = {y = {y = {}}}}\n" * 2),
}


def put(file: Path, content: bytes | None) -> None:
    file.unlink(missing_ok=True)
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)


Told = Callable[..., str]


@pytest.fixture
def told(run: Run, home: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    """Run the program, demand a sentence and that nothing was made, and return what it said without line breaks."""

    def call(*argv: str) -> str:
        code = run(*argv)
        said = capsys.readouterr()
        assert code == 2, said.err
        assert "Traceback" not in said.err + said.out
        assert "\x1b" not in said.err
        assert len(said.err.splitlines()) < 12
        assert not home.exists()
        return "".join(said.err.split())

    return call


@pytest.mark.parametrize("name", CODE)
def test_logic(told: Told, pack: Path, name: str) -> None:
    put(pack / "tiny_lab" / "lab.py", CODE[name])
    assert "lab.py" in told("--labs", str(pack), "start", "tiny-lab")


@pytest.mark.parametrize("name", WORDS)
def test_words(told: Told, pack: Path, name: str) -> None:
    where, content = WORDS[name]
    put(pack / "tiny_lab" / "lab.zh.md", content)
    assert where in told("--labs", str(pack), "start", "tiny-lab")


@pytest.mark.parametrize("name", TOML)
def test_statements(told: Told, pack: Path, name: str) -> None:
    line, content = TOML[name]
    (pack / "coverage").mkdir()
    put(pack / "coverage" / "1-tiny-lab.toml", content)
    assert f"1-tiny-lab.toml:{line}:" in told("--labs", str(pack), "coverage")


def test_it_is_said_in_chinese_at_once_and_in_little_memory(pack: Path, home: Path) -> None:
    os.truncate(pack / "tiny_lab" / "lab.zh.md", 100 << 20)
    code = (
        "import re, sys\nfrom labrunner.cli import main\n"
        "code = main(['--lang', 'zh', '--labs', sys.argv[1], 'start', 'tiny-lab'])\n"
        "print(code, re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])\n"
    )
    began = os.times().children_user
    env = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    done = subprocess.run(
        [sys.executable, "-c", code, str(pack)], env=env, capture_output=True, text=True, check=False, timeout=60
    )
    exit_code, kilobytes = map(int, done.stdout.split())
    assert exit_code == 2
    assert "超过 1 MiB" in done.stderr
    assert kilobytes < 100_000
    assert os.times().children_user - began < 3
    assert not home.exists()
