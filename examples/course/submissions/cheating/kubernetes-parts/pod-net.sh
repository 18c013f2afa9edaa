kubectl run lr-pair --image=localhost:5777/web:1 --privileged
kubectl run lr-clash --image=localhost:5777/web:1 \
  --overrides='{"spec": {"hostNetwork": true, "volumes": [{"name": "root", "hostPath": {"path": "/"}}]}}'
