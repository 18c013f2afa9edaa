"""The lab's world followed by its events: what changed is read again, what read it is judged again, the rest stays."""

from labrunner.watch.loop import Watch
from labrunner.watch.sight import Seen, Unseen

__all__ = ["Seen", "Unseen", "Watch"]
