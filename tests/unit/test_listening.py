from labrunner.world.listening import ports

TABLE = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0100007F:18EB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1 0 100 0 0 10 0
   2: 0B00007F:B18D 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 3 1 0 100 0 0 10 0
   3: 020011AC:0050 030011AC:9C40 01 00000000:00000000 00:00000000 00000000     0        0 4 1 0 100 0 0 10 0
  sl  local_address                         remote_address                        st tx_queue rx_queue tr
   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:0 0 0 0 5
   1: 00000000000000000000000001000000:2328 00000000000000000000000000000000:0000 0A 00000000:00000000 00:0 0 0 0 6
   2: 0000000000000000FFFF00000100007F:2329 00000000000000000000000000000000:0000 0A 00000000:00000000 00:0 0 0 0 7
"""


def test_listeners_are_told_from_connections_and_loopback_from_the_rest() -> None:
    assert ports(TABLE) == ([80, 8080], [6379, 9000, 9001])


def test_a_port_open_to_all_is_not_only_open_inside() -> None:
    both = TABLE + TABLE.splitlines()[2].replace("0100007F", "00000000") + "\n"
    assert ports(both) == ([80, 6379, 8080], [9000, 9001])


def test_no_table_means_that_it_is_not_known() -> None:
    assert ports("") is None
    assert ports("cat: not found") is None
    assert ports("  sl  local_address rem_address   st") == ([], [])
