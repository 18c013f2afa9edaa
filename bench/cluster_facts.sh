# The facts of kubernetes-parts, asked with kubectl: what a teacher would write without labrunner.
set -e
kubectl get deployment lr-web -o jsonpath='{.spec.replicas} {.status.readyReplicas}'
kubectl get deployment lr-web -o jsonpath='{.spec.template.spec.containers[0].image}'
kubectl get pods -o jsonpath='{.items[*].metadata.ownerReferences[*].kind}'
kubectl get service lr-web -o jsonpath='{.spec.type} {.spec.clusterIP}'
kubectl get endpointslices -l kubernetes.io/service-name=lr-web -o jsonpath='{.items[*].endpoints[*].addresses}'
kubectl exec -n labrunner-system labrunner-client -- curl -sS -m 3 "http://lr-web.$NAMESPACE/"
