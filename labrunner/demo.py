"""A whole section run for real while somebody looks on, in a world of its own that is gone afterwards."""

from labrunner import runner, working
from labrunner.catalog import LoadedLab
from labrunner.environment.surroundings import Surroundings
from labrunner.narrate import Narrator
from labrunner.outcome import Report
from labrunner.perform import Show
from labrunner.staging import Engine, staged, surrounded
from labrunner.words import say


def demo(loaded: LoadedLab, narrator: Narrator, show: Show, *, engine: Engine = "20.10") -> Report:
    """Do every step of a lab, each command with its real output, and check after each.

    Args:
        loaded: the lab.
        narrator: shows long work, and asks before a change of the machine.
        show: sees titles, commands, output and reports.
        engine: the version of the engine that it runs on.

    Returns:
        the last report over the whole lab; the learner's own lab and objects are not touched.
    """
    with surrounded(loaded, narrator) as around:
        return _shown(loaded.without(around.missing), around, narrator, show, engine)


def _shown(loaded: LoadedLab, around: Surroundings, narrator: Narrator, show: Show, engine: Engine) -> Report:
    with staged(loaded, around, narrator, engine) as stage:
        found = stage.session
        report, _ = runner.look(found, stage.world, patient=False)
        for step in loaded.lab.steps:
            show.step(loaded.text.steps[step.id].title)
            working.do(found, step, show)
            report, _ = runner.look(found, stage.world)
            runner.keep(found, report)
            show.report(Report(report.lab, report.of(step.id)))
            if not report.done(step.id):
                break
        for left, why in loaded.left_out.items():
            narrator.say(f"{left}: " + say(en=f"not here, because {why}", zh=f"这里做不了，因为 {why}"))
    return report
