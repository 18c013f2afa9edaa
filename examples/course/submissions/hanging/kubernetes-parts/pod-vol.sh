kubectl get pods --watch
