# REGISTRY: a prefix such as "registry.example.org/library/" when images come from a mirror.
ARG REGISTRY=""

# --- Build: assets, message catalogues, wheel; nothing of this stage is shipped but the wheel.
FROM ${REGISTRY}python:3.13-slim AS builder
WORKDIR /src
COPY requirements-dev.lock ./
RUN pip install --no-cache-dir --no-compile --require-hashes -r requirements-dev.lock
COPY channels/web/assets/package.json channels/web/assets/package-lock.json channels/web/assets/.npmrc channels/web/assets/
RUN cd channels/web/assets && npm ci
COPY . .
RUN python channels/web/assets/build.py \
 && if ls channels/locale/*/LC_MESSAGES/messages.po >/dev/null 2>&1; then pybabel compile --directory=channels/locale; fi \
 && pip wheel --no-deps --no-build-isolation --wheel-dir /wheel .

# --- Run: Python, the locked packages, the wheel, and a user who owns nothing.
FROM ${REGISTRY}python:3.13-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --system --uid 10001 --home-dir /var/lib/sprechstunde --create-home sprechstunde
COPY requirements.lock /tmp/
RUN pip install --no-cache-dir --require-hashes -r /tmp/requirements.lock
RUN --mount=type=bind,from=builder,source=/wheel,target=/wheel pip install --no-cache-dir --no-deps /wheel/*.whl
USER sprechstunde
WORKDIR /var/lib/sprechstunde
ENV HOST=0.0.0.0 PORT=8000 VAR_DIR=/var/lib/sprechstunde
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/healthz\", timeout=4)"]
CMD ["sprechstunde", "web"]
