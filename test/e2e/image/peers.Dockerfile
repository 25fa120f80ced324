# Where the peers of test/peers run when they stand beside the image on a Docker network; they are mounted, not copied.
FROM debian:trixie-slim
RUN apt-get update && apt-get install --yes --no-install-recommends nodejs curl && rm -rf /var/lib/apt/lists/*
WORKDIR /peers
USER 65534:65534
ENV HOME=/tmp
ENTRYPOINT ["node"]
