docker rmi lr-oldtill:spare
docker rm lr-oldtill
docker rmi lr-oldtill:1999
