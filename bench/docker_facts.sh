# The facts of docker-basics, asked with the docker program: what a teacher would write without labrunner.
# REGISTRY is the course's, NONCE a word that nobody knows beforehand, ORDER the student's own.
manifest="Accept: application/vnd.docker.distribution.manifest.v2+json"
docker inspect -f '{{.Image}} {{.State.Running}}' lr-web
docker image inspect -f '{{.Id}}' "$REGISTRY/web:1"
docker exec lr-web curl -sS -m 5 http://localhost/
docker image inspect -f '{{.RepoDigests}}' "$REGISTRY/web:2"
curl -sS -I -H "$manifest" "http://$REGISTRY/v2/web/manifests/2"
docker ps -a --filter "ancestor=$REGISTRY/web:2" --format '{{.Names}}'
docker network inspect -f '{{.Driver}} {{.Scope}} {{.Internal}}' lr-shop
docker inspect -f '{{.State.Running}}' lr-store
docker run --rm --network lr-shop "$REGISTRY/redis:7.0" redis-cli -h lr-store -p 6379 echo "$NONCE"
docker inspect -f '{{.State.Running}}' lr-desk
docker exec lr-desk redis-cli -h lr-store -p 6379 echo "$NONCE"
docker inspect -f '{{.State.Running}}' lr-till
docker exec lr-till cat /till/journal
docker run --rm --entrypoint cat lr-menu:today /usr/share/nginx/html/index.html
docker image inspect -f '{{.RootFS.Layers}}' lr-menu:today
docker image inspect -f '{{.RootFS.Layers}}' "$REGISTRY/nginx:1.22"
docker inspect -f '{{.Image}} {{.State.Running}}' lr-table
docker exec lr-table curl -sS -m 5 http://localhost/
docker image inspect -f '{{.RootFS.Layers}}' lr-menu:flat
docker run --rm --entrypoint cat lr-menu:flat /usr/share/nginx/html/index.html
docker inspect -f '{{.Image}} {{.State.Running}}' lr-stall
docker exec lr-stall curl -sS -m 5 http://localhost/
docker image inspect -f '{{.RootFS.Layers}} {{.Config.Cmd}}' lr-recipe:1
docker events --since 1h --until 0s --filter image=lr-recipe:1 --format '{{.Action}}'
curl -sS "http://$REGISTRY/v2/lr-menu/tags/list"
curl -sS -I -H "$manifest" "http://$REGISTRY/v2/lr-menu/manifests/$ORDER"
docker image inspect -f '{{.RepoDigests}}' lr-menu:today
docker events --since 1h --until 0s --filter container=lr-window --format '{{.Action}} {{.Actor.Attributes.exitCode}}'
docker exec lr-ledger cat /till/goodbyes/book
docker image inspect -f '{{.Id}}' lr-oldtill:1999
docker image inspect -f '{{.Id}}' lr-oldtill:spare
docker inspect -f '{{.Id}}' lr-oldtill
docker image inspect -f '{{.Id}}' "$REGISTRY/till:1"
