"""`python -m labrunner`: the same as the command `labrunner`."""

import sys

from labrunner.cli import main

if __name__ == "__main__":
    sys.exit(main())
