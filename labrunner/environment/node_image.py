"""The image of a cluster's node: the machine, and inside it the images that Kubernetes itself is made of."""

from collections.abc import Callable, Mapping
from pathlib import Path

from labrunner import process
from labrunner.environment import cache, go, shipped
from labrunner.environment.catalogue import Image
from labrunner.environment.container_bounds import SANDBOX
from labrunner.environment.workbench import DONE, MARK, Workbench
from labrunner.errors import SourceMissing
from labrunner.wait import until
from labrunner.words import say

RECIPE = "provision/images/node"
POD_NETWORK = "labrunner.dev/pod-network:1"
NODE_PROGRAMS = ("kubeadm", "kubelet", "kubectl")
RUNTIME_PROGRAMS = ("containerd", "containerd-shim-runc-v2", "ctr")
START = 20.0
"""Seconds in which containerd must answer in a fresh container."""
CTR = ("ctr", "--namespace", "k8s.io", "images")
Show = Callable[[str, float | None], None]


def make(bench: Workbench, image: Image, base: str, programs: Mapping[str, Path], show: Show) -> str:
    """Build the node image.

    Args:
        bench: where it is built.
        image: the catalogue's entry.
        base: reference of the Debian that it begins from.
        programs: artefacts of the targets "kubernetes" and "containerd".
        show: told what is built.

    Returns:
        its name on the workbench.

    Raises:
        SourceMissing: a part of it could not be built.
    """
    kubernetes, runtime = programs["kubernetes"] / "bin", programs["containerd"] / "bin"
    version = go.version_of(shipped.path("provision/go/kubernetes"), "k8s.io/kubernetes")
    wanted = _system_images(kubernetes / "kubeadm", version)
    inner = {}
    show(say(en="the network tools", zh="网络工具"), 0.0)
    net = _part(bench, "net", "net", {"BASE": base}, {})
    for done, reference in enumerate(wanted):
        name = reference.rsplit("/", 1)[-1].split(":", 1)[0]
        show(reference, 0.2 + 0.4 * done / len(wanted))
        inner[reference] = _system_image(bench, name, net, kubernetes)
    show("pod-network", 0.6)
    inner[POD_NETWORK] = _part(bench, "pod-network", "pod-network", {"BASE": net}, {})
    show(say(en="the machine", zh="节点系统"), 0.65)
    pause = next(reference for reference in wanted if "/pause:" in reference)
    with cache.unfinished("node-parts") as parts:
        extra = {
            "node-bin": _picked(parts / "node", kubernetes, NODE_PROGRAMS),
            "runtime-bin": _picked(parts / "runtime", runtime, RUNTIME_PROGRAMS),
        }
        args = {"BASE": base, "PAUSE": pause, "VERSION": version}
        machine = bench.build_folder(bench.name("node-machine"), shipped.path(RECIPE), extra, args, image.label)
        show(say(en="Kubernetes' own images, into the machine", zh="把 Kubernetes 自身的镜像放进节点"), 0.8)
        bench.docker("save", "--output", str(parts / "system.tar"), *inner.values())
        return _filled(bench, machine, parts, inner, bench.name(image.name))


def _system_images(kubeadm: Path, version: str) -> list[str]:
    listed = process.run([str(kubeadm), "config", "images", "list", "--kubernetes-version", version], limit=60)
    if not listed.ok:
        raise SourceMissing(
            say(
                en=f"kubeadm did not name its images: {listed.last_words}",
                zh=f"kubeadm 没有列出镜像：{listed.last_words}",
            )
        )
    return listed.stdout.split()


def _system_image(bench: Workbench, name: str, net: str, kubernetes: Path) -> str:
    if name == "pause":
        return _part(bench, name, "pause", {"BASE": net}, {})
    with cache.unfinished("node-program") as folder:
        extra = {"program": _picked(folder / "program", kubernetes, (name,))}
        recipe = name if name in {"coredns", "kube-proxy"} else "program"
        return _part(bench, name, recipe, {"BASE": net}, extra)


def _part(bench: Workbench, name: str, recipe: str, args: Mapping[str, str], extra: Mapping[str, Path]) -> str:
    folder = shipped.path(f"{RECIPE}/system/{recipe}")
    return bench.build_folder(bench.name(name), folder, extra, args, f"labrunner.image={name}")


def _picked(into: Path, source: Path, names: tuple[str, ...]) -> Path:
    into.mkdir(parents=True)
    for name in names:
        (into / name).hardlink_to(source / name)
    return into


def _filled(bench: Workbench, machine: str, parts: Path, inner: Mapping[str, str], reference: str) -> str:
    """Import the inner images under the names that kubeadm asks for, which the outer daemon never sees."""
    flags = ["--detach", "--privileged", "--label", f"{MARK}={bench.token}", "--entrypoint", "sleep", *SANDBOX]
    container = bench.docker("run", *flags, machine, "infinity").stdout.strip()

    def inside(*words: str, check: bool = True) -> process.Completed:
        return bench.docker("exec", container, *words, check=check)

    bench.docker("exec", "--detach", container, "containerd")
    if not until(lambda: inside("ctr", "version", check=False).ok, within=START):
        raise SourceMissing(say(en="containerd did not start in the node image", zh="节点镜像里的 containerd 没有启动"))
    pinned = ["--label", "io.cri-containerd.pinned=pinned", "--all-platforms", "--no-unpack"]
    bench.docker("cp", str(parts / "system.tar"), f"{container}:/system.tar")
    inside(*CTR, "import", *pinned, "/system.tar")
    inside("rm", "/system.tar")
    for wanted, built in inner.items():
        inside(*CTR, "tag", f"docker.io/{built}", wanted)
        inside(*CTR, "rm", f"docker.io/{built}")
    inside("sh", "-c", "kill $(pidof containerd); while pidof containerd; do sleep 0.1; done; rm -rf /run/containerd")
    entrypoint = 'ENTRYPOINT ["/usr/local/bin/entrypoint", "/sbin/init"]'
    bench.docker(
        "commit", "--change", entrypoint, "--change", "CMD []", "--change", f"LABEL {DONE}", container, reference
    )
    bench.docker("rm", "--force", "--volumes", container)
    return reference
