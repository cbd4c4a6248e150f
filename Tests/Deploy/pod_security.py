"""The Pod Security standard "restricted", for the fields that a pod with Knell may have.

Written after the standard's own tables: https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from __future__ import annotations

from kube import Object

VOLUME_TYPES = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
}
SECCOMP_TYPES = {"RuntimeDefault", "Localhost"}
SAFE_SYSCTLS = {
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
}


def pod_breaches(spec: Object) -> list[str]:
    """What of the pod itself is not restricted."""
    breaches = [f"spec.{field} is true" for field in ("hostNetwork", "hostPID", "hostIPC") if spec.get(field)]
    for volume in spec.get("volumes") or []:
        types = set(volume) - {"name"}
        if not types <= VOLUME_TYPES:
            breaches.append(f"volume {volume['name']} is of type {', '.join(sorted(types - VOLUME_TYPES))}")
    security = spec.get("securityContext") or {}
    if security.get("runAsUser") == 0:
        breaches.append("the pod's runAsUser is 0")
    if security.get("runAsNonRoot") is False:
        breaches.append("the pod's runAsNonRoot is false")
    if (security.get("seccompProfile") or {}).get("type") == "Unconfined":
        breaches.append("the pod's seccompProfile is Unconfined")
    for sysctl in security.get("sysctls") or []:
        if sysctl["name"] not in SAFE_SYSCTLS:
            breaches.append(f"sysctl {sysctl['name']}")
    return breaches


def container_breaches(container: Object, pod_security: Object | None) -> list[str]:
    """What of a container is not restricted, given the security context of its pod."""
    breaches = []
    own, of_pod = container.get("securityContext") or {}, pod_security or {}
    if own.get("privileged"):
        breaches.append("privileged is true")
    if own.get("allowPrivilegeEscalation") is not False:
        breaches.append("allowPrivilegeEscalation is not false")
    if own.get("runAsNonRoot", of_pod.get("runAsNonRoot")) is not True:
        breaches.append("runAsNonRoot is not true")
    if own.get("runAsUser", of_pod.get("runAsUser")) == 0:
        breaches.append("runAsUser is 0")
    capabilities = own.get("capabilities") or {}
    if "ALL" not in (capabilities.get("drop") or []):
        breaches.append("capabilities.drop lacks ALL")
    if added := set(capabilities.get("add") or []) - {"NET_BIND_SERVICE"}:
        breaches.append(f"capabilities.add has {', '.join(sorted(added))}")
    profile = own.get("seccompProfile") or of_pod.get("seccompProfile") or {}
    if profile.get("type") not in SECCOMP_TYPES:
        breaches.append("seccompProfile is neither RuntimeDefault nor Localhost")
    if own.get("procMount", "Default") != "Default":
        breaches.append(f"procMount is {own['procMount']}")
    for port in container.get("ports") or []:
        if port.get("hostPort"):
            breaches.append(f"hostPort {port['hostPort']}")
    return [f"container {container['name']}: {breach}" for breach in breaches]
