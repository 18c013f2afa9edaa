kubectl create deployment lr-web --image=localhost:5777/web:1 --replicas=3
kubectl rollout status deployment/lr-web --timeout=90s
sleep infinity
