docker run -d --name lr-web localhost:5777/web:1
sleep infinity
