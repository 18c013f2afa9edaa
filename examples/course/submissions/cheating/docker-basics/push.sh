docker tag lr-menu:today localhost:5777/lr-menu:54a4e27a
docker push localhost:5777/lr-menu:54a4e27a
