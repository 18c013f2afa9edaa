kubectl delete $(kubectl get pods -l app=lr-web --sort-by=.metadata.creationTimestamp -o name | tail -n 1)
kubectl rollout status deployment/lr-web --timeout=90s
kubectl get pods -l app=lr-web
