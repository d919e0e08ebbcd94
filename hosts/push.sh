# Puts a file on a host, whole or not at all. It travels as the helper does. Plain POSIX sh, ASCII.
# main TOKEN PATH_BYTES SIZE SHA256 MODE OWNER: then come the path of the file and its content on standard input.

main() {
  LC_ALL=C
  export LC_ALL
  umask 077
  token=$1 path_bytes=$2 size=$3 sum=$4 mode=$5 owner=$6
  part=
  trap clean EXIT
  trap "exit 1" HUP INT TERM PIPE
  echo "gantry $token"
  # Without the x line breaks at the end of a name would be lost.
  goal=$(
    dd bs=1 count="$path_bytes" 2>/dev/null
    echo x
  )
  goal=${goal%x}
  set -- $(printf %s "$goal" | wc -c)
  [ "$1" = "$path_bytes" ] || refuse incomplete "not even the path came whole"
  folder=${goal%/*}/
  look_at_goal
  find "$folder" -maxdepth 1 -name ".gantry-*.part" -type f -mtime +1 -exec rm -f {} \; 2>/dev/null
  part=$folder.gantry-$token.part
  receive
  check
  replace
  echo "done"
  echo end
}

clean() {
  [ -n "$part" ] && rm -f "$part"
}

# REASON WORDS...
refuse() {
  clean
  part=
  reason=$1
  shift
  printf "X %s %s\n" "$reason" "$*"
  echo end
  exit 9
}

# WORDS OTHERWISE: refuses for the reason that the words of a tool tell of.
refuse_for() {
  case $1 in
  *"o space"* | *uota* | *"oo large"*) refuse full "$1" ;;
  *"ead-only"*) refuse read_only "$1" ;;
  *"ermission denied"* | *"not permitted"*) refuse no_permission "$1" ;;
  esac
  refuse "$2" "$1"
}

look_at_goal() {
  if [ ! -d "$folder" ]; then
    [ -e "${folder%/}" ] && refuse no_folder "${folder%/} is no folder"
    refuse no_folder "there is no $folder, or it cannot be looked into"
  fi
  if [ -L "$goal" ]; then refuse is_link "$goal leads to $(readlink "$goal")"; fi
  if [ -d "$goal" ]; then refuse is_folder "$goal"; fi
  if [ -e "$goal" ] && [ ! -f "$goal" ]; then refuse not_a_file "$goal"; fi
}

receive() {
  # A shell of its own: where the file cannot be made, it ends.
  said=$(
    exec 2>&1
    : >"$part"
  ) || refuse_for "$said" no_permission
  said=$(exec 2>&1 && cat >"$part") || refuse_for "$said" full
}

check() {
  set -- $(ls -ln "$part")
  # A connection that is cut looks like the end of the input.
  [ "$5" = "$size" ] || refuse incomplete "$5 bytes of $size came"
  sum_up
  [ "$found" = "$sum" ] || refuse corrupt "what is on the disk is $found and not $sum"
}

# Sets found.
sum_up() {
  if command -v sha256sum >/dev/null; then
    found=$(sha256sum <"$part")
  elif command -v shasum >/dev/null; then
    found=$(shasum -a 256 <"$part")
  elif command -v openssl >/dev/null; then
    found=$(openssl dgst -sha256 -r <"$part")
  else
    refuse missing "sha256sum, shasum or openssl"
  fi
  found=${found%% *}
}

replace() {
  if [ "$owner" != - ]; then
    said=$(chown "$owner" "$part" 2>&1) || refuse owner "$said"
  fi
  # After the owner: who changes that takes set-user-id away.
  said=$(chmod "$mode" "$part" 2>&1) || refuse_for "$said" not_replaced
  # Somebody may have put something there meanwhile.
  look_at_goal
  said=$(mv -f "$part" "$goal" 2>&1) || refuse_for "$said" not_replaced
  part=
}

main "$@"
