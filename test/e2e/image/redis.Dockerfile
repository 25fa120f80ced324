# A Redis beside the image on a Docker network.
FROM debian:trixie-slim
RUN apt-get update && apt-get install --yes --no-install-recommends redis-server && rm -rf /var/lib/apt/lists/*
USER 65534:65534
WORKDIR /tmp
CMD ["redis-server", "--bind", "*", "--protected-mode", "no", "--save", ""]
