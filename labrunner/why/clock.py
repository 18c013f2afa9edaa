"""How long something has lasted, by the times that Kubernetes writes and the one at which a snapshot was taken."""

from datetime import UTC, datetime


def seconds(since: object, until: object) -> float:
    """Return the seconds between two times.

    Args:
        since: the earlier one, RFC 3339, as Kubernetes writes it.
        until: the later one.

    Returns:
        infinity where one of them is missing or no time: nothing is then said to have only just begun.
    """
    begun, now = _moment(since), _moment(until)
    return (now - begun).total_seconds() if begun and now else float("inf")


def _moment(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
