kubectl create deployment lr-web --image=localhost:5777/web:1 --replicas=2
kubectl rollout status deployment/lr-web --timeout=90s
