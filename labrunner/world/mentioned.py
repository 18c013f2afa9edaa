"""Which hosts and ports a shell line asks: URLs, host:port, `-h HOST -p PORT`, `nc HOST PORT`."""

import re
import shlex
from dataclasses import dataclass
from itertools import pairwise

URL = re.compile(
    r"(?P<scheme>https?|redis|tcp)://(?:[^@/\s]*@)?(?P<host>\[[^\]]+\]|[\w.-]+)(?::(?P<port>\d+))?(?P<path>/\S*)?"
)
PAIR = re.compile(r"(?P<host>[a-z0-9][\w.-]*|\[[^\]]+\]):(?P<port>\d{1,5})(?:/\S*)?", re.IGNORECASE)
HEADER = re.compile(r"Host:\s*([\w.-]+)(?::\d+)?$", re.IGNORECASE)
RESOLVE = "--resolve"
DEVICE = re.compile(r"/dev/tcp/(?P<host>[\w.-]+)/(?P<port>\d+)")
WELL_KNOWN = {"http": 80, "https": 443, "redis": 6379, "tcp": None}
HOST_OPTIONS = ("-h", "--host", "--hostname")
PORT_OPTIONS = ("-p", "--port")
PROGRAMS: dict[str, int | None] = {
    "redis-cli": 6379, "curl": 80, "wget": 80, "nc": None, "ncat": None, "telnet": None, "ping": None, "getent": None,
    "nslookup": None, "host": None, "dig": None, "pg_isready": 5432, "psql": 5432, "mysql": 3306, "mysqladmin": 3306,
}  # fmt: skip
"""Programs that talk to a host, and the port that they mean where none is said."""
LOOPBACK = ("localhost", "127.0.0.1", "::1", "[::1]", "0.0.0.0")  # noqa: S104 - what people write for "here"


@dataclass(frozen=True, slots=True)
class Mention:
    """A host that a command asks.

    Attributes:
        host: a name or an address.
        port: TCP; None where the command does not say.
        url: the whole URL, where it is one.
        rule: the host by which a reverse proxy is to know the request, where the command sends it to an address that
            it names itself: `-H 'Host: shop.example'`, `--resolve shop.example:80:172.18.0.9`.
    """

    host: str
    port: int | None = None
    url: str = ""
    rule: str = ""

    @property
    def is_here(self) -> bool:
        """Tell whether the command asks where it runs."""
        return self.host in LOOPBACK


def mentioned(command: str) -> list[Mention]:
    """Return the hosts that a shell line asks, in its order, each once; what cannot be read is left out."""
    try:
        words = shlex.split(command, comments=False)
    except ValueError:
        words = command.split()
    found = [*_written_out(words), *_by_options(words)]
    return list(dict.fromkeys(found))


def _written_out(words: list[str]) -> list[Mention]:
    """Return what stands there as a URL, as host:port, or as bash's device."""
    found = []
    header = next((match[1] for word in words if (match := HEADER.match(word))), "")
    resolved = {word.partition(":")[0] for before, word in pairwise(words) if before == RESOLVE}
    for word in words:
        if url := URL.search(word):
            rule = header or (url["host"] if url["host"] in resolved else "")
            port = int(url["port"]) if url["port"] else WELL_KNOWN[url["scheme"]]
            found.append(Mention(url["host"], port, url[0].rstrip("'\");,"), rule))
        elif device := DEVICE.search(word):
            found.append(Mention(device["host"], int(device["port"])))
        elif pair := PAIR.fullmatch(word):
            found.append(Mention(pair["host"], int(pair["port"])))
    return found


def _by_options(words: list[str]) -> list[Mention]:
    """Return what a known program is told by options or by its place, up to the end of its command."""
    found = []
    for at, word in enumerate(words):
        program = word.rpartition("/")[2]
        if program not in PROGRAMS:
            continue
        rest = _own(words[at + 1 :])
        if any(URL.search(one) or PAIR.fullmatch(one) for one in rest):
            continue
        host = _option(rest, HOST_OPTIONS)
        port = _option(rest, PORT_OPTIONS)
        plain = _plain(rest)
        if not host and program not in ("redis-cli", "psql", "mysql", "mysqladmin", "pg_isready"):
            names = [one for one in plain if not one.isdigit() and one not in ("hosts", "ahosts", "ahostsv4")]
            host = names[0] if names else ""
            numbers = [one for one in plain if one.isdigit()]
            port = port or (numbers[-1] if numbers and program in ("nc", "ncat", "telnet") else "")
        if not host and program == "redis-cli":
            host = "localhost"
        if host:
            found.append(Mention(host, int(port) if port.isdigit() else PROGRAMS[program]))
    return found


def _own(words: list[str]) -> list[str]:
    """Return a program's own words: those before the next operator of the shell."""
    end = next((n for n, word in enumerate(words) if word in ("|", "||", "&&", ";", "&") or word.endswith(";")), None)
    if end is None:
        return words
    return [*words[:end], words[end][:-1]] if words[end].endswith(";") and words[end] != ";" else words[:end]


def _option(words: list[str], names: tuple[str, ...]) -> str:
    for at, word in enumerate(words):
        if word in names and at + 1 < len(words):
            return words[at + 1]
        for name in names:
            if name.startswith("--") and word.startswith(f"{name}="):
                return word.partition("=")[2]
    return ""


def _plain(words: list[str]) -> list[str]:
    """Return the words that are no options, and no numbers that belong to one (`-w 2`, `-m 5`)."""
    found = []
    for before, word in pairwise(["", *words]):
        belongs = before.startswith("-") and word.isdigit() and len(before) <= len("-zv") and before[-1] in "mwWct"
        if not word.startswith("-") and not belongs and not word.startswith((">", "<", "2>")):
            found.append(word)
    return found
