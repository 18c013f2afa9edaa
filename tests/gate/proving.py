"""Phases that prove labs, each in an installation of its own that is gone afterwards."""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from labrunner import places
from labrunner.catalog import LoadedLab
from labrunner.environment import ports
from tests.gate import ledger
from tests.gate.phase import CHECKOUT, Result, captured, command


def prove(loaded: LoadedLab, engine: str, limit: float) -> Result:
    """Prove one lab on one engine ("20.10", "29", or "kind"); counts as one."""
    slug = loaded.entry.slug
    name = f"{slug} on {engine}"
    words = [slug] if engine == "kind" else [slug, "--engine", engine]
    home = Path(tempfile.mkdtemp(prefix="labrunner-gate-"))
    env = own_home(home)
    try:
        code, said = captured(
            [sys.executable, "-m", "labrunner", "--yes", "dev", "prove", "--json", *words], limit, env
        )
    finally:
        command([sys.executable, "-m", "labrunner", "--yes", "stop", "--all"], 120, env)
        shutil.rmtree(home, ignore_errors=True)
    found = _of(said)
    broken = [str(one) for one in found.get("complaints", [] if code == 0 else [f"exit {code}: {said[-600:]}"])]
    broken += [f"{step}: left out, and that must not be here: {why}" for step, why in found.get("left_out", {}).items()]
    for one in broken:
        print(f"  {one}", flush=True)  # noqa: T201
    if code != 0 or found.get("left_out"):
        return Result(failed=1, broken=[f"prove {name}: {one}" for one in broken or [f"exit {code}"]])
    key = ledger.key_of(loaded, engine)
    ledger.write(name, key, found["seconds"])
    counted = (
        f"{found['checks_seen']}/{found['checks']} checks seen both ways, "
        f"{found['mutants_killed']}/{found['mutants']} mutants, "
        f"{found['alternatives_accepted']}/{found['alternatives']} alternatives, {found['replays']} replays"
    )
    print(f"  {name}: {counted}, {found['seconds']:.0f} s", flush=True)  # noqa: T201
    return Result(passed=1, proved=[f"{name} ({counted}; key {key})"])


def own_home(home: Path) -> dict[str, str]:
    """Return the variables of an installation that shares nothing but the cache."""
    return {
        "LABRUNNER_HOME": str(home),
        "LABRUNNER_CACHE": str(places.cache_dir()),
        "LABRUNNER_PORT": str(ports.any_free()),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(CHECKOUT), os.environ.get("PYTHONPATH", "")])),
        "LABRUNNER_LANG": "en",
        "CI": "true",
    }


def _of(said: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(said)["labs"][0]
    except (ValueError, LookupError, TypeError):
        return {}
    return found
