kubectl rollout undo deployment/lr-web
kubectl rollout status deployment/lr-web --timeout=90s
kubectl rollout history deployment/lr-web
kubectl get replicasets
