# Two stages: the static executable, and an image that holds it, CA certificates and nothing else.

FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends binutils ca-certificates libyaml-dev make \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /knell
COPY . .
RUN make release && .build-release/knell --version

FROM scratch
LABEL org.opencontainers.image.title="knell" \
      org.opencontainers.image.description="Declarative sidecar supervisor: when a pod's main process ends, tells its helpers to quit" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /knell/.build-release/knell /knell
# A number, so that Kubernetes can check runAsNonRoot; there is no /etc/passwd in here.
USER 65532:65532
ENTRYPOINT ["/knell"]
CMD ["run"]
