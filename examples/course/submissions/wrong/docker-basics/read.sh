docker logs lr-till
labrunner answer read open
