# Two stages: the static executable, and an image that holds it, CA certificates and nothing else.

# A tag is all that a build without a registry can name; whoever builds for others pins it:
# --build-arg SWIFT_IMAGE=swift:6.3-bookworm@sha256:…
ARG SWIFT_IMAGE=swift:6.3-bookworm
FROM ${SWIFT_IMAGE} AS build
# Debian keeps one version of each package, so a version written here would be missing after the next update of theirs.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends binutils ca-certificates libyaml-dev make \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /knell
COPY . .
RUN make release && .build-release/knell --version

FROM scratch
# `make image` gives them; left out, the labels are empty.
ARG VERSION
ARG REVISION
ARG CREATED
ARG SOURCE
LABEL org.opencontainers.image.title="knell" \
      org.opencontainers.image.description="Declarative sidecar supervisor: when a pod's main process ends, tells its helpers to quit" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.source="${SOURCE}"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
# Nobody needs to read it, and the kernel closes a process whose executable its user cannot read to others of that user from
# the first instruction on, before Knell could do it itself.
COPY --chmod=0111 --from=build /knell/.build-release/knell /knell
# A number, so that Kubernetes can check runAsNonRoot; there is no /etc/passwd in here.
USER 65532:65532
# No HEALTHCHECK: Kubernetes ignores it, and what would answer is off unless --status-listen asks for it; probes of the pod
# do it, docs/status.md.
ENTRYPOINT ["/knell"]
CMD ["run"]
