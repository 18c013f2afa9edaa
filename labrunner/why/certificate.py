"""Reads from a certificate the names that it is good for and until when: as much of DER as that takes, and no more."""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address

SAN = bytes.fromhex("551d11")
"""OID 2.5.29.17, subjectAltName (RFC 5280, 4.2.1.6)."""
OF_DNS, OF_ADDRESS = 0x82, 0x87
"""Tags of a GeneralName: dNSName, iPAddress."""
EXTENSIONS, OID, BYTES, UTC_TIME = 0xA3, 0x06, 0x04, 0x17
VERSION = 0xA0
"""Tag of the field that stands before the serial number, in all but the oldest certificates."""
PEM = re.compile(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a server's certificate says of itself.

    Attributes:
        names: the names and addresses that it is good for, in its order; none where it has no subjectAltName, and
            then no client of today accepts it for any.
        ends: the last moment at which it is good.
    """

    names: tuple[str, ...]
    ends: datetime

    def covers(self, host: str) -> bool:
        """Tell whether it is good for a host; "*" stands for one label and is only the first."""
        wanted = host.lower().rstrip(".")
        wild = "*." + wanted.partition(".")[2]
        return any(name.lower() in (wanted, wild if "." in wanted else wanted) for name in self.names)


def read(text: str) -> Certificate | None:
    """Read the first certificate of a PEM text; None where there is none that can be read."""
    found = PEM.search(text)
    if found is None:
        return None
    try:
        return _certificate(base64.b64decode(found[1]))
    except (ValueError, IndexError, StopIteration, binascii.Error):
        return None


def _certificate(der: bytes) -> Certificate:
    signed = next(_parts(next(_parts(der))[1]))[1]
    fields = [part for part in _parts(signed) if part[0] != VERSION]
    (_, _), (kind, ends) = list(_parts(fields[3][1]))[:2]  # serial, algorithm, issuer, validity: from, until
    names: tuple[str, ...] = ()
    for tag, body in fields:
        if tag == EXTENSIONS:
            names = tuple(_names(next(_parts(body))[1]))
    return Certificate(names, _moment(kind, ends.decode("ascii")))


def _names(extensions: bytes) -> Iterator[str]:
    for _, extension in _parts(extensions):
        parts = list(_parts(extension))
        if parts[0] == (OID, SAN):
            for tag, name in _parts(next(_parts(parts[-1][1]))[1]):
                if tag == OF_DNS:
                    yield name.decode("ascii")
                elif tag == OF_ADDRESS:
                    yield str(ip_address(name))


def _moment(tag: int, text: str) -> datetime:
    if tag == UTC_TIME:  # two digits of the year: 50 to 99 are of the last century
        text = ("20" if int(text[:2]) < 50 else "19") + text  # noqa: PLR2004
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def _parts(der: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (tag, content) of what stands one after the other; raises ValueError where it is cut short."""
    at = 0
    while at < len(der):
        tag, length, at = der[at], der[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length, at = int.from_bytes(der[at : at + size], "big"), at + size
        if at + length > len(der):
            raise ValueError("cut short")
        yield tag, der[at : at + length]
        at += length
