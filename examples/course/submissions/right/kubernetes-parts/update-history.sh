kubectl set image deployment/lr-web web=localhost:5777/web:2
kubectl annotate deployment/lr-web kubernetes.io/change-cause='ticket c2207f2a'
kubectl rollout status deployment/lr-web --timeout=90s
kubectl rollout history deployment/lr-web
kubectl get replicasets
