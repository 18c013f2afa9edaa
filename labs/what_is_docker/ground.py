"""What the lab stands on: its image, its values, and the two machines whose folders the app reads."""

from labrunner import Lab

lab = Lab(__file__)
lab.graded("own-engine", without={"other-runtime": "it is done in the cluster, and what is graded has an engine alone"})

nginx = lab.image("nginx:1.22")

shop = lab.value("shop")
stamp = lab.value("stamp")
other_stamp = lab.value("other_stamp")

# A machine's folder is a volume here: a folder of the very Linux that runs the daemon, wherever that is, and one that
# goes away by its name. What differs per student in it shows whose library a page was written with.
lab.prepare("""
cat > money.sh <<'SH'
EDITION='edition 2019, stamp {stamp}'
price() { printf '%d.%02d' $(($1 / 100)) $(($1 % 100)); }
SH
docker create --name lr-mymachine-opened -v lr-mymachine:/usr/local/lib/shop {nginx}
docker cp money.sh lr-mymachine-opened:/usr/local/lib/shop/money.sh
docker rm lr-mymachine-opened
""")
lab.prepare("""
cat > money.sh <<'SH'
EDITION='edition 2024, stamp {other_stamp}'
price() { printf '%d' $((($1 + 99) / 100)); }
SH
docker create --name lr-othermachine-opened -v lr-othermachine:/usr/local/lib/shop {nginx}
docker cp money.sh lr-othermachine-opened:/usr/local/lib/shop/money.sh
docker rm lr-othermachine-opened
""")

PAGE = "curl -sS -m 5 http://localhost/"
BUILD = "docker build --build-arg REGISTRY={registry} -t"
SHOP = "-e SHOP=tea-{shop}"
BACK = "$(docker inspect --format '{{.Config.Image}}' lr-back)"
"""The reference, digest and all, that lr-back was made of."""
