docker network create lr-shop
