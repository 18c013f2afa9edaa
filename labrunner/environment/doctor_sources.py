"""What the doctor says of programs and images: there, to be built, or to be fetched."""

import http.client
import ssl
from collections.abc import Iterator
from threading import Thread

from labrunner.environment import build_state, catalogue, target
from labrunner.environment.finding import Finding
from labrunner.environment.kind_programs import kind_on_path, kubectl_on_path
from labrunner.environment.settings import Settings
from labrunner.words import say
from labrunner.world.endpoint import Endpoint

DEFAULT = "registry-1.docker.io"
PATIENCE = 5.0
"""Seconds that a registry gets to answer; one that hangs is as good as none."""


def programs() -> Iterator[Finding]:
    """Tell where kind and kubectl are."""
    ours = build_state.is_built("kubernetes")
    for name, theirs in (("kind", kind_on_path()), ("kubectl", kubectl_on_path())):
        if theirs:
            yield Finding(name, say(en=f"{name}: {theirs}", zh=f"{name}：{theirs}"), ok=True)
        elif ours:
            yield Finding(name, say(en=f"{name}: our own, in the cache", zh=f"{name}：缓存里我们自己构建的"), ok=True)
        else:
            yield Finding(
                name,
                say(
                    en=f"there is no {name} that suits the cluster; the first Kubernetes lab builds one",
                    zh=f"没有适用的 {name}；第一个 Kubernetes 实验会构建它",
                ),
                "labrunner start kubernetes-parts",
                ok=False,
            )


def images(endpoint: Endpoint | None) -> Iterator[Finding]:
    """Tell which images are at hand.

    Args:
        endpoint: a daemon that may have them loaded; None where none answers.
    """
    course = catalogue.course()
    missing = [image.reference for image in course if not build_state.is_built(target.STORE + image.name)]
    yield Finding(
        "course-images",
        say(
            en=f"{len(course) - len(missing)} of {len(course)} images of the course are in the cache",
            zh=f"课程镜像 {len(course) - len(missing)}/{len(course)} 已在缓存中",
        ),
        "labrunner start docker-basics" if missing else "",
        ok=not missing,
        detail=" ".join(missing),
    )
    for image in catalogue.images().values():
        if not image.environment:
            continue
        loaded = build_state.image_on(image.name, endpoint) if endpoint else ""
        cached = build_state.is_built(target.IMAGE + image.name)
        lab = "kubernetes-parts" if image.name == "node" else "docker-basics"
        where = (
            say(en="on the daemon", zh="已在守护进程上")
            if loaded
            else say(en="in the cache", zh="在缓存中")
            if cached
            else say(en="made when it is first needed", zh="首次需要时构建")
        )
        yield Finding(
            f"image-{image.name}",
            say(en=f"our image {image.name}: {where}", zh=f"我们的镜像 {image.name}：{where}"),
            "" if loaded or cached else f"labrunner start {lab}",
            ok=bool(loaded) or cached,
            detail=loaded,
        )


def registry(settings: Settings) -> Finding:
    """Ask the mirror, or Docker Hub where none is configured, whether it is there; at most PATIENCE seconds."""
    name = settings.mirror.split("/", 1)[0] or DEFAULT
    heard: list[str] = []
    # In a thread of its own: looking a name up has no limit that could be set, and can hang for half a minute.
    asking = Thread(target=lambda: heard.append(_asked(name)), daemon=True)
    asking.start()
    asking.join(PATIENCE)
    why = heard[0] if heard else say(en="no answer", zh="没有回应")
    there = not why
    return Finding(
        "image-source",
        say(en=f"{name} answers", zh=f"{name} 可以访问")
        if there
        else say(
            en=f"{name} does not answer; images are built from packages", zh=f"{name} 无法访问，镜像将由软件包构建"
        ),
        "" if there else "export LABRUNNER_MIRROR=MIRROR/",
        ok=there,
        detail=why,
    )


def _asked(name: str) -> str:
    """Return why a registry is not there; empty where it is."""
    talk = http.client.HTTPSConnection(name, timeout=PATIENCE, context=ssl.create_default_context())
    try:
        talk.request("GET", "/v2/")
        status = talk.getresponse().status
    except (OSError, http.client.HTTPException) as broken:
        return str(broken) or type(broken).__name__
    finally:
        talk.close()
    return "" if status in (http.client.OK, http.client.UNAUTHORIZED) else f"HTTP {status}"
