docker exec lr-bell till ring
sleep 1
heard=$(docker logs --tail 1 lr-bell 2>&1)
labrunner answer follow "${heard##* }"
