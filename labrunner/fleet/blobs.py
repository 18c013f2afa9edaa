"""A registry as a shelf of files: a class is put there as an OCI artifact, and Pods take what is theirs by digest."""

import http.client
import json
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urljoin, urlsplit

from labrunner import wait
from labrunner.errors import EnvironmentNotReady, UsageError
from labrunner.fleet import over_http
from labrunner.fleet.login import Login
from labrunner.fleet.over_http import Reply
from labrunner.fleet.plan import digest
from labrunner.words import say

KIND = "application/vnd.labrunner.class.v1"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
ACCEPT = f"{MANIFEST}, application/vnd.docker.distribution.manifest.v2+json, */*"
LAYER = "application/zip"
CREATED, ACCEPTED = 201, 202
READING = ("GET", "HEAD")
ELSEWHERE, FURTHER = (301, 302, 303, 307, 308), 3
"""What says that a file is given elsewhere, as by registries that keep theirs in a store; how often followed."""


class Shelf:
    """One repository of a registry, over its HTTP API and nothing else.

    Args:
        registry: "http://HOST:PORT" or "https://HOST", with what stands before the repository's name.
        repository: its name.
        login: says who one is there; called where the registry asks.
    """

    def __init__(self, registry: str, repository: str, login: Callable[[], Login | None] = lambda: None) -> None:
        parts = urlsplit(registry)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(
                say(en=f"{registry!r} is no registry's address", zh=f"{registry!r} 不是镜像仓库的地址"),
                hint="http://registry.example:5000",
            )
        self.address, self._login, self._authorization = registry, login, ""
        self._host = f"{parts.scheme}://{parts.netloc}"
        self._path = f"/v2{parts.path.rstrip('/')}/{repository}"

    def has(self, blob: str) -> bool:
        """Tell whether a file of this digest is there."""
        return self._ask("HEAD", f"{self._path}/blobs/{blob}")[0] == http.client.OK

    def put(self, data: bytes) -> str:
        """Have a file there, and return its digest; what is there already is not sent again."""
        named = digest(data)
        if self.has(named):
            return named
        status, _, headers = self._ask("POST", f"{self._path}/blobs/uploads/")
        where = urlsplit(headers.get("location", ""))
        if status != ACCEPTED or not where.path:
            raise self._refused(status)
        query = f"{where.query}&" if where.query else ""
        status, _, _ = self._ask("PUT", f"{where.path}?{query}digest={named}", data)
        if status != CREATED:
            raise self._refused(status)
        return named

    def bind(self, tag: str, head: bytes, blobs: Sequence[tuple[str, int]]) -> str:
        """Name some files as one artifact, so that the registry keeps them; return the artifact's digest.

        Args:
            tag: its name.
            head: a file that says what the others are; it is put there as well.
            blobs: digest and size of each of the others.
        """
        config = {"mediaType": KIND, "digest": self.put(head), "size": len(head)}
        layers = [{"mediaType": LAYER, "digest": one, "size": size} for one, size in blobs]
        told = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers}
        data = json.dumps(told, sort_keys=True).encode()
        status, _, _ = self._ask("PUT", f"{self._path}/manifests/{tag}", data, {"Content-Type": MANIFEST})
        if status != CREATED:
            raise self._refused(status)
        return digest(data)

    def bound(self, tag: str) -> bool:
        """Tell whether an artifact or an image of this name is there."""
        return self._ask("HEAD", f"{self._path}/manifests/{tag}")[0] == http.client.OK

    def drop(self, artifact: str) -> bool:
        """Take an artifact away, by its digest; False where the registry removes nothing."""
        status, _, _ = self._ask("DELETE", f"{self._path}/manifests/{artifact}")
        return status == ACCEPTED

    def get(self, blob: str, within: float = 0.0) -> bytes:
        """Return a file, its digest looked at.

        Args:
            blob: its digest.
            within: seconds in which a registry that does not answer is asked again.

        Raises:
            EnvironmentNotReady: the registry does not answer, has it not, or gave something else.
        """
        broken: list[EnvironmentNotReady] = []

        def look() -> bytes:
            try:
                status, data, _ = self._ask("GET", f"{self._path}/blobs/{blob}")
                if status == http.client.OK and digest(data) == blob:
                    return data
                broken.append(self._refused(status))
            except EnvironmentNotReady as silent:
                broken.append(silent)
            return b""

        if data := wait.until(look, within=within, every=1.0):
            return data
        raise broken[-1]

    def _ask(self, verb: str, path: str, data: bytes | None = None, headers: Mapping[str, str] | None = None) -> Reply:
        url, sent = f"{self._host}{path}", {**(headers or {}), "Accept": ACCEPT}
        reply = over_http.ask(url, verb, data, self._known(sent))
        if reply.status == http.client.UNAUTHORIZED:
            asked, secure = reply.headers.get("www-authenticate", ""), url.startswith("https:")
            self._authorization = over_http.authorization(asked, self._login(), secure=secure)
            if self._authorization:
                reply = over_http.ask(url, verb, data, self._known(sent))
        for _ in range(FURTHER):
            if verb not in READING or reply.status not in ELSEWHERE or "location" not in reply.headers:
                break
            there = urljoin(url, reply.headers["location"])
            if urlsplit(there).scheme not in ("http", "https"):
                break
            mine = urlsplit(there)[:2] == urlsplit(url)[:2]
            url, reply = there, over_http.ask(there, verb, None, self._known(sent) if mine else sent)
        return reply

    def _known(self, headers: dict[str, str]) -> dict[str, str]:
        return {**headers, "Authorization": self._authorization} if self._authorization else headers

    def _refused(self, status: int) -> EnvironmentNotReady:
        return EnvironmentNotReady(
            say(
                en=f"the registry {self.address} said {status} where files of a class were put or taken",
                zh=f"存取班级文件时，镜像仓库 {self.address} 返回 {status}",
            ),
            hint=say(
                en="it has to take them from here, as who has logged in with docker login; and to give them to Pods, "
                "as in the file of --registry-login, or without a password",
                zh="它必须允许 docker login 的身份从这里写入，"
                "并允许 Pod 以 --registry-login 文件里的身份（或不需要密码）读取",
            ),
        )
