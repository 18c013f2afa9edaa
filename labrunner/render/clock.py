"""Moments and durations as people say them."""

from datetime import UTC, datetime

from labrunner.words import say

MINUTE = 60
HOUR = 3600
DAY = 86400
BRIEF = 9.95


def moment(iso: str) -> str:
    """Return a UTC moment (ISO 8601) as local time: "14:02", with the date where it was another day; empty for none."""
    then = _read(iso)
    if then is None:
        return ""
    local = then.astimezone()
    return local.strftime("%H:%M" if local.date() == datetime.now().astimezone().date() else "%Y-%m-%d %H:%M")


def ago(iso: str) -> str:
    """Return how long a UTC moment (ISO 8601) is past: "12 min"; empty for none."""
    then = _read(iso)
    return "" if then is None else duration(max(0.0, (datetime.now(UTC) - then).total_seconds()))


def duration(seconds: float) -> str:
    """Return seconds as people say them: "0.4 s", "42 s", "3 min 5 s", "2 h 10 min", "3 days"."""
    if seconds < BRIEF:
        return say(en=f"{seconds:.1f} s", zh=f"{seconds:.1f} 秒")
    whole = round(seconds)
    if whole < MINUTE:
        return say(en=f"{whole} s", zh=f"{whole} 秒")
    if whole < HOUR:
        minutes, rest = divmod(whole, MINUTE)
        return say(en=f"{minutes} min {rest} s", zh=f"{minutes} 分 {rest} 秒")
    if whole < DAY:
        hours, rest = divmod(whole // MINUTE, MINUTE)
        return say(en=f"{hours} h {rest} min", zh=f"{hours} 小时 {rest} 分")
    return say(en=f"{whole // DAY} days", zh=f"{whole // DAY} 天")


def _read(iso: str) -> datetime | None:
    try:
        then = datetime.fromisoformat(iso)
    except ValueError:
        return None
    return then if then.tzinfo else then.replace(tzinfo=UTC)
