docker stop lr-window
docker rm lr-window
