docker save -o recipe.tar lr-recipe:1
docker rmi lr-recipe:1
docker load -i recipe.tar
docker run --rm lr-recipe:1
