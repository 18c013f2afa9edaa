"""Everything that labrunner refuses or cannot do, as one tree.

    LabrunnerError                 .exit_code, .hint; caught once, in cli
    ├── UsageError            2    UnknownLab, UnknownStep, NoLabStarted (HalfMade)
    ├── LabBroken             2    a lab folder that does not hold what a lab must hold
    ├── EnvironmentNotReady   3    DockerDown, DockerForbidden, ContextUnknown, ClusterDown, Busy, DiskFull, PortTaken,
    │                              SourceMissing, Declined
    ├── Fault                 4    ours: a leak, a broken checker, a proof that does not hold
    │   └── Leak              4    something of ours remained
    └── Refused               5    NameTaken, RemoteDocker, OtherDaemon, NotOurs

A message is one sentence that says what was wrong and where; the hint is the next move.
What a learner got wrong is never one of these: that is an outcome (see outcome.py).
"""


class LabrunnerError(Exception):
    """The root of the tree: a sentence for a person, the next move, and the exit code of the process."""

    exit_code = 4

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(LabrunnerError):
    """What was typed names nothing that is there."""

    exit_code = 2


class UnknownLab(UsageError):
    """No lab bears this name."""


class UnknownStep(UsageError):
    """The lab has no step of this name."""


class NoLabStarted(UsageError):
    """The command needs a started lab and none is."""


class HalfMade(NoLabStarted):
    """A lab's start, reset or stop was interrupted; `lab` is its name."""

    def __init__(self, message: str, *, hint: str = "", lab: str = "") -> None:
        super().__init__(message, hint=hint)
        self.lab = lab


class LabBroken(LabrunnerError):
    """A lab folder does not hold what a lab must hold."""

    exit_code = 2


class EnvironmentNotReady(LabrunnerError):
    """The machine lacks something; never the learner's fault."""

    exit_code = 3


class DockerDown(EnvironmentNotReady):
    """No Docker daemon answers at the resolved endpoint."""


class DockerForbidden(EnvironmentNotReady):
    """A daemon is there, and this user may not talk to it."""


class ContextUnknown(EnvironmentNotReady):
    """DOCKER_CONTEXT names a context that does not exist."""


class ClusterDown(EnvironmentNotReady):
    """The course's cluster does not answer."""


class Busy(EnvironmentNotReady):
    """Another labrunner holds the lock."""


class DiskFull(EnvironmentNotReady):
    """State could not be written."""


class PortTaken(EnvironmentNotReady):
    """A port that the course needs is in use."""


class SourceMissing(EnvironmentNotReady):
    """No source has an image or a program that is needed."""


class Declined(EnvironmentNotReady):
    """The owner of the machine said no to a change of it, or nobody was there to say yes."""


class Fault(LabrunnerError):
    """A fault of ours."""

    exit_code = 4


class Leak(Fault):
    """Something of ours remained after its removal."""


class Refused(LabrunnerError):
    """Refused for safety; nothing was touched."""

    exit_code = 5


class NameTaken(Refused):
    """A name that the lab prescribes belongs to an object of the user's."""


class RemoteDocker(Refused):
    """The Docker endpoint is not on this machine."""


class OtherDaemon(Refused):
    """The daemon is not the one that the lab was started on."""


class NotOurs(Refused):
    """The object is not provably ours."""
