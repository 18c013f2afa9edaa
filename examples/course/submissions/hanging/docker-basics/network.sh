docker network create lr-shop
setsid sleep infinity &
