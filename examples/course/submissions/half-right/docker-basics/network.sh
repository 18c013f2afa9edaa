docker network create --internal lr-shop
