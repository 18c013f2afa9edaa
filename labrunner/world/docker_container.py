"""A container as a check sees it."""

import re
from collections.abc import Mapping
from typing import Any

from labrunner.facts import Fact
from labrunner.world.docker_noun import Noun
from labrunner.world.reference import tagged

Raw = Mapping[str, Any]


class Container(Noun):
    """A container."""

    @property
    def id(self) -> Fact[str]:
        """The full ID."""
        return self._fact("Id", lambda raw: raw["Id"])

    @property
    def status(self) -> Fact[str]:
        """created, running, paused, restarting, removing, exited or dead."""
        return self._fact("State.Status", lambda raw: raw["State"]["Status"])

    @property
    def is_running(self) -> Fact[bool]:
        """True while its process runs and is not paused."""
        return self._fact("State.Running", lambda raw: raw["State"]["Status"] == "running", "State.Status")

    @property
    def exit_code(self) -> Fact[int]:
        """The last exit code."""
        return self._fact("State.ExitCode", lambda raw: raw["State"]["ExitCode"])

    @property
    def pid(self) -> Fact[int]:
        """PID 1's number on the host."""
        return self._fact("State.Pid", lambda raw: raw["State"]["Pid"])

    @property
    def started_at(self) -> Fact[str]:
        """When it was started last, by the daemon's clock."""
        return self._fact("State.StartedAt", lambda raw: raw["State"]["StartedAt"])

    @property
    def image(self) -> Fact[str]:
        """The reference it was made of, as typed."""
        return self._fact("Config.Image", lambda raw: tagged(raw["Config"]["Image"]))

    @property
    def image_id(self) -> Fact[str]:
        """The ID of the image it was made of."""
        return self._fact("Image", lambda raw: raw["Image"])

    @property
    def command(self) -> Fact[list[str]]:
        """Entrypoint and command, as one list."""
        return self._fact(
            "Config.Cmd", lambda raw: [*(raw["Config"]["Entrypoint"] or []), *(raw["Config"]["Cmd"] or [])]
        )

    @property
    def env(self) -> Fact[dict[str, str]]:
        """The environment of PID 1."""
        return self._fact("Config.Env", lambda raw: environment(raw["Config"]["Env"] or []))

    @property
    def labels(self) -> Fact[dict[str, str]]:
        """The labels."""
        return self._fact("Config.Labels", lambda raw: raw["Config"]["Labels"] or {})

    @property
    def networks(self) -> Fact[list[str]]:
        """The names of the networks it is on, sorted."""
        return self._fact("NetworkSettings.Networks", lambda raw: sorted(raw["NetworkSettings"]["Networks"]))

    @property
    def mounts(self) -> Fact[list[dict[str, Any]]]:
        """Volumes and binds, each with Type, Name or Source, and Destination."""
        return self._fact("Mounts", lambda raw: raw["Mounts"])

    @property
    def restart_policy(self) -> Fact[str]:
        """no, always, on-failure or unless-stopped."""
        return self._fact(
            "HostConfig.RestartPolicy.Name", lambda raw: raw["HostConfig"]["RestartPolicy"]["Name"] or "no"
        )

    @property
    def ports(self) -> Fact[dict[str, list[str]]]:
        """Published ports: "80/tcp" → ["127.0.0.1:8080"]."""
        return self._fact("NetworkSettings.Ports", _ports)

    @property
    def created_at(self) -> Fact[str]:
        """When it was created, by the daemon's clock."""
        return self._fact("Created", lambda raw: raw["Created"])

    @property
    def hostname(self) -> Fact[str]:
        """What it calls itself: its own UTS namespace's name, the short ID unless said."""
        return self._fact("Config.Hostname", lambda raw: raw["Config"]["Hostname"])

    @property
    def user(self) -> Fact[str]:
        """Whom PID 1 runs as, as typed; empty for the image's, which is mostly root."""
        return self._fact("Config.User", lambda raw: raw["Config"]["User"])

    @property
    def working_dir(self) -> Fact[str]:
        """The folder in which PID 1 began; empty for the root."""
        return self._fact("Config.WorkingDir", lambda raw: raw["Config"]["WorkingDir"])

    @property
    def addresses(self) -> Fact[dict[str, str]]:
        """Its IPv4 address on each network, empty where it does not run."""
        return self._fact("NetworkSettings.Networks", _addresses)

    @property
    def memory_limit(self) -> Fact[int]:
        """Bytes that it may use; 0 for no limit."""
        return self._fact("HostConfig.Memory", lambda raw: raw["HostConfig"]["Memory"])

    @property
    def pids_limit(self) -> Fact[int]:
        """How many processes it may have; 0 for no limit (the API has null or -1 as well)."""
        return self._fact("HostConfig.PidsLimit", lambda raw: max(0, raw["HostConfig"]["PidsLimit"] or 0))

    @property
    def oom_killed(self) -> Fact[bool]:
        """True where the kernel killed it for using more memory than it may."""
        return self._fact("State.OOMKilled", lambda raw: raw["State"]["OOMKilled"])

    @property
    def read_only(self) -> Fact[bool]:
        """True where its root file system cannot be written to."""
        return self._fact("HostConfig.ReadonlyRootfs", lambda raw: raw["HostConfig"]["ReadonlyRootfs"])

    @property
    def privileged(self) -> Fact[bool]:
        """True where hardly anything keeps it from the host."""
        return self._fact("HostConfig.Privileged", lambda raw: raw["HostConfig"]["Privileged"])

    @property
    def cap_add(self) -> Fact[list[str]]:
        """Capabilities that it was given beside the usual ones, without `CAP_`, sorted."""
        return self._fact("HostConfig.CapAdd", lambda raw: _capabilities(raw["HostConfig"]["CapAdd"]))

    @property
    def cap_drop(self) -> Fact[list[str]]:
        """Capabilities that were taken from it, without `CAP_`, sorted."""
        return self._fact("HostConfig.CapDrop", lambda raw: _capabilities(raw["HostConfig"]["CapDrop"]))

    @property
    def security_opt(self) -> Fact[list[str]]:
        """Security options, each as `no-new-privileges` or `seccomp=unconfined`; `:true` and `=true` are left away."""
        return self._fact("HostConfig.SecurityOpt", lambda raw: sorted(_plain(raw["HostConfig"]["SecurityOpt"])))

    @property
    def pid_mode(self) -> Fact[str]:
        """Whose processes it sees: `host`, `container:ID`, or empty for its own."""
        return self._fact("HostConfig.PidMode", lambda raw: raw["HostConfig"]["PidMode"])


def environment(pairs: list[str]) -> dict[str, str]:
    """Return variables by name, of `NAME=VALUE` as the API has them."""
    return {name: value for name, _, value in (pair.partition("=") for pair in pairs)}


def _ports(raw: Raw) -> dict[str, list[str]]:
    bound = raw["NetworkSettings"].get("Ports") or {}
    return {port: [f"{one['HostIp']}:{one['HostPort']}" for one in hosts or []] for port, hosts in bound.items()}


def _addresses(raw: Raw) -> dict[str, str]:
    return {name: one.get("IPAddress") or "" for name, one in raw["NetworkSettings"]["Networks"].items()}


def _capabilities(names: list[str] | None) -> list[str]:
    return sorted(name.upper().removeprefix("CAP_") for name in names or [])


def _plain(options: list[str] | None) -> list[str]:
    return [re.sub(r"[:=]true$", "", one) for one in options or []]
