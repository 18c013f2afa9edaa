docker export -o board.tar lr-board
docker import board.tar lr-menu:flat
docker run -d --name lr-stall lr-menu:flat nginx -g 'daemon off;'
