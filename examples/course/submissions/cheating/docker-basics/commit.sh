docker run -d --name lr-board localhost:5777/nginx:1.22
docker exec lr-board sh -c 'echo special-0aac0b9a > /usr/share/nginx/html/index.html'
docker commit lr-board lr-menu:today
docker run -d --name lr-table lr-menu:today
