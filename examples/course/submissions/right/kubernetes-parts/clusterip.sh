kubectl expose deployment lr-web --port=80
