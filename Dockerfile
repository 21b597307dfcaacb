# One image for worker, API and migrations: the command decides (see docs/deploy.md). `deno run` in place of
# `deno compile`, because a compiled program carries one set of permissions for all commands and all sites.

FROM denoland/deno:2.9.6 AS build
ENV DENO_DIR=/deno-dir
WORKDIR /app
COPY deno.json deno.lock asconfig.json ./
COPY assembly assembly
COPY scripts/build.ts scripts/wasm_module.ts scripts/
RUN deno run --node-modules-dir=auto --frozen --unstable-lazy-dynamic-imports \
  --allow-read --allow-write=build --allow-env scripts/build.ts
COPY configs configs
COPY src src
COPY deploy/image_config.ts deploy/image_packages.ts deploy/probe.ts deploy/
# Only what the program imports, with versions and checksums of the lock file; sources compiled ahead.
RUN deno run --node-modules-dir=auto --allow-read=. --allow-write=deno.json --allow-run deploy/image_packages.ts \
  && rm -rf node_modules "$DENO_DIR/gen" \
  && deno cache src/main.ts src/adapters/wasm/pool_worker.ts deploy/probe.ts \
  && rm -rf "$DENO_DIR/npm"

FROM denoland/deno:distroless-2.9.6
ARG VERSION=dev
LABEL org.opencontainers.image.title="backtest-job-runner" \
  org.opencontainers.image.version="$VERSION"
ENV DENO_DIR=/deno-dir \
  DENO_NO_UPDATE_CHECK=1 \
  NO_COLOR=1 \
  ROEHUB_ENV=prod \
  BACKTEST_VERSION=$VERSION
WORKDIR /app
# Owned by root and written by nobody: the process needs no place to write to.
COPY --from=build /deno-dir /deno-dir
COPY --from=build /app/deno.json /app/deno.lock ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/assembly/layout.ts assembly/layout.ts
COPY --from=build /app/build/backtest.wasm build/backtest.wasm
COPY --from=build /app/configs configs
COPY --from=build /app/deploy/probe.ts deploy/probe.ts
COPY --from=build /app/src src
USER 65532:65532
EXPOSE 8000 9204
# The worker's; the API says its own where it is started.
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
  CMD ["/bin/deno", "run", "--no-prompt", "--cached-only", "--allow-net=127.0.0.1", "deploy/probe.ts", "http://127.0.0.1:9204/healthz"]
# A worker; `--allow-net` is narrowed to two hosts where these are known: compose.yaml, deploy/kubernetes.
CMD ["run", "--no-prompt", "--cached-only", "--frozen", \
  "--allow-read=/app,/run/secrets", \
  "--allow-net", \
  "--allow-env=BACKTEST_LOG_FORMAT,BACKTEST_VERSION,CH_DATABASE,CH_HOST,CH_PASSWORD,CH_PASSWORD_FILE,CH_PORT,CH_SECURE,CH_USER,CH_VERIFY,CI,CLICKHOUSE_PASSWORD,CLICKHOUSE_PASSWORD_FILE,CLICKHOUSE_USER,CLICOLOR_FORCE,FORCE_COLOR,NO_COLOR,PGPASSWORD,PGPASSWORD_FILE,PGUSER,ROEHUB_BACKTEST_CONFIG,ROEHUB_ENV,STRATEGY_PG_DSN,STRATEGY_PG_DSN_FILE,USER", \
  "--ignore-env", \
  "--allow-sys=hostname", \
  "src/main.ts", "worker", "--metrics-host", "0.0.0.0"]
