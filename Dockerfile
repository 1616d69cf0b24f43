# One target for each process: gateway, parser, scraper, arxiv, composer, migrations; and fakes, the stand-ins.
#   docker build --target parser -t scribe-parser .
# Each holds the locked dependencies of its own package and nothing else. Dependencies and Scribe's own code are layers
# of their own, so that a change of code moves a few hundred kilobytes.

# Pin it by digest where builds must repeat: --build-arg BASE=python:3.13-slim-trixie@sha256:…
ARG BASE=python:3.13-slim-trixie

FROM ${BASE} AS uv
ARG UV_VERSION=0.13.9
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends binutils >/dev/null
RUN --mount=type=cache,target=/root/.cache/pip python3 -m venv /uv && /uv/bin/pip install --quiet uv==${UV_VERSION}
# Debug symbols and C sources are half of what some wheels bring.
RUN printf '%s\n' '#!/bin/sh -eu' 'find /app -name "*.so*" -type f -exec strip --strip-unneeded {} +' \
      'find /app \( -name "*.c" -o -name "*.pyx" -o -name "*.pxd" -o -name "*.pyi" -o -name "*.h" \) -delete' \
      >/usr/local/bin/slim && chmod 755 /usr/local/bin/slim
ENV PATH=/uv/bin:$PATH UV_PROJECT_ENVIRONMENT=/app UV_PYTHON=/usr/local/bin/python3 UV_PYTHON_DOWNLOADS=never \
    UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_FROZEN=1 UV_NO_DEV=1 UV_NO_EDITABLE=1
WORKDIR /source

# What the lock says, without the code: its content changes only with the dependencies, and so do the layers made from it.
FROM uv AS sources
COPY . .
RUN mkdir /manifests && find . -name pyproject.toml -o -name uv.lock | xargs cp --parents --target-directory=/manifests

FROM uv AS manifests
COPY --from=sources /manifests .

# The base without what only building needs. Copied as one layer: what a layer below holds would still be carried along.
# tini is process 1: it passes a signal on before Python has handlers, and reaps what a crashed browser leaves behind.
FROM ${BASE} AS base
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends tini >/dev/null
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /tmp --shell /usr/sbin/nologin scribe \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt /var/cache/debconf/* /usr/share/doc /usr/share/man /usr/share/locale /tmp/* \
    && find / -xdev -type d \( -path '*/python3*/pip' -o -path '*/python3*/pip-*' -o -path '*/python3*/ensurepip' \
         -o -path '*/python3*/idlelib' -o -path '*/python3*/lib2to3' -o -path '*/python3*/pydoc_data' \
         -o -path '*/python3*/turtledemo' -o -path '*/python3*/test' \) -prune -exec rm -rf {} +
FROM scratch AS runtime
COPY --from=base / /
ENV PATH=/app/bin:/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin LANG=C.UTF-8 HOME=/tmp PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
USER 10001:10001

# Chromium is here and nowhere else.
FROM runtime AS chromium-runtime
USER root
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium \
    fonts-dejavu-core >/dev/null && rm -rf /var/lib/apt/lists/* /usr/share/doc /usr/share/man /usr/share/locale /usr/share/icons
USER 10001:10001
ENV SCRIBE_CHROMIUM=/usr/bin/chromium

# Version and commit come after everything that is run: an argument is part of the cache's key of each RUN that follows it.
FROM runtime AS image
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG SOURCE=https://example.org/scribe
LABEL org.opencontainers.image.version=${VERSION} org.opencontainers.image.revision=${REVISION} \
      org.opencontainers.image.source=${SOURCE} org.opencontainers.image.vendor=Scribe
FROM chromium-runtime AS image-with-chromium
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG SOURCE=https://example.org/scribe
LABEL org.opencontainers.image.version=${VERSION} org.opencontainers.image.revision=${REVISION} \
      org.opencontainers.image.source=${SOURCE} org.opencontainers.image.vendor=Scribe

# For each package: its dependencies, then its own code, then the image.

FROM manifests AS gateway-dependencies
RUN --mount=type=cache,target=/root/.cache/uv uv sync --quiet --package scribe-gateway --no-install-workspace && slim
FROM gateway-dependencies AS gateway-code
COPY --from=sources /source .
RUN --mount=type=cache,target=/root/.cache/uv uv sync --quiet --package scribe-gateway \
    && mkdir /code && cd /app && cp -r --parents bin/scribe-ops lib/python*/site-packages/scribe* /code
FROM image AS gateway
LABEL org.opencontainers.image.title="Scribe gateway" org.opencontainers.image.description="REST, relay and projector"
COPY --from=gateway-dependencies /app /app
COPY --from=gateway-code /code /app
EXPOSE 8000 8080
ENTRYPOINT ["tini", "--", "python", "-m", "scribe.gateway"]

FROM manifests AS parser-dependencies
RUN --mount=type=cache,target=/root/.cache/uv uv sync --quiet --package scribe-parser --no-install-workspace && slim
FROM parser-dependencies AS parser-code
COPY --from=sources /source .
RUN --mount=type=cache,target=/root/.cache/uv uv sync --quiet --package scribe-parser \
    && mkdir /code && cd /app && cp -r --parents lib/python*/site-packages/scribe* /code
FROM image AS parser
LABEL org.opencontainers.image.title="Scribe parser" org.opencontainers.image.description="Step 1: reads the template"
COPY --from=parser-dependencies /app /app
COPY --from=parser-code /code /app
EXPOSE 8080
ENTRYPOINT ["tini", "--", "python", "-m", "scribe.parser"]

FROM manifests AS arxiv-dependencies
RUN --mount=type=cache,target=/root/.cache/uv uv sync --quiet --package scribe-arxiv --no-install-workspace && slim
FROM arxiv-dependencies AS arxiv-code
COPY --from=sources /source .
RUN --mount=type=cache,target=/root/.cache/uv uv sync --quiet --package scribe-arxiv \
    && mkdir /code && cd /app && cp -r --parents lib/python*/site-packages/scribe* /code
FROM image AS arxiv
LABEL org.opencontainers.image.title="Scribe arxiv" org.opencontainers.image.description="Step 3: finds papers"
COPY --from=arxiv-dependencies /app /app
COPY --from=arxiv-code /code /app
EXPOSE 8080
ENTRYPOINT ["tini", "--", "python", "-m", "scribe.arxiv"]

FROM manifests AS composer-dependencies
RUN --mount=type=cache,target=/root/.cache/uv uv sync --quiet --package scribe-composer --no-install-workspace && slim
FROM composer-dependencies AS composer-code
COPY --from=sources /source .
RUN --mount=type=cache,target=/root/.cache/uv uv sync --quiet --package scribe-composer \
    && mkdir /code && cd /app && cp -r --parents lib/python*/site-packages/scribe* /code
FROM image AS composer
LABEL org.opencontainers.image.title="Scribe composer" org.opencontainers.image.description="Step 4: writes the e-mail"
COPY --from=composer-dependencies /app /app
COPY --from=composer-code /code /app
EXPOSE 8080
ENTRYPOINT ["tini", "--", "python", "-m", "scribe.composer"]

FROM manifests AS scraper-dependencies
RUN --mount=type=cache,target=/root/.cache/uv uv sync --quiet --package scribe-scraper --no-install-workspace && slim
FROM scraper-dependencies AS scraper-code
COPY --from=sources /source .
RUN --mount=type=cache,target=/root/.cache/uv uv sync --quiet --package scribe-scraper \
    && mkdir /code && cd /app && cp -r --parents lib/python*/site-packages/scribe* /code
FROM image-with-chromium AS scraper
LABEL org.opencontainers.image.title="Scribe scraper" org.opencontainers.image.description="Step 2: researches"
COPY --from=scraper-dependencies /app /app
COPY --from=scraper-code /code /app
EXPOSE 8080
ENTRYPOINT ["tini", "--", "python", "-m", "scribe.scraper"]

# The schema, and the streams: `upgrade`, `wait`; or with another command `python -m scribe.common.messaging.provision`.
FROM manifests AS migrations-dependencies
RUN --mount=type=cache,target=/root/.cache/uv uv sync --quiet --package scribe-migrations --no-install-workspace && slim
FROM migrations-dependencies AS migrations-code
COPY --from=sources /source .
RUN --mount=type=cache,target=/root/.cache/uv uv sync --quiet --package scribe-migrations \
    && mkdir /code && cd /app && cp -r --parents lib/python*/site-packages/scribe* /code
FROM image AS migrations
LABEL org.opencontainers.image.title="Scribe migrations" org.opencontainers.image.description="The database schema"
COPY --from=migrations-dependencies /app /app
COPY --from=migrations-code /code /app
ENTRYPOINT ["tini", "--", "python", "-m", "scribe.migrations"]

# For development and tests: the outside world, played.
FROM manifests AS fakes-dependencies
RUN --mount=type=cache,target=/root/.cache/uv uv sync --quiet --package scribe-fakes --no-install-workspace && slim
FROM fakes-dependencies AS fakes-code
COPY --from=sources /source .
RUN --mount=type=cache,target=/root/.cache/uv uv sync --quiet --package scribe-fakes \
    && mkdir /code && cd /app && cp -r --parents lib/python*/site-packages/scribe* /code
FROM image AS fakes
LABEL org.opencontainers.image.title="Scribe fakes" org.opencontainers.image.description="Stand-ins, for tests only"
COPY --from=fakes-dependencies /app /app
COPY --from=fakes-code /code /app
EXPOSE 8090
ENTRYPOINT ["tini", "--", "python", "-m", "scribe.fakes"]
