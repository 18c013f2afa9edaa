# The facts of docker-basics, asked with the docker program: what a teacher would write without labrunner.
# REGISTRY is the course's, NONCE a word that nobody knows beforehand.
docker inspect -f '{{.Image}} {{.State.Running}}' lr-web
docker image inspect -f '{{.Id}}' "$REGISTRY/web:1"
docker exec lr-web curl -sS -m 5 http://localhost/
docker network inspect -f '{{.Driver}} {{.Scope}} {{.Internal}}' lr-shop
docker inspect -f '{{.State.Running}}' lr-store
docker run --rm --network lr-shop "$REGISTRY/redis:7.0" redis-cli -h lr-store -p 6379 echo "$NONCE"
docker inspect -f '{{.State.Running}}' lr-desk
docker exec lr-desk redis-cli -h lr-store -p 6379 echo "$NONCE"
docker inspect -f '{{.State.Running}}' lr-till
docker exec lr-till cat /till/journal
docker events --since 1h --until 0s --filter container=lr-till --format '{{.Action}} {{.Actor.Attributes.exitCode}}'
docker exec lr-ledger cat /till/goodbyes/book
docker image inspect -f '{{.Id}}' lr-oldtill:1999
docker image inspect -f '{{.Id}}' lr-oldtill:spare
docker inspect -f '{{.Id}}' lr-oldtill
docker image inspect -f '{{.Id}}' "$REGISTRY/till:1"
