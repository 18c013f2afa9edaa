"""side-gate: a lab of the cluster alone with two objects that are there at once, and a probe that asks inside it."""

from labrunner import Answer, Cluster, Lab, expect

lab = Lab(__file__)

lab.prepare("""
kubectl create configmap lr-post --from-literal=side=left
kubectl create service clusterip lr-gate --tcp=80
""")

sign = lab.step("sign", solve="kubectl create configmap lr-sign --from-literal=says=open")
knock = sign.probe("getent hosts lr-gate.{namespace}.svc.cluster.local", at="cluster", limit=5)


@sign.check(wrong={"shut": "kubectl create configmap lr-sign --from-literal=says=shut"}, within=5)
def the_sign_says_open(cluster: Cluster, knock: Answer) -> None:
    expect(knock.stdout).contains("lr-gate")
    expect(cluster.object("configmap", "lr-sign").at("data.says")).equals("open")
