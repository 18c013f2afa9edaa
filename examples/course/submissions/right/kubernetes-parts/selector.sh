kubectl label $(kubectl get pods -l app=lr-web --sort-by=.metadata.creationTimestamp -o name | tail -n 1) app=aside-c2207f2a --overwrite
kubectl rollout status deployment/lr-web --timeout=90s
kubectl get pods --show-labels
