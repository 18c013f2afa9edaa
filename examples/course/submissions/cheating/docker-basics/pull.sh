docker pull localhost:5777/web:2
