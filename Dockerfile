# The server on one machine, in a container. Data lies in /data; everything else may be read-only (with a /tmp).
# Docker Hub's official image of Node.js; the newest even version that the tests run on.
FROM node:24-bookworm-slim AS packages
WORKDIR /opt/pairing
COPY package.json package-lock.json .npmrc ./
# The engine of this platform is an optional dependency; nothing that runs here needs an install script.
RUN npm ci --omit=dev --ignore-scripts

FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="AgentTown Pairing Server" \
      org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production
WORKDIR /opt/pairing
COPY --from=packages /opt/pairing/node_modules ./node_modules
COPY package.json cdk.json LICENSE ./
COPY docs/openapi.json docs/asyncapi.json ./docs/
COPY bin ./bin
COPY lib ./lib
COPY lambdas ./lambdas
COPY local ./local
COPY web ./web
RUN node --import tsx local/ship-assembly.ts && rm -rf node_modules/.cache
RUN install --directory --owner=node --group=node --mode=0700 /data
USER node
VOLUME /data
EXPOSE 8787
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8787/health').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/agenttown-pairing-server.js"]
CMD ["serve", "--host", "0.0.0.0", "--db", "/data/pairing.sqlite"]
