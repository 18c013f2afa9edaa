"""What the lab stands on: images, values, what `start` plants, and how the till's journal is read."""

from labrunner import Answer, Fact, Lab

lab = Lab(__file__)
lab.graded("own-engine")

web = lab.image("web:1")
web2 = lab.image("web:2", name="web2")
redis = lab.image("redis:7.0")
nginx = lab.image("nginx:1.22")
till = lab.image("till:1")

order = lab.value("order")
dish = lab.value("dish")
nonce = lab.fresh("nonce")
first_half = lab.secret("first_half")
second_half = lab.secret("second_half")
file_number = lab.secret("file_number")
first_chime = lab.secret("first_chime")
second_chime = lab.secret("second_chime")
window_place = lab.secret("window_place")
window_shelf = lab.secret("window_shelf")

# A till that has been at work since before the learner came: its receipt is printed once, half on each stream, and
# what it was told of it is gone from its disk; the number in its log file is another one.
lab.prepare("""
docker create -it --name lr-till --network none {till}
printf '%s\\n' '{first_half}' '{second_half}' '{file_number}' > receipt
docker cp receipt lr-till:/till/receipt
docker start lr-till
""")

# A doorbell: one word was printed at opening, the other one is printed whenever somebody rings.
lab.prepare("""
docker create --name lr-bell --network none {till} till bell
printf '%s\\n' '{first_chime}' '{second_chime}' > chimes
docker cp chimes lr-bell:/till/chimes
docker start lr-bell
""")

# A second till, whose configuration is worth a look, and a container that watches its book of goodbyes. The networks'
# addresses are those that are reserved for examples: nobody's network at home or at work has them.
lab.prepare("""
docker network create --internal --subnet 198.51.100.0/24 lr-lane
docker network create --internal --subnet 203.0.113.0/24 lr-yard
printf '%s\\n' --env=TILL_PLACE={window_place} --volume=lr-window-paper:/paper/{window_shelf} > settings
docker create -it --name lr-window --network lr-lane --ip 198.51.100.37 --restart unless-stopped \\
  -v lr-window-book:/till/goodbyes $(cat settings) {till}
docker network connect --ip 203.0.113.82 lr-yard lr-window
docker start lr-window
docker run -d --name lr-ledger --network none -v lr-window-book:/till/goodbyes:ro {till} till ledger
""")

# An image that says its recipe: one layer on top of {till}, and a command of its own.
lab.prepare("""
docker create --name lr-recipe-draft {till}
printf '%s\\n' 'Pancakes: two eggs, one cup of flour, one cup of milk, and no hurry.' > recipe
docker cp recipe lr-recipe-draft:/till/recipe
docker commit --change 'CMD ["cat", "/till/recipe"]' lr-recipe-draft lr-recipe:1
docker rm lr-recipe-draft
""")

# An image of its own with two names and the layers of {till} below it, and a container made of it.
lab.prepare("""
docker create --name lr-oldtill-draft {till}
docker commit -m 'the till of 1999' lr-oldtill-draft lr-oldtill:1999
docker rm lr-oldtill-draft
docker tag lr-oldtill:1999 lr-oldtill:spare
docker create --name lr-oldtill lr-oldtill:1999
""")


def readers(journal: Answer, line: str) -> Fact[list[int]]:
    """Return the PIDs that read a line, sorted; absent where nobody did."""

    def pids(text: str) -> list[int] | None:
        found = [who for who, _, what in (one.partition(" ") for one in text.splitlines()) if what == line]
        return sorted(int(who) for who in found if who.isdigit()) or None

    return journal.stdout.map(pids, f"PIDs that read {line}")  # type: ignore[arg-type] # None is an absent fact


def starts_after(journal: Answer, line: str, *, first: bool) -> Fact[int]:
    """Return how often the till was started after a line was last read by PID 1, or by another; absent if it was not.

    Args:
        journal: the till's.
        line: what was typed.
        first: True for PID 1, False for any other process.
    """

    def count(text: str) -> int | None:
        lines = [one.partition(" ") for one in text.splitlines()]
        read = [n for n, (who, _, what) in enumerate(lines) if what == line and (who == "1") == first]
        return sum(who == "opened" for who, _, _ in lines[read[-1] :]) if read else None

    return journal.stdout.map(count, f"starts after {line}")  # type: ignore[arg-type] # None is an absent fact
