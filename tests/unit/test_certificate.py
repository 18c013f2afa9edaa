"""Names and end of a certificate, as the standard library reads them; nonsense is read as none."""

import base64
import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labrunner.why.certificate import Certificate, read
from tests.certificates import OLD, SHOP


def pem(der: bytes) -> str:
    return f"-----BEGIN CERTIFICATE-----\n{base64.encodebytes(der).decode()}-----END CERTIFICATE-----\n"


def der(text: str) -> bytes:
    return ssl.PEM_cert_to_DER_cert(text.strip())


@pytest.mark.parametrize("text", [SHOP, OLD])
def test_it_is_read_as_the_standard_library_reads_it(text: str, tmp_path: Path) -> None:
    file = tmp_path / "one.pem"
    file.write_text(text)
    decode: Any = ssl._ssl._test_decode_cert  # type: ignore[attr-defined]
    wanted = decode(str(file))
    found = read(f"some words before\n{text}{SHOP}")
    assert found is not None
    assert found.names == tuple(name for _, name in wanted["subjectAltName"])
    assert found.ends.timestamp() == ssl.cert_time_to_seconds(wanted["notAfter"])


def test_a_star_stands_for_one_label() -> None:
    one = Certificate(("shop.example", "*.till.example", "*"), datetime.now(UTC))
    assert one.covers("SHOP.example.")
    assert one.covers("a.till.example")
    assert not one.covers("till.example")
    assert not one.covers("a.b.till.example")
    assert not one.covers("shop")


@given(st.binary(max_size=300))
def test_nonsense_is_no_certificate(nonsense: bytes) -> None:
    assert read(pem(nonsense)) is None


@given(st.integers(0, len(der(SHOP)) - 1), st.integers(0, 255))
def test_a_byte_that_is_another_breaks_nothing(at: int, byte: int) -> None:
    changed = bytearray(der(SHOP))
    changed[at] = byte
    found = read(pem(bytes(changed)))
    assert found is None or isinstance(found.ends, datetime)


@given(st.integers(0, len(der(SHOP)) - 1))
def test_a_certificate_that_is_cut_short_is_none(at: int) -> None:
    assert read(pem(der(SHOP)[:at])) is None


@pytest.mark.parametrize("text", ["", "no certificate", SHOP.replace("-----END", "")])
def test_a_text_without_a_certificate(text: str) -> None:
    assert read(text) is None
