# Changes the servers of an upstream of nginx. It travels as the helper does. POSIX sh and awk, ASCII.
# main TOKEN register|unregister FILE UPSTREAM CONFIG: then come the servers, separated by blanks, on standard input.

main() {
  LC_ALL=C PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
  export LC_ALL PATH
  umask 022
  token=$1 operation=$2 file=$3 upstream=$4 config=$5
  echo "gantry $token"
  servers=$(cat)
  for tool in awk cat cmp cp flock mv rm nginx; do
    command -v $tool >/dev/null || refuse missing "$tool"
  done
  [ -d "${file%/*}" ] || refuse no_folder "${file%/*}"
  [ ! -L "$file" ] || refuse is_link "$file"
  old=$file.gantry-old new=$file.gantry-new
  # Whoever comes at the same time waits; the lock goes with this shell.
  (: >>"$file.gantry-lock") 2>/dev/null || refuse no_permission "$file"
  exec 9>>"$file.gantry-lock"
  seconds=0
  until flock -n 9; do
    [ $seconds -lt 60 ] || refuse busy "somebody else has been changing it for a minute"
    seconds=$((seconds + 1))
    sleep 1
  done
  load=no
  # A change that was cut off before it was loaded, or before that was noted.
  if [ -e "$old" ]; then
    mv -f "$old" "$file" || refuse not_restored "$old"
    load=yes
    echo "T an earlier change was cut off: taken back"
  fi
  change || refuse odd "the upstream $upstream is not written line by line in $file"
  if [ -e "$file" ] && cmp -s "$file" "$new"; then
    rm -f "$new"
    echo "T nothing to change"
  else
    put
    load=yes
  fi
  [ $load = no ] || reload
  rm -f "$old"
  echo "done"
  echo end
}

# REASON WORDS...
refuse() {
  reason=$1
  shift
  rm -f "$new"
  printf "X %s %s\n" "$reason" "$(printf %s "$*" | tr "\n" " " | cut -c1-1500)"
  echo end
  exit 9
}

nginx_do() {
  if [ "$config" = - ]; then nginx "$@"; else nginx -c "$config" "$@"; fi 2>&1 9>&-
}

# What there is, with the servers put in or left out. nginx takes no upstream without servers: one that is never used stands for it.
change() {
  [ ! -e "$file" ] || cp -p "$file" "$new" || refuse full "$new"
  { [ ! -e "$file" ] || cat "$file"; } |
    awk -v op="$operation" -v name="$upstream" -v list="$servers" -v nobody="server 127.0.0.1:9 down; # nobody" "
      BEGIN { count = split(list, wanted, \" \"); for (at = 1; at <= count; at++) is_wanted[wanted[at]] = 1 }
      function servers(  at) {
        if (op == \"register\") for (at = 1; at <= count; at++) if (!(wanted[at] in there)) {
          print \"    server \" wanted[at] \";\"; there[wanted[at]] = 1; kept++
        }
        if (!kept) print \"    \" nobody
      }
      inside && /^[ \t]*[}]/ { servers(); inside = 0 }
      inside && index(\$0, nobody) { next }
      inside && \$1 == \"server\" {
        server = \$2; sub(/;.*/, \"\", server)
        if (op == \"unregister\" && server in is_wanted) next
        there[server] = 1; kept++
      }
      { print }
      \$1 == \"upstream\" {
        begun = \$2; sub(/[{].*/, \"\", begun)
        if (begun == name) { if (found || /[}]/ || !/[{][ \t]*$/) { odd = 1; exit 3 } found = 1; inside = 1 }
      }
      END {
        if (odd || inside) exit 3
        if (!found) { print \"upstream \" name \" {\"; servers(); print \"}\" }
      }" >"$new"
}

# The new file in the place of the old one, which is kept until nginx has taken it.
put() {
  if [ -e "$file" ]; then cp -p "$file" "$old.part"; else : >"$old.part"; fi || refuse full "$old.part"
  mv -f "$old.part" "$old" && mv -f "$new" "$file" || refuse not_replaced "$file"
}

reload() {
  said=$(nginx_do -t) || take_back test "$said"
  said=$(nginx_do -s reload) || take_back reload "$said"
  echo "T nginx -t has passed, and nginx was told to reload"
}

# REASON WORDS: what there was is put back.
take_back() {
  [ ! -e "$old" ] || mv -f "$old" "$file"
  refuse "$1" "$2"
}

main "$@"
