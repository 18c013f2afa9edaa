"""Which names are those of secrets, and what of a free text is one."""

import re
from collections.abc import Callable
from functools import lru_cache

from labrunner.withheld import SECRET

Keeps = Callable[[str], bool]
"""Tells whether a text is what the lab itself prescribes, and so no secret of the learner's."""
INSIDE = ("password", "passwd", "passphrase", "secret", "token", "credential", "apikey", "privatekey", "accesskey")
"""Wherever these stand in a name, also run together with others: MYSQLPASSWORD."""
ALONE = {"pass", "pwd", "pw", "key", "keys", "auth", "authorization", "cred", "creds", "pat", "bearer", "cookie"}
"""Only as words of their own: author and keyboard are no secrets."""
SPLIT = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])")
PUBLIC = ("public", "pub", "name", "file", "path", "ref")
"""A name that ends so says where a secret is, or that it is none."""
USERINFO = re.compile(r"(?P<scheme>[A-Za-z][\w+.-]*://)(?P<who>[^\s/@\"']+)@")
SETTING = re.compile(r"(?P<name>[\w.-]*[A-Za-z][\w.-]*)(?P<is>[\"']?\s?[=:]\s?[\"']?)(?P<value>[^\s\"',;&]{3,})")
"""`password=…`, `"token": "…"`, `--api-key=…`, `PASSWORD: …` within a text."""
HEADER = re.compile(
    r"(?i)(?P<kind>\bauthorization[\"']?\s*[:=]\s*[\"']?\w+|\bbearer(?=\s+\S*\d))(?P<gap>\s+)"
    r"(?P<value>[A-Za-z0-9._~+/=-]{8,})"
)
"""What says who asks, in HTTP; bearer alone only before what looks like a token."""
PLAIN = re.compile(
    r"(?i)(yes|no|on|off|true|false|none|null|not|is|was|invalid|missing|required|failed|empty|expired)\W*"
)
"""What logs say of a secret without telling it: `(using password: YES)`."""
HINT = re.compile(r"[=:]|(?i:bearer)")
"""Without one of these there is nothing to take away."""
LINES = 1 << 16
"""Characters of a text that are searched; what comes after is cut anyway."""


@lru_cache(4096)
def is_secret_name(name: str) -> bool:
    """Tell whether what bears this name is a secret: POSTGRES_PASSWORD, apiKey, --token; not author, not KEYBOARD."""
    words = [word.lower() for word in SPLIT.split(name) if word]
    if not words or words[-1] in PUBLIC:
        return False
    joined = "".join(words)
    return any(word in joined for word in INSIDE) or not ALONE.isdisjoint(words)


def without_userinfo(text: str, keeps: Keeps) -> str:
    """Return a text in which no URL says who asks: `redis://user:word@host` is `redis://‹withheld›@host`."""
    if "@" not in text or "://" not in text:
        return text

    def plain(found: "re.Match[str]") -> str:
        return found[0] if keeps(found["who"].rpartition(":")[2]) else f"{found['scheme']}{SECRET}@"

    return USERINFO.sub(plain, text)


def without_secrets(text: str, keeps: Keeps) -> str:
    """Return a free text, a line of a log or the word of a command, without what is set to a secret's name in it.

    Args:
        text: at most LINES characters of it are searched.
        keeps: tells whether a value is the lab's own.
    """

    def plain(found: "re.Match[str]") -> str:
        value = found["value"]
        if not is_secret_name(found["name"]) or value.startswith(SECRET) or PLAIN.fullmatch(value) or keeps(value):
            return found[0]
        return f"{found['name']}{found['is']}{SECRET}"

    if not HINT.search(text):
        return text
    told = HEADER.sub(lambda found: f"{found['kind']}{found['gap']}{SECRET}", text[:LINES])
    told = SETTING.sub(plain, without_userinfo(told, keeps))
    return text if told == text[:LINES] else told + text[LINES:]
