"""A registry as a shelf of files: a class is put there as an OCI artifact, and Pods take what is theirs by digest."""

import http.client
import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from urllib.parse import urlsplit

from labrunner import wait
from labrunner.errors import EnvironmentNotReady, UsageError
from labrunner.fleet.plan import digest
from labrunner.words import say
from labrunner.world import bounded

KIND = "application/vnd.labrunner.class.v1"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
ACCEPT = f"{MANIFEST}, application/vnd.docker.distribution.manifest.v2+json, */*"
LAYER = "application/zip"
LIMIT = 30.0
"""Seconds that a registry gets for one answer."""
MOST = 64 << 20
"""Bytes of one file."""
CREATED, ACCEPTED = 201, 202


class Shelf:
    """One repository of a registry, over its HTTP API and nothing else.

    Args:
        registry: "http://HOST:PORT" or "https://HOST", with what stands before the repository's name.
        repository: its name.
    """

    def __init__(self, registry: str, repository: str) -> None:
        parts = urlsplit(registry)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(
                say(en=f"{registry!r} is no registry's address", zh=f"{registry!r} 不是镜像仓库的地址"),
                hint="http://registry.example:5000",
            )
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._talk: Callable[[], http.client.HTTPConnection] = partial(kind, parts.hostname, parts.port, timeout=LIMIT)
        self._at = registry
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

    def _ask(
        self, verb: str, path: str, data: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes, dict[str, str]]:
        talk = self._talk()
        bounded.bound(talk, wait.now() + LIMIT)
        try:
            sent = {"Content-Type": "application/octet-stream"} if data is not None else {}
            talk.request(verb, path, data, {**sent, **(headers or {}), "Accept": ACCEPT})
            reply = talk.getresponse()
            body = reply.read(MOST)
            return reply.status, body, {name.lower(): value for name, value in reply.getheaders()}
        except (OSError, http.client.HTTPException) as silent:
            raise EnvironmentNotReady(
                say(
                    en=f"the registry {self._at} does not answer: {silent or type(silent).__name__}",
                    zh=f"镜像仓库 {self._at} 没有回应：{silent or type(silent).__name__}",
                ),
                hint=say(en="name one that can be reached: --registry", zh="请用 --registry 指定可以访问的镜像仓库"),
            ) from silent
        finally:
            talk.close()

    def _refused(self, status: int) -> EnvironmentNotReady:
        return EnvironmentNotReady(
            say(
                en=f"the registry {self._at} said {status} where files of a class were put or taken",
                zh=f"存取班级文件时，镜像仓库 {self._at} 返回 {status}",
            ),
            hint=say(
                en="it has to take them from here and to give them to Pods, without a password",
                zh="它必须允许从这里写入、从 Pod 读取，且不需要密码",
            ),
        )
