first=$(docker logs lr-till 2>/dev/null | tail -n 1)
second=$(docker logs lr-till 2>&1 >/dev/null | tail -n 1)
docker logs lr-till
labrunner answer read "${first##* }-${second##* }"
