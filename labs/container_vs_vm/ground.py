"""What the lab stands on: one root file system, as an image and as a virtual machine; and what both are asked."""

from collections.abc import Callable

from labrunner import Answer, Fact, Lab, expect

lab = Lab(__file__)
lab.graded("own-engine")

tiny = lab.image("tiny:1")
vm = lab.image("vm:1", optional=True)

order = lab.value("order")

BOOT = 60
"""Seconds that a machine without hardware help may take to answer where many share the processors; two are usual."""


def line(said: Answer, word: str) -> Fact[str]:
    """Return what stands behind a word at the beginning of a line; absent where no line begins with it."""

    def found(text: str) -> str | None:
        return next(
            (rest for first, _, rest in (one.partition(" ") for one in text.splitlines()) if first == word), None
        )

    return said.stdout.map(found, word)  # type: ignore[arg-type] # None is an absent fact


def digits(answer: Fact[str]) -> Fact[str]:
    """Return the digits of an answer: a number stays the same with its unit."""
    return answer.map(lambda text: "".join(filter(str.isdigit, text)), "digits")


def agrees(answer: Fact[str], seen: Fact[str], as_: Callable[[Fact[str]], Fact[str]] | None = None) -> None:
    """Demand an answer, something that was seen, and that they are the same."""
    expect(answer).is_there()
    expect(seen).is_there()
    read = as_ or (lambda fact: fact.map(str.strip))
    expect(read(answer)).equals(read(seen).value)
