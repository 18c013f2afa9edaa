kubectl create deployment lr-web --image=localhost:5777/no-such:1 --replicas=3
kubectl patch deployment lr-web --subresource=status --type=merge \
  -p '{"status": {"replicas": 3, "readyReplicas": 3, "availableReplicas": 3, "updatedReplicas": 3}}'
