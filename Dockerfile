# Homarus in a container: the one executable, as a user of its own, with everything it keeps in /data.
# `npm run build:image` builds the executable first; how to run it stands in docs/guide/docker.md.
ARG BASE=debian:stable-slim
FROM ${BASE}
RUN mkdir -p /data && chown 10001:10001 /data && chmod 700 /data
COPY dist/homarus /usr/local/bin/homarus
USER 10001:10001
ENV HOMARUS_HOME=/data HOME=/data
VOLUME /data
EXPOSE 18789
HEALTHCHECK --interval=60s --timeout=5s --start-period=10s CMD ["homarus", "status"]
ENTRYPOINT ["homarus"]
CMD ["gateway", "--host", "0.0.0.0"]
