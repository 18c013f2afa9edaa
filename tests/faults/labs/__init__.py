"""Labs that are quickly begun and have something of everything that a command may be interrupted at."""

SECTIONS = (("back_door", "tests › on one engine"), ("side_gate", "tests › on a cluster"))
