echo tea-185d775f | docker exec -i lr-till till
