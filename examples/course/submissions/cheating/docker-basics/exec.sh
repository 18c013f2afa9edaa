echo tea-54a4e27a | docker exec -i lr-till till
