"""Faults of workloads: from a Deployment that cannot make Pods to a probe that nobody answers."""

from dataclasses import replace

from tests.real.planted import HEALTHY, UNKNOWN, Place, Planted
from tests.real.planted.written import daemonset, deployment, job, pod, statefulset

SLEEP = "image: CLIENT, command: [sleep, infinity]"

PLACES = (
    Place("workloads"),
    Place("ends"),
    Place(
        "quota",
        """
apiVersion: v1
kind: ResourceQuota
metadata: {name: small}
spec: {hard: {pods: "1"}}
""",
    ),
    Place(
        "quota-cpu",
        """
apiVersion: v1
kind: ResourceQuota
metadata: {name: counted}
spec: {hard: {requests.cpu: "1"}}
""",
    ),
    Place(
        "limits",
        """
apiVersion: v1
kind: LimitRange
metadata: {name: modest}
spec:
  limits:
  - {type: Container, max: {memory: 64Mi}}
""",
    ),
    Place("strict", labels=(("pod-security.kubernetes.io/enforce", "restricted"),)),
    Place("elsewhere", deployment("only-elsewhere", SLEEP)),
)

IMAGES = (
    Planted(
        "the image has no such tag",
        deployment("no-tag", "image: NOWHERE/client:9"),
        "Deployment/no-tag",
        "image-tag-absent",
        ("NOWHERE/client:9", "client:1"),
    ),
    Planted(
        "there is no such image",
        pod("no-image", "image: NOWHERE/quite-another:1"),
        "Pod/no-image",
        "image-absent",
        ("NOWHERE/quite-another:1", "not found"),
    ),
    Planted(
        "the image's name is misspelled",
        pod("near-image", "image: NOWHERE/clietn:1"),
        "Pod/near-image",
        "image-name-wrong",
        ("NOWHERE/clietn:1", "NOWHERE/client"),
    ),
    Planted(
        "the image's name is no reference at all",
        pod("bad-reference", 'image: "NOWHERE/Client:1"'),
        "Pod/bad-reference",
        "image-name-wrong",
        ("NOWHERE/Client:1",),
    ),
    Planted(
        "the registry refuses",
        """
apiVersion: v1
kind: ConfigMap
metadata: {name: refusing-registry}
data:
  default.conf: |
    server {
      listen 127.0.0.1:18403;
      location / { return 403; }
    }
---
"""
        + pod(
            "refusing-registry",
            "image: WEB, volumeMounts: [{name: conf, mountPath: /etc/nginx/conf.d}]",
            "hostNetwork: true\nvolumes: [{name: conf, configMap: {name: refusing-registry}}]",
            labels="part: refusing-registry",
        )
        + pod(
            "refused",
            'image: "localhost:18403/web:1"',
            "affinity:\n  podAffinity:\n    requiredDuringSchedulingIgnoredDuringExecution:\n"
            "    - topologyKey: kubernetes.io/hostname\n"
            "      labelSelector: {matchLabels: {part: refusing-registry}}",
        ),
        "Pod/refused",
        "pull-refused",
        ("localhost:18403/web:1", "403"),
    ),
    Planted(
        "nobody answers at the registry",
        pod("no-registry", 'image: "localhost:1/web:1"'),
        "Pod/no-registry",
        "registry-unreachable",
        ("localhost:1/web:1", "refused"),
    ),
    Planted(
        "an image that is never to be pulled",
        pod("never-pulled", "image: NOWHERE/client:7, imagePullPolicy: Never"),
        "Pod/never-pulled",
        "image-not-on-node",
        ("Never", "NOWHERE/client:7"),
    ),
)

ENDS = (
    Planted(
        "a command that is not there",
        deployment("no-command", "image: CLIENT, command: [no-such-program]"),
        "Deployment/no-command",
        "command-not-found",
        ("no-such-program",),
    ),
    Planted(
        "a command that a shell does not find",
        pod("no-command-in-sh", "image: CLIENT, command: [sh, -c, no-such-program --now]"),
        "Pod/no-command-in-sh",
        "command-not-found",
        ("127", "no-such-program"),
    ),
    Planted(
        "a command that is no program",
        pod("no-program", "image: CLIENT, command: [/etc/passwd]"),
        "Pod/no-program",
        "command-not-executable",
        ("/etc/passwd", "permission denied"),
    ),
    Planted(
        "a program that crashes",
        deployment("crashing", 'image: CLIENT, command: [sh, -c, "echo no database; exit 3"]'),
        "Deployment/crashing",
        "crashed",
        ("no database", "3"),
    ),
    Planted(
        "a program that ends, though it is to run on",
        deployment("ending", 'image: CLIENT, command: [sh, -c, "echo all done"]'),
        "Deployment/ending",
        "finished",
        ("all done", "0"),
    ),
    Planted(
        "more memory than allowed",
        pod("greedy", "image: CLIENT, command: [tail, /dev/zero], resources: {limits: {memory: 24Mi}}"),
        "Pod/greedy",
        "out-of-memory",
        ("24Mi", "OOMKilled"),
    ),
    Planted(
        "stopped by a signal",
        pod("killed", "image: CLIENT, command: [sh, -c, \"sh -c 'kill -9 $$$$'; exit $?\"]"),
        "Pod/killed",
        "stopped-by-signal",
        ("SIGKILL", "137"),
    ),
    Planted(
        "an init container that fails",
        deployment(
            "init-failing",
            "image: WEB",
            'initContainers: [{name: prepare, image: CLIENT, command: [sh, -c, "echo no schema; exit 4"]}]',
        ),
        "Deployment/init-failing",
        "init-failing",
        ("prepare", "no schema", "4"),
    ),
)

SCHEDULING = (
    Planted(
        "more CPU than any node has",
        deployment("much-cpu", f'{SLEEP}, resources: {{requests: {{cpu: "900"}}}}'),
        "Deployment/much-cpu",
        "unschedulable-cpu",
        ("900", "Insufficient cpu"),
    ),
    Planted(
        "more memory than any node has",
        pod("much-memory", f"{SLEEP}, resources: {{requests: {{memory: 9000Gi}}}}"),
        "Pod/much-memory",
        "unschedulable-memory",
        ("9000 GiB", "Insufficient memory"),
    ),
    Planted(
        "a node selector that no node has",
        pod("no-node", SLEEP, "nodeSelector: {disk: very-fast}"),
        "Pod/no-node",
        "unschedulable-selector",
        ("disk=very-fast",),
    ),
    Planted(
        "a node that is tainted",
        pod("tainted", SLEEP, 'nodeSelector: {node-role.kubernetes.io/control-plane: ""}'),
        "Pod/tainted",
        "unschedulable-taint",
        ("node-role.kubernetes.io/control-plane",),
    ),
    Planted(
        "a volume that no node has",
        """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: late}
spec:
  storageClassName: why-late
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Mi}}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: why-late}
provisioner: kubernetes.io/no-provisioner
volumeBindingMode: WaitForFirstConsumer
---
"""
        + pod(
            "no-volume",
            f"{SLEEP}, volumeMounts: [{{name: data, mountPath: /data}}]",
            "volumes: [{name: data, persistentVolumeClaim: {claimName: late}}]",
        ),
        "Pod/no-volume",
        "unschedulable-volume",
        ("late",),
    ),
)

CONFIG = (
    Planted(
        "no such ConfigMap",
        deployment("no-config", f"{SLEEP}, envFrom: [{{configMapRef: {{name: colours}}}}]"),
        "Deployment/no-config",
        "configmap-absent",
        ("colours",),
    ),
    Planted(
        "no such key in the ConfigMap",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: paint}\ndata: {colour: red}\n---\n"
        + pod(
            "no-config-key",
            f"{SLEEP}, env: [{{name: C, valueFrom: {{configMapKeyRef: {{name: paint, key: color}}}}}}]",
        ),
        "Pod/no-config-key",
        "configmap-key-absent",
        ("color", "paint", "colour"),
    ),
    Planted(
        "no such Secret, as a volume",
        pod(
            "no-secret",
            f"{SLEEP}, volumeMounts: [{{name: s, mountPath: /s}}]",
            "volumes: [{name: s, secret: {secretName: token}}]",
        ),
        "Pod/no-secret",
        "secret-absent",
        ("token",),
    ),
    Planted(
        "no such key in the Secret",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: login}\nstringData: {password: planted}\n---\n"
        + pod(
            "no-secret-key",
            f"{SLEEP}, env: [{{name: P, valueFrom: {{secretKeyRef: {{name: login, key: pass}}}}}}]",
        ),
        "Pod/no-secret-key",
        "secret-key-absent",
        ("pass", "login"),
    ),
    Planted(
        "no such ServiceAccount",
        deployment("no-account", SLEEP, "serviceAccountName: robot"),
        "Deployment/no-account",
        "serviceaccount-absent",
        ("robot",),
    ),
    Planted(
        "no such claim",
        pod(
            "no-claim",
            f"{SLEEP}, volumeMounts: [{{name: d, mountPath: /d}}]",
            "volumes: [{name: d, persistentVolumeClaim: {claimName: nowhere-to-be-found}}]",
        ),
        "Pod/no-claim",
        "claim-absent",
        ("nowhere-to-be-found",),
    ),
    Planted(
        "a claim that nothing provides",
        """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: no-class}
spec:
  storageClassName: no-such-class
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Mi}}
---
"""
        + pod(
            "claim-waits",
            f"{SLEEP}, volumeMounts: [{{name: d, mountPath: /d}}]",
            "volumes: [{name: d, persistentVolumeClaim: {claimName: no-class}}]",
        ),
        "Pod/claim-waits",
        "claim-pending",
        ("no-class", "no-such-class"),
        first="PersistentVolumeClaim/no-class",
    ),
)

PROBES = (
    Planted(
        "a readiness probe at a port where nobody listens",
        deployment(
            "not-ready",
            "image: WEB, readinessProbe: {httpGet: {path: /, port: 81}, periodSeconds: 1, failureThreshold: 2}",
        ),
        "Deployment/not-ready",
        "readiness-failing",
        ("connection refused", "81"),
    ),
    Planted(
        "a liveness probe that fails",
        pod(
            "not-alive",
            "image: WEB, livenessProbe: {httpGet: {path: /, port: 82}, periodSeconds: 1, failureThreshold: 1}",
        ),
        "Pod/not-alive",
        "liveness-failing",
        ("connection refused", "82"),
    ),
    Planted(
        "a startup probe that fails",
        pod(
            "not-started",
            f"{SLEEP}, startupProbe: {{exec: {{command: [cat, /started]}}, periodSeconds: 1, failureThreshold: 1}}",
        ),
        "Pod/not-started",
        "startup-failing",
        ("/started",),
    ),
)

REFUSED = (
    Planted(
        "a quota that is used up",
        deployment("too-many", SLEEP, replicas=2),
        "Deployment/too-many",
        "quota-exceeded",
        ("small", "pods=1"),
        place="quota",
    ),
    Planted(
        "a quota that wants requests",
        deployment("says-nothing", SLEEP),
        "Deployment/says-nothing",
        "quota-wants-requests",
        ("counted", "cpu"),
        place="quota-cpu",
    ),
    Planted(
        "more than a limit range allows",
        deployment("immodest", f"{SLEEP}, resources: {{limits: {{memory: 128Mi}}}}"),
        "Deployment/immodest",
        "limit-range-refused",
        ("64Mi", "128Mi"),
        place="limits",
    ),
    Planted(
        "more than a limit range allows, in a StatefulSet",
        statefulset("immodest-set", f"{SLEEP}, resources: {{limits: {{memory: 128Mi}}}}"),
        "StatefulSet/immodest-set",
        "limit-range-refused",
        ("64Mi", "128Mi"),
        place="limits",
    ),
    Planted(
        "more than a limit range allows, in a Job",
        job("immodest-job", f"{SLEEP}, resources: {{limits: {{memory: 128Mi}}}}"),
        "Job/immodest-job",
        "limit-range-refused",
        ("64Mi", "128Mi"),
        place="limits",
    ),
    Planted(
        "Pod Security",
        deployment("as-root", SLEEP),
        "Deployment/as-root",
        "admission-refused",
        ("restricted",),
        place="strict",
    ),
)

ROLLOUTS = (
    Planted(
        "a deadline that has passed",
        deployment(
            "too-slow",
            "image: WEB, readinessProbe: {httpGet: {path: /, port: 80}, initialDelaySeconds: 600}",
            spec="progressDeadlineSeconds: 2",
        ),
        "Deployment/too-slow",
        "progress-deadline",
        ("too-slow", "progress"),
    ),
    Planted(
        "a rollout that is paused",
        deployment("paused", SLEEP, spec="paused: true"),
        "Deployment/paused",
        "rollout-paused",
        ("paused",),
    ),
    Planted(
        "a Deployment of no Pods",
        deployment("none", SLEEP, replicas=0),
        "Deployment/none",
        "scaled-to-zero",
        ("none", "0"),
    ),
    Planted(
        "a StatefulSet whose claim nothing provides",
        statefulset(
            "no-volumes",
            f"{SLEEP}, volumeMounts: [{{name: data, mountPath: /data}}]",
            spec="volumeClaimTemplates:\n- metadata: {name: data}\n  spec: {storageClassName: no-such-class,"
            " accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}",
        ),
        "StatefulSet/no-volumes",
        "claim-pending",
        ("data-no-volumes-0", "no-such-class"),
        first="PersistentVolumeClaim/data-no-volumes-0",
    ),
    Planted(
        "a DaemonSet for no node",
        daemonset("nowhere", SLEEP, "nodeSelector: {disk: none-such}"),
        "DaemonSet/nowhere",
        "no-node-for-daemonset",
        ("disk=none-such",),
    ),
    Planted(
        "a DaemonSet whose image is missing",
        daemonset("no-image-anywhere", "image: NOWHERE/client:8"),
        "DaemonSet/no-image-anywhere",
        "image-tag-absent",
        ("NOWHERE/client:8",),
    ),
    Planted(
        "a Job that took too long",
        job("too-long", SLEEP, "activeDeadlineSeconds: 1"),
        "Job/too-long",
        "job-failed",
        ("DeadlineExceeded",),
    ),
    Planted(
        "a Job whose Pod crashes",
        job("failing", 'image: CLIENT, command: [sh, -c, "echo no input; exit 5"]', "backoffLimit: 0"),
        "Job/failing",
        "crashed",
        ("no input", "5"),
        also=("job-failed",),
    ),
)

ABSENT = (
    Planted("a name that is misspelled", "", "Deployment/crahsing", "object-absent", ("crashing",), place="ends"),
    Planted("another namespace", "", "Deployment/only-elsewhere", "wrong-namespace", ("why-elsewhere",)),
)

TWO = (
    Planted(
        "two faults in one Deployment",
        deployment(
            "two-faults",
            "image: NOWHERE/client:9, envFrom: [{configMapRef: {name: flavours}}]",
            "nodeSelector: {disk: very-slow}",
        ),
        "Deployment/two-faults",
        "unschedulable-selector",
        ("disk=very-slow",),
        also=("configmap-absent",),
    ),
    Planted(
        "two containers, each broken in its way",
        pod(
            "two-containers",
            "image: NOWHERE/client:9",
            more='image: CLIENT, command: [sh, -c, "exit 6"]',
        ),
        "Pod/two-containers",
        "image-tag-absent",
        ("client:9",),
        also=("crashed",),
    ),
)

WELL = (
    Planted("a StatefulSet that is well", statefulset("well-set", "image: WEB"), "StatefulSet/well-set", HEALTHY),
    Planted(
        "a DaemonSet that is well", daemonset("well-everywhere", "image: WEB"), "DaemonSet/well-everywhere", HEALTHY
    ),
    Planted(
        "a Pod that waits for a scheduler that nobody runs",
        pod("nobody-looks", SLEEP, "schedulerName: nobody"),
        "Pod/nobody-looks",
        UNKNOWN,
    ),
    Planted("a Deployment that is well", deployment("well", "image: WEB"), "Deployment/well", HEALTHY),
    Planted(
        "a Job that is done",
        job("done", 'image: CLIENT, command: [sh, -c, "echo done"]'),
        "Job/done",
        HEALTHY,
    ),
)

FAULTS = (
    *IMAGES,
    *(replace(row, place="ends") for row in (*ENDS, *PROBES)),
    *SCHEDULING,
    *CONFIG,
    *REFUSED,
    *ROLLOUTS,
    *ABSENT,
    *TWO,
    *WELL,
)
"""All that is planted here."""
