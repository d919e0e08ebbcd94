# What a host is (docs/hosts.md, "What a host needs"). It travels as the helper does. Plain POSIX sh, ASCII.
# main TOKEN RUN_FOLDER TOOLS...: prints lines of NAME VALUE; what it does not find out it leaves out. It changes nothing.

main() {
  LC_ALL=C
  export LC_ALL
  token=$1 folder=$2
  shift 2
  echo "gantry $token"
  tell_system
  tell_user
  tell_run_folder
  missing=
  for tool in "$@"; do
    command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"
  done
  echo "missing_tools${missing:- }"
  tell_logind
  echo end
}

# NAME VALUE
tell() {
  [ -n "$2" ] && printf "%s %s\n" "$1" "$2"
}

tell_system() {
  for file in /etc/os-release /usr/lib/os-release; do
    [ -r "$file" ] || continue
    while IFS= read -r line; do
      value=${line#*=}
      value=${value#[\"\']}
      value=${value%[\"\']}
      case $line in
      PRETTY_NAME=*) tell os_name "$value" ;;
      ID=*) tell os_id "$value" ;;
      VERSION_ID=*) tell os_version "$value" ;;
      esac
    done <"$file"
    break
  done
  tell kernel "$(uname -r)"
  tell arch "$(uname -m)"
  tell hostname "$(uname -n)"
  cpus=$(getconf _NPROCESSORS_ONLN 2>/dev/null) || cpus=$(nproc 2>/dev/null)
  tell cpus "$cpus"
  while read -r name value line; do
    case $name in MemTotal:) tell memory_kb "$value" ;; esac
  done </proc/meminfo
  read -r value </proc/sys/kernel/random/boot_id && tell boot_id "$value"
  read -r value line </proc/uptime && tell uptime_s "${value%.*}"
} 2>/dev/null

tell_user() {
  user=$(id -un)
  uid=$(id -u)
  tell user "$user"
  tell uid "$uid"
  tell home "$HOME"
  # The variable is that of who logged in, also for whom he became.
  line=$(getent passwd "$user" || grep "^$user:" /etc/passwd)
  tell login_shell "${line##*:}"
  value=false
  [ -n "$HOME" ] && [ -d "$HOME" ] && [ -w "$HOME" ] && value=true
  tell home_writable $value
} 2>/dev/null

# Where runs would be kept, as the helper decides it, and how much room there is.
tell_run_folder() {
  if [ "$folder" = - ]; then
    folder=$HOME/.gantry/runs
    near "$folder"
    if [ ! -d "$HOME" ] || [ ! -w "$near" ]; then folder=/var/tmp/gantry-$uid; fi
  fi
  near "$folder"
  value=false
  [ -d "$near" ] && [ -w "$near" ] && value=true
  tell run_folder "$folder"
  tell run_folder_writable $value
  # What is free stands before the share that is used; names on either side of them may have spaces.
  last=
  for word in $(df -Pk "$near" | tail -n +2); do
    case $word in [0-9]*%) tell run_folder_free_kb "$last" ;; esac
    last=$word
  done
} 2>/dev/null

# PATH: sets near to the part of it that is there.
near() {
  near=$1
  while [ ! -e "$near" ] && [ "$near" != / ]; do
    near=${near%/*}
    near=${near:-/}
  done
}

# Whether logind ends at the end of a session what the user has left running.
tell_logind() {
  [ -d /run/systemd/system ] || return
  value=false
  [ -e "/var/lib/systemd/linger/$user" ] && value=true
  tell linger $value
  value=
  command -v timeout >/dev/null && value=$(timeout 3 loginctl show-session -p KillUserProcesses)
  if [ -z "$value" ]; then
    for file in /usr/lib/systemd/logind.conf.d/*.conf /etc/systemd/logind.conf /etc/systemd/logind.conf.d/*.conf; do
      [ -r "$file" ] || continue
      while IFS= read -r line; do
        case $line in KillUserProcesses=*) value=$line ;; esac
      done <"$file"
    done
  fi
  case $value in
  *=yes | *=true | *=on | *=1) tell kill_user_processes true ;;
  *) tell kill_user_processes false ;;
  esac
} 2>/dev/null

main "$@"
