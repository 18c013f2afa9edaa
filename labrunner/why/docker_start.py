"""Why a container could not be started: what the daemon said, recognized or left alone."""

import re

from labrunner.outcome import Cause
from labrunner.why.docker_scene import DockerScene, Raw, name_of
from labrunner.words import say

NOT_FOUND = re.compile(r'exec:? "(?P<what>[^"]*)": (?:executable file not found|stat \S+ no such file)|(?:exec:? )'
                       r'"(?P<path>[^"]*)": no such file or directory')  # fmt: skip
NOT_EXECUTABLE = re.compile(r'exec:? "(?P<what>[^"]*)": (?:is a directory: )?permission denied|exec format error')
TAKEN = re.compile(
    r"(?:Bind for|listen tcp[46]?|failed to bind host port(?: for)?) \S*?:(?P<port>\d+)"
    r".*(?:already allocated|already in use)"
)
NO_NETWORK = re.compile(r"network (?P<name>\S+) not found")


def failed(scene: DockerScene, raw: Raw) -> Cause | None:
    """Return why the last start of a container failed; None where what the daemon said is not known here.

    Args:
        scene: what was read.
        raw: a container whose State.Error is not empty.
    """
    name, error = name_of(raw), str(raw["State"].get("Error") or "")
    subject, said = f"container/{name}", (error,)
    see = f"docker inspect {name} --format '{{{{.State.Error}}}}'"
    if found := NOT_FOUND.search(error):
        what = found["what"] or found["path"]
        sentence = say(
            en=f"container {name} could not start: its image has no command {what}",
            zh=f"容器 {name} 无法启动：镜像里没有命令 {what}",
        )
        return Cause("command-not-found", sentence, subject, (subject,), said, see)
    if found := NOT_EXECUTABLE.search(error):
        what = found["what"] or say(en="its program", zh="它的程序")
        sentence = say(
            en=f"container {name} could not start: {what} is in its image, but cannot be executed",
            zh=f"容器 {name} 无法启动：{what} 在镜像里，但无法执行",
        )
        return Cause("command-not-executable", sentence, subject, (subject,), said, see)
    if found := TAKEN.search(error):
        return _taken(scene, name, int(found["port"]), error)
    if found := NO_NETWORK.search(error):
        return _no_network(scene, name, found["name"], error)
    return None


def _taken(scene: DockerScene, name: str, port: int, error: str) -> Cause:
    holder = scene.holder(port)
    outside = "in use" in error  # the engine's own book says "allocated"; this is the kernel's word, of a stranger
    subject = f"container/{name}"
    path = (subject, f"container/{holder}") if holder not in ("", name) else (subject,)
    if len(path) > 1:
        by_en, by_zh = f"container {holder} holds it", f"容器 {holder} 占着它"
    elif outside:
        by_en, by_zh = "another program held it", "当时它被另一个程序占用"
    else:
        by_en, by_zh = "somebody held it", "当时它被占用"
    sentence = say(
        en=f"container {name} could not start: it wants port {port} of the host, and {by_en}",
        zh=f"容器 {name} 无法启动：它要主机的端口 {port}，而{by_zh}",
    )
    return Cause("port-taken", sentence, subject, path, (error,), f"docker ps --filter publish={port}")


def _no_network(scene: DockerScene, name: str, network: str, error: str) -> Cause:
    near = scene.near("networks", network)
    sentence = say(
        en=f"container {name} could not start: there is no network {network}" + (f" (but {near})" if near else ""),
        zh=f"容器 {name} 无法启动：没有网络 {network}" + (f"（但是有 {near}）" if near else ""),
    )
    path = (f"container/{name}", f"network/{network}")
    return Cause("network-absent", sentence, path[1], path, (error,), "docker network ls")
