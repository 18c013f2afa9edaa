"""The command line that asks what a probe asks, for a person to run."""

from collections.abc import Mapping

from labrunner.lab import Probe
from labrunner.operation import filled
from labrunner.world.registry_question import MANIFESTS


def shown_probe(probe: Probe, values: Mapping[str, str], client: str) -> str:
    """Return the command line that asks the same.

    Args:
        probe: as the lab declares it.
        values: what stands for the names in its command and target.
        client: the client image's reference.
    """
    command = filled(probe.command, values).replace("'", "'\\''")
    target = filled(probe.target, values)
    if probe.at == "registry":
        accept = " ".join(f"-H 'Accept: {kind}'" for kind in MANIFESTS) if "/manifests/" in command else ""
        return f"curl {accept} http://{values['registry']}/v2/{command}".replace("  ", " ")
    pod = f"$(kubectl get pods -l {target} -o name | head -n 1)" if "=" in target else target
    chosen = f" -c {probe.container}" if probe.container else ""
    image = probe.client(values, client)
    begins = {
        "inside": f"docker exec {target} sh",
        "network": f"docker run --rm --network {target or 'bridge'} --entrypoint sh {image}",
        "cluster": "kubectl exec -n labrunner-system labrunner-client -- sh",
        "pod": f"kubectl exec {pod}{chosen} -- sh",
        "node": f"labrunner node {target} sh",
    }
    return f"{begins.get(probe.at, f'labrunner {probe.at} sh')} -c '{command}'"
