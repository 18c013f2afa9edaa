"""A class's registry that asks who one is: for a password or a token, here and in Pods, and nobody else hears it."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from labrunner.errors import EnvironmentNotReady, UsageError
from labrunner.fleet import login, manifests, over_http, place, preflight
from labrunner.fleet.blobs import Shelf
from labrunner.fleet.login import Login
from labrunner.fleet.plan import digest
from tests.unit.test_fleet_asked import CHECKOUT, Cluster
from tests.unit.test_fleet_parts import made

FILE = b"a submission"
KEPT, OTHER, ELSEWHERE = "kept", "other", "kept elsewhere"
ME = Login("teacher", "a password: of its own")
HELPER = '#!/bin/sh\necho \'{"Username": "%s", "Secret": "kept elsewhere"}\'\n'


class Hosted(ThreadingHTTPServer):
    """A registry as services run them: tokens are given beside it, and files elsewhere."""

    daemon_threads = True

    def __init__(self, who: Login | None, elsewhere: str = "", realm: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Asked)
        self.at = f"http://127.0.0.1:{self.server_address[1]}"
        self.who, self.elsewhere, self.realm = who, elsewhere, realm or f"{self.at}/token"
        self.heard: list[tuple[str, str]] = []


class _Asked(BaseHTTPRequestHandler):
    server: Hosted

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        pass

    def do_GET(self) -> None:
        said = self.headers.get("Authorization", "")
        self.server.heard.append((self.path, said))
        if self.path.startswith("/token"):
            known = self.server.who is None or said == self.server.who.basic()
            self.answer(200 if known else 401, b'{"token": "t"}' if known else b"{}")
        elif self.path == "/there":
            self.answer(200, FILE)
        elif said != "Bearer t":
            scope = "repository:class:pull,push"
            self.answer(401, b"", f'Bearer realm="{self.server.realm}",service="s",scope="{scope}"')
        else:
            self.answer(307, b"", place=f"{self.server.elsewhere or self.server.at}/there")

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.heard.append((self.path, sent))
        known = "refresh_token=kept" in sent and "grant_type=refresh_token" in sent
        self.answer(200 if known else 401, b'{"access_token": "t"}')

    def answer(self, status: int, body: bytes, challenge: str = "", place: str = "") -> None:
        self.send_response(status)
        if challenge:
            self.send_header("WWW-Authenticate", challenge)
        if place:
            self.send_header("Location", place)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def hosted(who: Login | None, elsewhere: str = "", realm: str = "") -> Iterator[Hosted]:
    with Hosted(who, elsewhere, realm) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


def shelf(server: Hosted, who: Login | None) -> Shelf:
    return Shelf(server.at, "class", lambda: who)


def kept(folder: Path, registry: str, who: Login = ME) -> str:
    """Write a file of Docker's as `docker login` does."""
    file = folder / "config.json"
    auth = base64.b64encode(f"{who.name}:{who.password}".encode()).decode()
    file.write_text(json.dumps({"auths": {registry: {"auth": auth}}}), encoding="utf-8")
    return str(file)


def test_a_file_is_had_with_a_token_and_from_elsewhere_and_no_password_goes_there() -> None:
    with hosted(None) as store, hosted(ME, store.at) as server:
        there = shelf(server, ME)
        assert there.get(digest(FILE)) == FILE
        assert [path.partition("?")[0] for path, _ in server.heard] == [
            f"/v2/class/blobs/{digest(FILE)}", "/token", f"/v2/class/blobs/{digest(FILE)}",
        ]  # fmt: skip
        assert "scope=repository%3Aclass%3Apull%2Cpush" in server.heard[1][0]
        assert store.heard == [("/there", "")]
        there.get(digest(FILE))
        assert len(server.heard) == 4, "a token that is known is not asked for again"


def test_what_all_may_read_is_had_without_a_login_though_it_takes_a_token() -> None:
    with hosted(None) as server:
        assert shelf(server, None).get(digest(FILE)) == FILE


def test_an_identity_token_is_exchanged_as_docker_does() -> None:
    with hosted(ME) as server:
        assert shelf(server, Login(token=KEPT)).get(digest(FILE)) == FILE


@pytest.mark.parametrize("who", [None, Login("teacher", "wrong"), Login(token=OTHER)])
def test_who_may_not_read_is_told_how_to_log_in(who: Login | None) -> None:
    with hosted(ME) as server, pytest.raises(EnvironmentNotReady, match="said 401") as refused:
        shelf(server, who).get(digest(FILE))
    assert "--registry-login" in str(refused.value.hint)
    assert "docker login" in str(refused.value.hint)


@pytest.mark.parametrize(
    "challenge",
    ["", "Basic", "Bearer", 'Bearer realm="file:///etc/passwd"', 'Bearer realm="/token"', "Negotiate", 'Bearer "'],
)
def test_a_question_that_cannot_be_answered_gets_none(challenge: str) -> None:
    assert not over_http.authorization(challenge, None, secure=False)


def test_a_password_that_was_asked_for_over_https_does_not_leave_it() -> None:
    with hosted(ME) as server:
        asked = f'Bearer realm="{server.at}/token",service="s"'
        assert over_http.authorization(asked, ME, secure=False) == "Bearer t"
        assert not over_http.authorization(asked, ME, secure=True)
        assert len(server.heard) == 1


def test_logins_are_those_of_docker_with_its_helpers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    assert login.known("https://r.example") is None
    kept(tmp_path, "r.example:5000")
    assert login.known("http://r.example:5000/course") == ME
    assert login.known("http://r.example/course") is None
    helper = tmp_path / "docker-credential-lr"
    helper.write_text(HELPER % "robot", encoding="utf-8")
    helper.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    (tmp_path / "config.json").write_text('{"credHelpers": {"r.example": "lr"}}', encoding="utf-8")
    assert login.known("https://r.example") == Login("robot", "kept elsewhere")
    helper.write_text(HELPER % "<token>", encoding="utf-8")
    assert login.known("https://r.example") == Login(token=ELSEWHERE)
    assert "kept elsewhere" not in repr(login.known("https://r.example"))
    (tmp_path / "config.json").write_text('{"credHelpers": {"r.example": "none"}}', encoding="utf-8")
    with pytest.raises(UsageError, match=r"config\.json cannot be read"):
        login.known("https://r.example")


def test_pods_get_the_login_of_their_registry_alone(tmp_path: Path) -> None:
    file = kept(tmp_path, "r.example")
    whole = json.loads(Path(file).read_text(encoding="utf-8"))
    whole["auths"]["other.example"] = {"auth": base64.b64encode(b"me:mine").decode()}
    Path(file).write_text(json.dumps(whole), encoding="utf-8")
    text = login.for_pods("https://r.example/course", file)
    assert list(json.loads(text)["auths"]) == ["r.example"]
    assert login.known("https://r.example/course", text=text) == ME


@pytest.mark.parametrize(
    "written", ["", "[]", '{"auths": {"other.example": {"auth": "bWU6bWluZQ=="}}}', '{"auths": 7}']
)
def test_a_file_that_has_no_login_for_pods_is_said_with_how_it_is_made(tmp_path: Path, written: str) -> None:
    file = tmp_path / "config.json"
    for there in (False, True):
        if there:
            file.write_text(written, encoding="utf-8")
        with pytest.raises(UsageError, match=r"config\.json") as wrong:
            login.for_pods("https://r.example", str(file))
        assert "docker --config login login r.example" in str(wrong.value.hint)


def test_of_what_is_in_a_pod_the_checker_alone_sees_the_login_and_no_manifest_for_git_has_it() -> None:
    told = made(login='{"auths": {}}')
    pod = manifests.pod(told)
    assert pod["imagePullSecrets"] == [{"name": "labrunner-registry"}]
    checker, engine = pod["containers"][0], pod["initContainers"][0]
    at = {one["mountPath"] for one in checker["volumeMounts"]} - {one["mountPath"] for one in engine["volumeMounts"]}
    assert at == {"/run/registry"}
    assert {"name": "LABRUNNER_REGISTRY_LOGIN", "value": "/run/registry/.dockerconfigjson"} in checker["env"]
    assert '"auths"' not in manifests.as_yaml(manifests.documents(told)) + repr(told)
    assert manifests.secret(told)["stringData"] == {".dockerconfigjson": told.login}
    without = manifests.as_yaml(manifests.documents(made()))
    assert "imagePullSecrets" not in without
    assert "registry_login" not in without.lower()


def test_the_right_to_make_a_secret_is_asked_for_where_one_is_made_and_stands_in_a_file_of_its_own() -> None:
    def may(what: str) -> bool:
        return what != "create secrets"

    preflight.demand_able(Cluster(may=may), made())  # type: ignore[arg-type] # it answers as a cluster does
    with pytest.raises(EnvironmentNotReady, match="may not create secrets") as lacking:
        preflight.demand_able(Cluster(may=may), made(login="{}"))  # type: ignore[arg-type] # as above
    assert lacking.value.hint == "kubectl apply -f docs/grading-rbac-login.yaml"
    rules = yaml.safe_load((CHECKOUT / "docs/grading-rbac-login.yaml").read_text(encoding="utf-8"))["rules"]
    assert [one["verbs"] for one in rules if "resourceNames" not in one] == [["create"]]
    assert {one["resourceNames"][0] for one in rules if "resourceNames" in one} == {manifests.LOGIN}


def test_the_registry_of_a_class_is_asked_as_who_has_logged_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    with hosted(ME) as server:
        there = place.named(f"{server.at}/").shelf("class")
        with pytest.raises(EnvironmentNotReady, match="401"):
            there.get(digest(FILE))
        kept(tmp_path, server.at.removeprefix("http://"))
        assert there.get(digest(FILE)) == FILE
