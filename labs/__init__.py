"""The table of contents: one folder a section of the notes, in the notes' order, each with its heading there."""

SECTIONS = (
    ("docker_basics", "Docker › 基本使用"),
    ("what_is_docker", "Docker › 什么是Docker"),
    ("container_vs_vm", "Docker › 容器和虚拟机的区别"),
    ("container_vs_image", "Docker › 容器和镜像的区别"),
    ("container_creation", "Docker › 容器创建过程"),
    ("what_is_kubernetes", "Kubernetes › 什么是Kubernetes"),
    ("why_kubernetes", "Kubernetes › 为什么使用 k8s ，使用 k8s 做集群有什么优势"),
    ("kubernetes_parts", "Kubernetes › k8s 组成"),
)
