/** What the default actions do, by their names, with their parameters as `{{name}}`. */

const START_CONTAINER = `docker run -d --net="{{host}}" --name "{{name}}" "{{tag}}"
`;

/** Listening sockets by /proc, which needs no program that may be missing; the state 0A is LISTEN. */
const CHECK_PORT = `port=$(printf '%04X' {{check_port}})
tries={{check_times}}
listens() {
  awk -v port="$port" '$4 == "0A" && $2 ~ (":" port "$") { found = 1 } END { exit !found }' /proc/net/tcp* 2>/dev/null
}
while [ "$tries" -gt 0 ]; do
  if listens; then
    echo "port {{check_port}} is open"
    exit 0
  fi
  tries=$((tries - 1))
  if [ "$tries" -gt 0 ]; then sleep 5; fi
done
echo "nothing listens on port {{check_port}}" >&2
exit 1
`;

const CHECK_URL = `sleep 20
page=$(curl -sS -L --max-time 400 -- "{{check_url}}") || exit 1
case "$page" in
  *"{{check_keyword}}"*) echo "found" ;;
  *)
    echo "the page does not have what was looked for" >&2
    exit 1
    ;;
esac
`;

/** Names are compared whole: docker's own filter takes a part of a name, or a pattern. */
const STOP_CONTAINER = `wanted="{{name}}"
ids() {
  docker ps --all --no-trunc --filter "status=$1" --format '{{.ID}} {{.Names}}' | while read -r id name; do
    if [ "$name" = "$wanted" ]; then echo "$id"; fi
  done
}
for id in $(ids running); do docker stop "$id"; done
sleep 5
for id in $(ids exited); do docker rm "$id"; done
exit 0
`;

const INSTALL_NGINX = `address=$(ip -4 -o addr show dev "{{eth}}" | awk '{ split($4, part, "/"); print part[1]; exit }')
if [ -z "$address" ]; then
  echo "{{eth}} has no IPv4 address" >&2
  exit 1
fi
id="gantry-$(date +%s)-$$"
curl -sS -f --max-time 300 -X POST "http://$address:8000/api/parallel_run" \\
  -H 'Content-Type: application/json' -H "X-CORRELATION-ID: $id" -H 'X-SOURCE: gantry' \\
  -d '{"name":"'"$id"'","nodes":["'"$address"'"],"user":"root","tasktype":"ansible_role","tasks":["hubble-nginx"],"params":{},"fork_num":5}'
`;

/** A script of the image runs on the host, and ends the step as it ends. */
const fromImage = (
  script: string,
  log: string,
  argument = '',
) => `image=registry.cn-beijing.aliyuncs.com/opendcp/openstack-scripts
folder=$(mktemp -d) || exit 1
container=
tidy() {
  if [ -n "$container" ]; then docker rm -f "$container" >/dev/null 2>&1; fi
  rm -rf "$folder"
}
trap tidy EXIT
docker pull "$image" || exit 1
container=$(docker create "$image") || exit 1
docker cp "$container:/data1/openstack" "$folder/openstack" || exit 1
cd "$folder/openstack" || exit 1
bash ./${script}${argument} >${log} 2>&1
`;

export const SCRIPTS = {
  start_docker: START_CONTAINER,
  check_port: CHECK_PORT,
  check_url: CHECK_URL,
  stop_docker: STOP_CONTAINER,
  echo: 'echo {{echo_word}}',
  install_nginx: INSTALL_NGINX,
  init_controller: fromImage('init.sh', '/tmp/osk.log', ' "{{opendcp_host}}"'),
  init_compute: fromImage('init_compute.sh', '/tmp/osk.log', ' "{{opendcp_host}}"'),
  'add-default-image': fromImage('add-default-image.sh', '/tmp/addimage.log'),
} as const;
