"""Who listens where, read from /proc/net/tcp and tcp6: no program has to be in an image for that but `cat`."""

import ipaddress
import re

ASK = "cat /proc/net/tcp /proc/net/tcp6"
"""What is run to hear it."""
LINE = re.compile(r"\s*\d+: (?P<address>[0-9A-F]{8}(?:[0-9A-F]{24})?):(?P<port>[0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A ")
"""A socket that listens (state 0A), as proc(5) has it: addresses in the machine's byte order, a word at a time."""
HEADER = "local_address"
RESOLVER = ipaddress.ip_address("127.0.0.11")
"""Docker's own name server listens in every container of a user-defined network."""


def ports(text: str) -> tuple[list[int], list[int]] | None:
    """Return the TCP ports that answer others, and those that only answer on loopback, each sorted.

    Args:
        text: what `cat` printed.

    Returns:
        None where it printed no table: then who listens is not known.
    """
    if HEADER not in text:
        return None
    others: set[int] = set()
    alone: set[int] = set()
    for line in text.splitlines():
        found = LINE.match(line)
        if found is None:
            continue
        address = _address(found["address"])
        if address != RESOLVER:
            (alone if address.is_loopback else others).add(int(found["port"], 16))
    return sorted(others), sorted(alone - others)


def _address(words: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    raw = b"".join(bytes.fromhex(words[at : at + 8])[::-1] for at in range(0, len(words), 8))
    address = ipaddress.ip_address(raw)
    return address.ipv4_mapped or address if isinstance(address, ipaddress.IPv6Address) else address
