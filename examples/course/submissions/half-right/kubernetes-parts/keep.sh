kubectl delete $(kubectl get pods -l app=lr-web -o name | head -n 1)
kubectl rollout status deployment/lr-web --timeout=90s
kubectl get pods -l app=lr-web
