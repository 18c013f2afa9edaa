docker run -d --name lr-store --network lr-shop localhost:5777/redis:7.0
docker run -d --name lr-desk --network lr-shop localhost:5777/redis:7.0 sleep 86400
docker exec lr-desk redis-cli -h lr-store -p 6379 ping
