kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata:
  name: lr-shelf
spec:
  terminationGracePeriodSeconds: 1
  volumes:
  - name: shelf
    emptyDir: {}
  containers:
  - name: writer
    image: localhost:5777/busybox:1.35
    command: [sh, -c, "echo 2149685d > /shelf/note; sleep 86400"]
    volumeMounts:
    - name: shelf
      mountPath: /shelf
  - name: reader
    image: localhost:5777/busybox:1.35
    command: [sleep, "86400"]
    volumeMounts:
    - name: shelf
      mountPath: /shelf
  - name: guest
    image: localhost:5777/busybox:1.35
    command: [sleep, "86400"]
YAML
kubectl wait --for=condition=Ready pod/lr-shelf --timeout=60s
kubectl exec lr-shelf -c reader -- cat /shelf/note
kubectl exec lr-shelf -c writer -- ls /shelf
