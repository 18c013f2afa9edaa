import io

from labrunner.render import prose
from labrunner.render.screen import Screen

MARKDOWN = """\
Run **it**: see `docker run`
on the next line.

- first
- second

```sh
docker run -d --name lr-web --network lr-shop localhost:5777/nginx:1.22 sleep 1000000
```
> quoted
"""


def shown(markdown: str, *, width: int = 60, colour: bool = False) -> str:
    out = io.StringIO()
    prose.show(Screen(out, width=width, colour=colour, fancy=True), markdown)
    return out.getvalue()


def test_markdown_reads_as_text() -> None:
    text = shown(MARKDOWN)
    assert "Run it: see `docker run` on the next line." in text
    assert "• first\n• second\n" in text
    assert "│ quoted" in text


def test_a_command_is_never_wrapped_so_that_it_can_be_copied() -> None:
    assert "docker run -d --name lr-web --network lr-shop localhost:5777/nginx:1.22 sleep 1000000\n" in shown(MARKDOWN)


def test_code_needs_no_backticks_where_it_has_a_colour() -> None:
    assert shown("see `docker run`", colour=True) == "see \x1b[36mdocker run\x1b[0m\n"


def test_lines_of_a_chinese_paragraph_are_joined_without_a_space() -> None:
    assert shown("容器在网络里\n用名字访问") == "容器在网络里用名字访问\n"


def test_short_code_stays_on_one_line() -> None:
    lines = shown("运行之后再看一看 `docker ps -a` 的输出", width=24).splitlines()
    assert any("`docker ps -a`" in line for line in lines)
