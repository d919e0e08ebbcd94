# One image for api, worker and migrate (see docker-compose.yml). Untested where it was written: no Docker there.
FROM node:20-bookworm-slim AS build
WORKDIR /gantry
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN node scripts/build.js && npm prune --omit=dev --no-audit --no-fund

FROM node:20-bookworm-slim
# As stack/services.ts has it: few heaps for many threads.
ENV NODE_ENV=production MALLOC_ARENA_MAX=2
WORKDIR /gantry
COPY --from=build /gantry/package.json ./
COPY --from=build /gantry/node_modules node_modules
COPY --from=build /gantry/dist dist
USER node
ENTRYPOINT ["node", "dist/cli/main.js"]
CMD ["help"]
