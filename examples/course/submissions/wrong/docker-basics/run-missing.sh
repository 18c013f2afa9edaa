docker run -d --name web localhost:5777/web:1
