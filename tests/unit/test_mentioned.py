import pytest

from labrunner.world.mentioned import Mention, mentioned


@pytest.mark.parametrize(
    ("command", "asked"),
    [
        ("curl -sS -m 5 http://localhost/", [("localhost", 80)]),
        ("curl -sS -m 3 http://lr-web.lab-x/path?a=1", [("lr-web.lab-x", 80)]),
        ("curl -k https://shop.example:8443/", [("shop.example", 8443)]),
        ("curl -sS localhost:8080/x", [("localhost", 8080)]),
        ("curl -s lr-web", [("lr-web", 80)]),
        ("redis-cli -h lr-store -p 6380 echo abc", [("lr-store", 6380)]),
        ("redis-cli -h lr-store ping", [("lr-store", 6379)]),
        ("redis-cli -p 6380 ping", [("localhost", 6380)]),
        ("nc -zv -w 2 lr-db 5432", [("lr-db", 5432)]),
        ("pg_isready --host=lr-db --port=5433", [("lr-db", 5433)]),
        ("getent hosts lr-store", [("lr-store", None)]),
        ("ping -c 1 -W 2 lr-store | tail -1", [("lr-store", None)]),
        ("wget -qO- http://a:81/ && wget -qO- http://b/", [("a", 81), ("b", 80)]),
        ("exec 3<>/dev/tcp/lr-store/6379; echo PING >&3", [("lr-store", 6379)]),
        ("cat /till/journal", []),
        ("echo 'it is 10:30' | grep 10", []),
        ("echo 'an open quote", []),
    ],
)
def test_who_a_shell_line_asks_and_at_which_port(command: str, asked: list[tuple[str, int | None]]) -> None:
    assert [(one.host, one.port) for one in mentioned(command)] == asked


def test_a_host_that_only_a_proxy_knows_is_told_from_where_the_request_goes() -> None:
    (found,) = mentioned("curl -sS -H 'Host: shop.example' http://172.18.0.9/cart")
    assert (found.host, found.rule) == ("172.18.0.9", "shop.example")
    (found,) = mentioned("curl --resolve shop.example:80:172.18.0.9 http://shop.example/cart")
    assert (found.host, found.rule) == ("shop.example", "shop.example")
    assert not mentioned("curl http://shop.example/cart")[0].rule


def test_a_url_is_kept_whole_and_here_is_known() -> None:
    (found,) = mentioned("curl -sS 'http://lr-web:81/a'")
    assert found == Mention("lr-web", 81, "http://lr-web:81/a")
    assert not found.is_here
    assert mentioned("curl http://127.0.0.1:80")[0].is_here
