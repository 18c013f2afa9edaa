import subprocess

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from labrunner.errors import LabBroken
from labrunner.operation import HandIn, Terminal, filled, filled_act
from labrunner.script import commands

VALUES = {"redis": "localhost:5777/redis:7.0", "order": "42ab", "name": "it", "web": "W"}


@pytest.mark.parametrize(
    "text",
    [
        "docker ps --format '{{.ID}}'",
        "docker inspect -f '{{json .Name}}' x",
        "docker inspect -f '{{name}}' x",
        "kubectl get pods -o jsonpath='{.items[*].metadata.name}'",
        "kubectl get pods -o jsonpath='{range .items[*]}{.metadata.name}{end}'",
        "echo ${HOME} ${name} ${redis}",
        "awk '{print $1}' | awk '{ name }'",
        "f() { web; }",
        "echo {a,b} {1..3} {unknown} {}",
        '{"name": {}}',
    ],
)
def test_what_is_no_declared_name_stays_as_it_is(text: str) -> None:
    assert filled(text, VALUES) == text


def test_declared_names_are_replaced_wherever_they_stand() -> None:
    assert filled('run {redis} tea-{order}-{order} \'{"image": "{web}"}\'', VALUES) == (
        'run localhost:5777/redis:7.0 tea-42ab-42ab \'{"image": "W"}\''
    )


def test_what_was_filled_in_is_not_filled_again() -> None:
    assert filled("{a}{b}", {"a": "{b}", "b": "x"}) == "{b}x"


@given(st.text(alphabet="{}$.ab -_'\"\\\n"))
def test_without_declared_names_any_text_is_verbatim(text: str) -> None:
    assert filled(text, {}) == text
    assert filled(text, {"zz": "never"}) == text


def test_names_are_filled_into_dialogues_and_answers() -> None:
    talk = Terminal("docker attach {name}").until("{order}> ").types("tea-{order}").presses("ctrl-p", "ctrl-q")
    done = filled_act(talk, VALUES)
    assert isinstance(done, Terminal)
    assert (done.command, [turn.text for turn in done.turns]) == (
        "docker attach it",
        ["42ab> ", "tea-42ab", "ctrl-p ctrl-q"],
    )
    assert filled_act(HandIn("{order}"), VALUES) == HandIn("42ab")


def test_a_key_that_is_none_is_the_authors_fault() -> None:
    with pytest.raises(LabBroken):
        Terminal("x").presses("ctrl-z")


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("", []),
        ("# only a comment\n\n", []),
        ("a\n\n# b\n  c  ", ["a", "c"]),
        ("docker run \\\n  -d x\nnext", ["docker run \\\n  -d x", "next"]),
        ("cat <<EOF\na\n\n# b\nEOF\nnext", ["cat <<EOF\na\n\n# b\nEOF", "next"]),
        ("cat <<-'E O'\na\n\tE O\nnext", ["cat <<-'E O'\na\n\tE O", "next"]),
        ("cat <<A <<B\n1\nA\n2\nB\nnext", ["cat <<A <<B\n1\nA\n2\nB", "next"]),
        ("cat <<A \\\n| sort\n1\nA\nnext", ["cat <<A \\\n| sort\n1\nA", "next"]),
        ("echo $((1<<2))\nnext", ["echo $((1<<2))", "next"]),
        ("echo 'a << b'\nnext", ["echo 'a << b'", "next"]),
        ("echo x # << EOF\nnext", ["echo x # << EOF", "next"]),
        ("printf 'a\nb'\nnext", ["printf 'a\nb'", "next"]),
        ('printf "a\n# b\n\n"\nnext', ['printf "a\n# b\n\n"', "next"]),
        ("echo it\\'s\nnext", ["echo it\\'s", "next"]),
        ("echo 'C:\\'\nnext", ["echo 'C:\\'", "next"]),
        ("for i in 1 2; do\n  echo $i\ndone\nnext", ["for i in 1 2; do\n  echo $i\ndone", "next"]),
        ("if true\nthen a\nfi\nnext", ["if true\nthen a\nfi", "next"]),
        ("a |\nb\nc &&\nd", ["a |\nb", "c &&\nd"]),
        ("x=$(\na\n)\nnext", ["x=$(\na\n)", "next"]),
        ("f() {\na\n}\nf", ["f() {\na\n}", "f"]),
        ("a; b\nc & wait", ["a; b", "c & wait"]),
    ],
)
def test_a_script_is_split_where_a_shell_would_run_a_command(script: str, found: list[str]) -> None:
    assert commands(script) == found


def test_what_no_shell_understands_is_one_command_that_says_so() -> None:
    assert commands("echo 'never closed\nnext") == ["echo 'never closed\nnext"]


@settings(max_examples=15)
@given(
    st.lists(st.sampled_from(["echo a", "echo 'b\nc'", "cat <<E\nx\nE", "true \\\n && true", "# no", "", "{ :;\n}"]))
)
def test_the_pieces_together_do_what_the_script_does(lines: list[str]) -> None:
    script = "\n".join(lines)
    assume(script.strip())

    def said(text: str) -> str:
        return subprocess.run(["sh", "-c", text], capture_output=True, text=True, timeout=10, check=True).stdout

    assert "".join(map(said, commands(script))) == said(script)
