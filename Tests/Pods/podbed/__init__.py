"""Real pods on one machine: podman as the engine, images made here, and a harness that does what a kubelet does."""
