# ./dev images: the container images, built by the docker that is there. Sourced, not run.
# shellcheck shell=bash disable=SC2154  # root and state are of ./dev

compose() {
  if docker compose version >/dev/null 2>&1; then docker compose "$@"; else docker-compose "$@"; fi
}

# Names images by what they are built from: VERSION-COMMIT.
name_images() {
  WEBHOOK_VERSION="$(sed -n 's/^project(webhook_platform VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)"
  WEBHOOK_REVISION="$(git rev-parse --short=12 HEAD)"
  [ -z "$(git status --porcelain)" ] || WEBHOOK_REVISION+=-dirty
  WEBHOOK_TAG="$WEBHOOK_VERSION-$WEBHOOK_REVISION"
  export WEBHOOK_VERSION WEBHOOK_REVISION WEBHOOK_TAG
}

# Beside the images: what each of the product's is made of.
write_sboms() {
  local name container
  rm -rf build/images
  mkdir -p build/images
  for name in registry event-ingest delivery-worker webhookctl receiver; do
    container="$(docker create "webhook-platform-$name:$WEBHOOK_TAG")"
    docker cp -q "$container:/usr/share/sbom/." build/images/
    docker rm "$container" >/dev/null
  done
}

# Options are those of `docker compose build`.
cmd_images() {
  command -v docker >/dev/null || fail "docker is not there"
  say "images"
  name_images
  step "building webhook-platform-*:$WEBHOOK_TAG" "$state/logs/images.log" compose build "$@"
  write_sboms
  docker image ls --filter "reference=webhook-platform-*:$WEBHOOK_TAG" --format '    {{.Repository}}:{{.Tag}} {{.Size}}'
}
