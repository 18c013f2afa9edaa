"""Whatever breaks while a secret is at hand, nothing of it is printed and nothing of it is kept."""

import base64
import json
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from cli_fakes import FakeLifecycle, Run

from labrunner.errors import ClusterDown, DockerDown, Fault

CANARY = "zaphod42beeblebrox"
KEY = base64.b64encode(f"-----BEGIN RSA PRIVATE KEY-----{CANARY}".encode()).decode()
WORDS = {
    "header": f"401 Unauthorized: {{'Authorization': 'Bearer {CANARY}'}}",
    "basic": f"GET /v2/ Authorization: Basic {CANARY}{CANARY}",
    "kubeconfig": f"error loading: users:\n- name: a\n  user:\n    client-key-data: {KEY}\n    token: {CANARY}\n",
    "environment": f"exec failed: env GITHUB_TOKEN={CANARY} DOCKER_PASSWORD={CANARY} DOCKER_PASS='{CANARY}'",
    "url": f"fatal: https://user:{CANARY}@registry.example/v2/: x509",
    "json": json.dumps({"auths": {"r": {"password": CANARY, "identitytoken": CANARY}}}),
}


def _chained(said: str) -> BaseException:
    told = Fault("the registry did not answer")
    told.__cause__ = ValueError(said)
    return told


RAISES: dict[str, Callable[[str], BaseException]] = {
    "ours": RuntimeError,
    "key": KeyError,
    "docker": DockerDown,
    "cluster": ClusterDown,
    "fault": Fault,
    "chained": _chained,
}


@pytest.mark.parametrize("kind", RAISES)
def test_what_broke_says_no_secret(  # noqa: PLR0913, PLR0917 - a case, and the program
    run: Run,
    lifecycle: FakeLifecycle,
    home: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("GITHUB_TOKEN", CANARY)
    for (name, words), options in product(WORDS.items(), ((), ("--json",), ("--debug",), ("--json", "--debug"))):
        lifecycle.raises = RAISES[kind](words)
        assert run("check", *options) in {3, 4}
        said = capsys.readouterr()
        assert ("Traceback" in said.err) == ("--debug" in options)
        for secret in (CANARY, KEY, KEY[:40]):
            assert secret not in said.out + said.err, (name, options)
        if "--json" in options:
            json.loads(said.out)
    kept = [file.read_text(encoding="utf-8") for file in home.rglob("*") if file.is_file()]
    assert not [text for text in kept if CANARY in text]


def test_locals_are_in_no_traceback(run: Run, lifecycle: FakeLifecycle, capsys: pytest.CaptureFixture[str]) -> None:
    def current(_narrator: Any, _extra: Any = None) -> Any:
        token = f"{CANARY}"
        raise RuntimeError(f"{len(token)} characters")

    lifecycle.current = current  # type: ignore[method-assign] # the door that the program opens
    assert run("check", "--debug") == 4
    said = capsys.readouterr()
    assert "Traceback" in said.err
    assert CANARY not in said.out + said.err


def test_what_was_typed_wrong_is_shown_as_it_was_typed(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("start", "token=abcdef") == 2
    assert "token=abcdef" in capsys.readouterr().err
