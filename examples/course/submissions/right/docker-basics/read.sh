receipt=$(docker logs lr-till 2>&1 | tr -d '\r')
first=$(printf '%s\n' "$receipt" | sed -n 's/^receipt, first half: *//p')
second=$(printf '%s\n' "$receipt" | sed -n 's/^receipt, second half: *//p')
labrunner answer read "$first-$second"
