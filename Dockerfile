# nginx, the modules and the command, configured by MCP_* environment variables (docs/INSTALL.md).
#
#   docker build -t nginx-mcp-resource:dev .
#   docker build -t nginx-mcp-resource:trixie --build-arg DEBIAN_SUITE=trixie .
ARG DEBIAN_SUITE=bookworm

FROM debian:${DEBIAN_SUITE}-slim AS builder
WORKDIR /src
COPY dev ./
COPY scripts/dev ./scripts/dev
RUN ./dev setup build deb
COPY . .
RUN ./dev test unit && ./dev deb

FROM debian:${DEBIAN_SUITE}-slim
# The package brings nginx, certification authorities and the libraries that its binaries link.
RUN --mount=type=bind,from=builder,source=/src/build/release/package,target=/package \
    apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends /package/nginx-mcp-resource_*.deb \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/*.log /var/log/apt

ARG VERSION=0.1.0-dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="nginx-mcp-resource" \
      org.opencontainers.image.description="nginx as the OAuth 2.1 resource server of an MCP server" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

# www-data by number: Kubernetes' runAsNonRoot asks for one.
USER 33:33
# Files are written to /tmp/mcp-resource-33 alone: with --read-only, add --tmpfs /tmp. Any other user is as good.
WORKDIR /tmp
EXPOSE 80 443
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=4s CMD ["/usr/bin/mcp-resource", "healthcheck"]
ENTRYPOINT ["/usr/bin/mcp-resource"]
CMD ["run"]
