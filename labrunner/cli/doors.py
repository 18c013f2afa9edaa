"""What commands call, imported when it is first called: `labrunner list` needs neither docker nor kubernetes."""

import importlib
from types import ModuleType


class Doors:
    """The modules behind the commands, by what they do; a test hands in its own."""

    def lifecycle(self) -> ModuleType:
        """Return the module that starts, checks, solves, resets and stops labs."""
        return importlib.import_module("labrunner.lifecycle")

    def belongings(self) -> ModuleType:
        """Return the module that says what of ours is on this machine."""
        return importlib.import_module("labrunner.belongings")

    def watch(self) -> ModuleType:
        """Return the module that follows a lab by its events."""
        return importlib.import_module("labrunner.watch")

    def asking(self) -> ModuleType:
        """Return the module that says why something is broken."""
        return importlib.import_module("labrunner.asking")

    def question(self) -> ModuleType:
        """Return the module that puts a question to others."""
        return importlib.import_module("labrunner.question")

    def rechecking(self) -> ModuleType:
        """Return the module that judges evidence."""
        return importlib.import_module("labrunner.rechecking")

    def demo(self) -> ModuleType:
        """Return the module that shows a lab in a sandbox."""
        return importlib.import_module("labrunner.demo")

    def prove(self) -> ModuleType:
        """Return the module that proves labs."""
        return importlib.import_module("labrunner.prove")

    def outage(self) -> ModuleType:
        """Return the module that stops components of the cluster, and brings them back."""
        return importlib.import_module("labrunner.outages")

    def grading(self) -> ModuleType:
        """Return the module that grades submissions."""
        return importlib.import_module("labrunner.grading.class_run")

    def fleet(self) -> ModuleType:
        """Return the module that grades submissions on a cluster."""
        return importlib.import_module("labrunner.fleet.class_run")

    def regrading(self) -> ModuleType:
        """Return the module that judges graded runs again."""
        return importlib.import_module("labrunner.grading.regrade")

    def results(self) -> ModuleType:
        """Return the module that shows and writes results."""
        return importlib.import_module("labrunner.render.graded")

    def doctor(self) -> ModuleType:
        """Return the module that examines the machine."""
        return importlib.import_module("labrunner.environment.doctor")
