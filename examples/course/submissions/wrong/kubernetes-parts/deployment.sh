kubectl create deployment web --image=localhost:5777/web:1
