# Two stages: the first builds an environment, the second holds only what runs. Base and dependencies are pinned;
# `make lock` raises both.
FROM python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b AS build
WORKDIR /src
COPY pyproject.toml requirements.lock README.md LICENSE ./
COPY mockserver ./mockserver
COPY spec ./spec
COPY fixtures ./fixtures
COPY contract_tests ./contract_tests
RUN python -m venv /opt/mockserver \
    && /opt/mockserver/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock \
    && /opt/mockserver/bin/pip install --no-cache-dir --no-deps . \
    && /opt/mockserver/bin/mockserver validate

FROM python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b
LABEL org.opencontainers.image.title="mockserver" \
      org.opencontainers.image.description="A stateful mock of the Rhythm Certifications API" \
      org.opencontainers.image.licenses="MIT"
RUN useradd --create-home --uid 10001 mock
COPY --from=build /opt/mockserver /opt/mockserver
ENV PATH=/opt/mockserver/bin:$PATH PYTHONUNBUFFERED=1
USER 10001
# What a start leaves for the next one like it, so that the first start of a container is as quick as any.
RUN python -c "from mockserver.settings import Settings, cache_folder; from mockserver.world import World; World(Settings(cache=cache_folder())).cache_start()"
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/__mock__/health', timeout=2)"]
ENTRYPOINT ["mockserver"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8080"]
