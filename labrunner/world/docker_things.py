"""Networks, volumes and images as a check sees them."""

from labrunner.facts import Fact
from labrunner.world.docker_container import environment
from labrunner.world.docker_noun import Noun


class Network(Noun):
    """A network."""

    @property
    def id(self) -> Fact[str]:
        """The full ID."""
        return self._fact("Id", lambda raw: raw["Id"])

    @property
    def driver(self) -> Fact[str]:
        """bridge, host, overlay, macvlan and so on."""
        return self._fact("Driver", lambda raw: raw["Driver"])

    @property
    def scope(self) -> Fact[str]:
        """local, swarm or global."""
        return self._fact("Scope", lambda raw: raw["Scope"])

    @property
    def internal(self) -> Fact[bool]:
        """True where it does not reach outside."""
        return self._fact("Internal", lambda raw: bool(raw["Internal"]))

    @property
    def containers(self) -> Fact[list[str]]:
        """The names of the containers on it, sorted."""
        return self._fact("Containers", lambda raw: sorted(c["Name"] for c in (raw["Containers"] or {}).values()))


class Volume(Noun):
    """A volume."""

    @property
    def id(self) -> Fact[str]:
        """Its name, which is all the identity it has, and when it was made."""
        return self._fact("Name", lambda raw: raw["Name"])


class Image(Noun):
    """An image."""

    @property
    def id(self) -> Fact[str]:
        """The image ID."""
        return self._fact("Id", lambda raw: raw["Id"])

    @property
    def tags(self) -> Fact[list[str]]:
        """Every reference of it, sorted."""
        return self._fact("RepoTags", lambda raw: sorted(raw["RepoTags"] or []))

    @property
    def digests(self) -> Fact[list[str]]:
        """Its digests in repositories, sorted."""
        return self._fact("RepoDigests", lambda raw: sorted(raw["RepoDigests"] or []))

    @property
    def layers(self) -> Fact[list[str]]:
        """The digests of its layers, unpacked (`diff_ids`), the lowest first; images that share one name it alike."""
        return self._fact("RootFS.Layers", lambda raw: list(raw["RootFS"].get("Layers") or []))

    @property
    def command(self) -> Fact[list[str]]:
        """Entrypoint and command of its configuration, as one list; empty where it has none."""
        return self._fact(
            "Config.Cmd", lambda raw: [*(raw["Config"].get("Entrypoint") or []), *(raw["Config"].get("Cmd") or [])]
        )

    @property
    def env(self) -> Fact[dict[str, str]]:
        """The environment that it gives its containers."""
        return self._fact("Config.Env", lambda raw: environment(raw["Config"].get("Env") or []))

    @property
    def labels(self) -> Fact[dict[str, str]]:
        """Its labels."""
        return self._fact("Config.Labels", lambda raw: raw["Config"].get("Labels") or {})

    @property
    def exposed_ports(self) -> Fact[list[str]]:
        """The ports that it says its program listens at ("80/tcp"), sorted."""
        return self._fact("Config.ExposedPorts", lambda raw: sorted(raw["Config"].get("ExposedPorts") or {}))

    @property
    def working_dir(self) -> Fact[str]:
        """The folder in which its program begins; empty for the root."""
        return self._fact("Config.WorkingDir", lambda raw: raw["Config"].get("WorkingDir") or "")

    @property
    def size(self) -> Fact[int]:
        """Bytes on the daemon's disk, shared layers included."""
        return self._fact("Size", lambda raw: raw["Size"])

    @property
    def architecture(self) -> Fact[str]:
        """amd64, arm64 and so on."""
        return self._fact("Architecture", lambda raw: raw["Architecture"])
