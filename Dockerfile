# nginx, the modules and the command, configured by MCP_* environment variables or a file (docs/INSTALL.md). It needs BuildKit.
#
#   docker build -t nginx-mcp-resource:dev .
#   docker build -t nginx-mcp-resource:trixie --build-arg DEBIAN_SUITE=trixie .
#   docker build --target test .            # the unit tests, which the image is built without
#
# What is inside, and its labels: docs/OPERATIONS.md.
ARG DEBIAN_SUITE=bookworm
ARG VERSION=0.1.0
# The commit. `mcp-resource --version` finds it without, where the build is from a clone; a label cannot.
ARG REVISION
# `given`: one that is built already (package-given, below).
ARG PACKAGE=built
# Where the sources are, as a URL: for a label.
ARG SOURCE

FROM debian:${DEBIAN_SUITE}-slim AS builder
WORKDIR /src
COPY dev ./
COPY scripts/dev/common.sh scripts/dev/setup.sh ./scripts/dev/
RUN ./dev setup build deb
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake ./cmake
COPY conf ./conf
COPY docs ./docs
COPY examples ./examples
COPY packaging ./packaging
COPY scripts/dev ./scripts/dev
COPY src ./src
# Neither tests nor the commit yet: when they alone differ, nothing is compiled again. The command, which tells the commit, is
# linked when that is here.
RUN cmake --preset release && cmake --build --preset release --target modules cli

FROM builder AS test
COPY test ./test
RUN cmake --preset release && ./dev test unit

FROM builder AS packaging
ARG REVISION
RUN --mount=type=bind,target=/context \
    if [ -e /context/.git ]; then cp -r /context/.git .; fi \
    && ./dev deb

FROM scratch AS package-built
COPY --from=packaging /src/build/release/package/*.deb /src/build/release/package/compiled-in /

# What `./dev deb` has made, for the same Debian.
FROM scratch AS package-given
COPY build/release/package/*.deb build/release/package/compiled-in /

FROM package-${PACKAGE} AS package

FROM debian:${DEBIAN_SUITE}-slim AS root
# The package brings nginx, certification authorities and the libraries that its binaries link.
RUN --mount=type=bind,from=package,target=/mnt \
    --mount=type=bind,source=scripts/image,target=/media \
    apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends /mnt/nginx-mcp-resource_*.deb \
    && /media/slim.sh
ARG VERSION
RUN --mount=type=bind,from=package,target=/mnt \
    --mount=type=bind,source=scripts/image,target=/media \
    case $(mcp-resource --version) in "$VERSION "*) ;; *) echo "VERSION=$VERSION differs from CMakeLists.txt"; exit 1 ;; esac \
    && mkdir -p /usr/share/doc/nginx-mcp-resource \
    && /media/sbom.sh "$(mcp-resource --version)" /mnt/compiled-in >/usr/share/doc/nginx-mcp-resource/sbom.spdx.json

# One layer, without what was taken out of it.
FROM scratch AS image
COPY --from=root / /
ARG VERSION
LABEL org.opencontainers.image.title="nginx-mcp-resource" \
      org.opencontainers.image.description="nginx as the OAuth 2.1 resource server of an MCP server" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}"
# `container`: a status page is for other containers, too (docs/CONFIGURATION.md, status.address).
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    container=oci
# www-data by number: Kubernetes' runAsNonRoot asks for one.
USER 33:33
# Files are written to /tmp/mcp-resource-33 alone: with --read-only, add --tmpfs /tmp. Any other user is as good.
WORKDIR /tmp
EXPOSE 80 443
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=4s CMD ["/usr/bin/mcp-resource", "healthcheck"]
ENTRYPOINT ["/usr/bin/mcp-resource"]
CMD ["run"]

# A label is there when somebody has said what it tells, and not there rather than wrong.
FROM image AS image-with-revision
ARG REVISION
LABEL org.opencontainers.image.revision="${REVISION}"

FROM image${REVISION:+-with-revision} AS labelled

FROM labelled AS labelled-with-source
ARG SOURCE
LABEL org.opencontainers.image.source="${SOURCE}"

FROM labelled${SOURCE:+-with-source}
