kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata:
  name: lr-pair
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: web
    image: localhost:5777/web:1
  - name: side
    image: localhost:5777/busybox:1.35
    command: [sleep, "86400"]
YAML
kubectl wait --for=condition=Ready pod/lr-pair --timeout=60s
kubectl exec lr-pair -c side -- wget -q -O - http://127.0.0.1/
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata:
  name: lr-clash
spec:
  restartPolicy: Never
  containers:
  - name: first
    image: localhost:5777/web:1
  - name: second
    image: localhost:5777/web:1
YAML
