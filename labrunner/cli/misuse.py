"""What typer says about a wrong command line, as one sentence of ours."""

from typing import Any

from typer.exceptions import TyperException

from labrunner.errors import UsageError
from labrunner.words import say

CHINESE = {
    "MissingParameter": "缺少参数 {name}",
    "NoSuchOption": "没有选项 {name}",
    "BadOptionUsage": "选项 {name} 用法不对",
    "BadParameter": "参数 {name} 的值不对",
}


def as_usage_error(wrong: TyperException) -> UsageError:
    """Return the error of ours that says what typer's does; the hint is the command's help."""
    context: Any = getattr(wrong, "ctx", None)
    path = context.command_path if context is not None else "labrunner"
    return UsageError(say(en=_english(wrong), zh=_chinese(wrong)), hint=f"{path} --help")


def _english(wrong: TyperException) -> str:
    said = " ".join(wrong.format_message().split()).rstrip(".")
    return said[:1].lower() + said[1:]


def _chinese(wrong: TyperException) -> str:
    parameter: Any = getattr(wrong, "param", None)
    shown = getattr(parameter, "metavar", None) or getattr(parameter, "name", None)
    name = getattr(wrong, "option_name", None) or shown
    pattern = CHINESE.get(type(wrong).__name__)
    return pattern.format(name=name) if pattern and name else f"命令写得不对：{_english(wrong)}"
