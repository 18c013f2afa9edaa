# A terminal of its own: Ctrl-P Ctrl-Q leaves the container running.
{ sleep 1; printf '\r'; sleep 1; printf 'cake-185d775f\r'; sleep 2; printf '\020\021'; sleep 1; } |
  script --quiet --command 'stty cols 80 rows 24; docker attach lr-till' /dev/null || true
docker exec lr-till cat /till/journal
