# Gantry on a host: starts a script once, follows it, ends it, forgets it (docs/hosts.md, "How a run works").
# It travels on standard input, without the lines that are only comment, and is in $h then. Plain POSIX sh, ASCII.
# main VERB TOKEN RUN BASE ...: TOKEN is drawn for each call and names the folder of what is not yet the run's own.
# Each program that is begun costs a host more than all that this shell does itself: few are.

main() {
  verb=$1 token=$2 run=$3 base=$4 supervisor= woken= napper=
  shift 4
  boot_file=${GANTRY_BOOT_ID_FILE:-/proc/sys/kernel/random/boot_id}
  case $verb in
  start | poll | cancel | forget)
    mask=$(umask)
    umask 077
    unset GANTRY_RUN
    # What a login shell says of its own comes before this line.
    echo "gantry $token"
    enter
    ;;
  *)
    umask 077
    cd "$base/$run" || exit 1
    ;;
  esac
  case $verb in
  start) start "$@" ;;
  poll) poll "$@" ;;
  cancel) cancel "$@" ;;
  forget) forget ;;
  supervise) supervise "$@" ;;
  esac
}

# REASON WORDS...: the verb could not do its work, and has left nothing of its own.
refuse() {
  echo "X $*"
  rm -rf "./$token"
  exit 9
}

# Goes into the folder of the run, which start and cancel make where there is none.
enter() {
  said=
  if [ "$base" = - ]; then
    base=$HOME/.gantry/runs
    if [ ! -d "$HOME" ] || claimed_elsewhere || ! make_folder; then
      base=/var/tmp/gantry-$(id -u)
      mkdir "$base" 2>/dev/null
      # Anybody may make a folder there.
      if [ -L "$base" ] || { [ -d "$base" ] && [ ! -O "$base" ]; }; then
        refuse folder "$base belongs to somebody else"
      fi
    fi
  fi
  make_folder && cd "$base/$run" 2>/dev/null && return 0
  case $verb in start | cancel) refuse folder "cannot make $base/$run $said" ;; esac
  echo "S none"
  exit 0
}

# A run stays where it was claimed, whatever has become of the home.
claimed_elsewhere() {
  for claim in /var/tmp/gantry-*/"$run"/claim; do
    [ -O "${claim%/*/*}" ] && [ -e "$claim" ] && return 0
  done
  return 1
}

# Whoever only looks makes no folder, and there is nothing to lay out for a run that has been claimed.
make_folder() {
  case $verb in poll | forget)
    [ -d "$base/$run" ]
    return
    ;;
  esac
  [ -e "$base/$run/claim" ] && return 0
  said=$(LC_ALL=C mkdir -p "$base/$run/$token" 2>&1) && return 0
  # A full disk is no reason to go elsewhere: it may have room again for the next one who starts this run.
  case $said in *"o space"* | *uota*) refuse full "$said" ;; esac
  return 1
}

# PID: sets found (its number), born (its start time) and letter (its state); fails where it has gone or is a zombie.
look() {
  line=
  # The name of a process may have line breaks and parentheses.
  { while IFS= read -r part; do line="$line $part"; done <"/proc/$1/stat"; } 2>/dev/null
  [ -n "$line" ] || return 1
  found=${line#?} found=${found%% *}
  set -- ${line##*) }
  letter=$1 session=$4 born=${20}
  case $letter in Z | X) return 1 ;; esac
}

# Sets clock: hundredths of a second since the machine began.
look_at_clock() {
  read -r clock line </proc/uptime
  clock=${clock%.*}${clock#*.}
}

nap() {
  sleep "$1" 2>/dev/null || sleep 1
}

# SECONDS: as nap, but ends at once when somebody has called wake since woken was emptied.
rest() {
  sleep "$1" 2>/dev/null &
  napper=$!
  [ -z "$woken" ] || kill $napper
  # What cannot sleep for parts of a second does it for a whole one.
  wait $napper || [ -n "$woken" ] || nap 1
  napper=
} 2>/dev/null

wake() {
  woken=yes
  [ -z "$napper" ] || kill $napper
} 2>/dev/null

# FILE: sets size, 0 where there is none.
measure() {
  size=0
  [ -s "$1" ] || return 0
  set -- $(ls -ln "$1" 2>/dev/null)
  size=${5:-0}
}

# Sets st.
look_at_state() {
  st=ended
  [ -e end ] && return 0
  st=staged
  [ -e claim ] || return 0
  read -r holder holder_born boot claimed_at <claim
  st=cancelled
  [ "$holder" = cancelled ] && return 0
  st="lost reboot"
  read -r now <"$boot_file"
  if [ "$boot" = "$now" ]; then
    st=running
    look "$holder" && [ "$born" = "$holder_born" ] && return 0
    st="lost supervisor"
    leads && st=orphan
  fi
  # It may have come to its end since the first look.
  [ -e end ] && st=ended
  return 0
}

# Whether the script itself is alive; sets leader.
leads() {
  leader=
  [ -e pid ] && read -r leader leader_born line <pid
  [ -n "$leader" ] && look "$leader" && [ "$born" = "$leader_born" ]
}

# OFFSET SECONDS: answers D FROM LENGTH and the bytes, then E CODE WHY STARTED ENDED CUT BYTES or S STATE.
poll() {
  offset=$1 seconds=$2 step=0.25 spins=0
  look_at_clock
  deadline=$((clock + seconds * 100))
  while :; do
    woken=
    # The state comes first: what is read of the log afterwards is complete.
    look_at_state
    [ "$st" != staged ] || [ -z "$supervisor" ] || look_at_supervisor
    # What is left behind may write on: with the end it is said what the log was then. Most ends come soon.
    size=$offset
    if [ "$st" = ended ] && [ -e log ]; then
      read -r line <end
      size=${line##* }
    elif [ "$st" != running ] || [ $spins -ge 1 ] || [ "$seconds" = 0 ]; then
      measure log
    fi
    while [ "$size" -gt "$offset" ]; do
      part=$((size - offset))
      [ "$part" -gt 1048576 ] && part=1048576
      echo "D $offset $part" || exit 1
      # The first one only moves where the file is read: dd cannot skip bytes and read blocks.
      { { [ "$offset" = 0 ] || dd bs=1 skip="$offset" count=0; } && dd bs="$part" count=1; } <log 2>/dev/null || exit 1
      offset=$((offset + part))
    done
    case $st in
    starting | running | orphan) ;;
    ended)
      read -r line <end
      echo "E $line"
      hear
      return
      ;;
    cancelled)
      echo "E - cancelled $claimed_at - 0 0"
      return
      ;;
    *)
      # Parameters may be among it that nobody was there to delete.
      case $st in lost*) discard_staged ;; esac
      echo "S $st"
      return
      ;;
    esac
    look_at_clock
    if [ "$clock" -ge "$deadline" ] && [ "$st" != starting ]; then
      echo "S $st"
      return
    fi
    spins=$((spins + 1))
    case $spins in 16) step=0.5 ;; 300) step=2 ;; esac
    rest $step
  done
}

# The supervisor that was just begun takes a moment to take the run; one that ends before that never will.
look_at_supervisor() {
  st=starting
  look "$supervisor" && return
  [ -e claim ] || refuse not_started "the supervisor ended before it began"
  look_at_state
}

# Whoever asks may say that all is kept elsewhere, and spare the host another call. Who says nothing more has gone.
hear() {
  exec 3<&0
  trap '' USR1
  sleep 30 &
  napper=$!
  {
    heard=no
    read -r line <&3 && [ "$line" = forget ] && heard=yes
    kill $napper
    [ $heard = yes ]
  } &
  listener=$!
  wait $napper
  napper=
  kill $listener
  if wait $listener; then forget; fi
} 2>/dev/null

# TIMEOUT CAP BLOCK_BYTES SCRIPT_BYTES OFFSET SECONDS INTERPRETER...; then comes standard input: the block, the script.
start() {
  timeout=$1 cap=$2 block_bytes=$3 script_bytes=$4 offset=$5 seconds=$6
  shift 6
  if [ ! -e claim ]; then
    stage
    # The supervisor wakes whoever has begun it.
    trap wake USR1
    look $$
    setsid sh "./$token/sup" supervise "$token" "$run" "$base" "$mask" "$timeout" "$cap" $$ "$born" "$@" \
      </dev/null >/dev/null 2>&1 &
    supervisor=$!
  fi
  poll "$offset" "$seconds"
}

# Lays out what the supervisor needs, in a folder of its own. Room for all that is to be written later is taken now.
stage() {
  for tool in setsid dd ls ln mv date sleep; do
    command -v $tool >/dev/null || refuse missing "$tool"
  done
  take "$block_bytes" env
  take "$script_bytes" script
  {
    printf "%s\n" "$h" >"$token/sup" &&
      printf "%-119s\n" - >"$token/end" &&
      printf "%-119s\n" - >"$token/pid" &&
      printf "%-29s\n" open >"$token/output"
  } || unstaged full "no room for what is to be written later"
  for file in log whole; do true >"$token/$file"; done
} 2>/dev/null

# BYTES FILE: keeps so many of standard input, and touches none after them.
take() {
  count=1 piece="bs=$1 iflag=fullblock"
  [ -z "$slow" ] || count=$1 piece="bs=1"
  said=$(LC_ALL=C dd $piece count="$count" 2>&1 >"$token/$2")
  came=${said%% *} kept=${said#*in?}
  if [ "$came" = "${kept%% *}" ]; then
    case $came in
    "$count+0") return ;;
    *+*)
      # A connection that is cut looks like the end of the input.
      measure "$token/script"
      came=$size
      measure "$token/env"
      unstaged incomplete "$((came + size)) bytes came"
      ;;
    esac
  fi
  unstaged full "the input could not be kept"
}

# REASON WORDS...: when somebody else has begun the run meanwhile, there is no need to.
unstaged() {
  [ -e claim ] || refuse "$@"
  rm -rf "./$token"
  poll "$offset" "$seconds"
  exit 0
}

# MASK TIMEOUT CAP STARTER BORN INTERPRETER...: the session in which a run is watched over, whoever asks for it. This shell
# ends the run in time, whatever has become of the one that leads it; that one wakes it when it has come to its end, and
# whoever has started the run.
supervise() {
  mask=$1 timeout=$2 cap=$3 starter=$4 starter_born=$5
  shift 5
  exec 4>>"$token/log"
  trap wake USR1
  { lead "$@"; kill -USR1 $$; } 2>/dev/null 4>&- | keep &
  exec 4>&-
  [ "$timeout" -gt 0 ] && watch
  wait
  [ -z "$woken" ] || wait
  rm -rf "./$token"
}

# INTERPRETER...: takes the run, has it done and writes what came of it.
lead() {
  look self
  read -r boot <"$boot_file"
  started=$(date +%s)
  look_at_clock
  began=$clock
  claim="$found $born $boot $started"
  echo "$claim" >"$token/claim"
  read -r line <"$token/claim" && [ "$line" = "$claim" ] || return
  # The one gate: a hard link is there with all that it says or not at all.
  ln "$token/claim" claim || return
  discard_staged
  (perform "$@") </dev/null 2>&1
  code=$?
  exec >/dev/null
  drain
  why=exit
  [ -e timeout ] && why=timeout
  [ -e cancelled ] && why=cancelled
  [ $why = exit ] || settle
  cut=0
  [ -e "$token/whole" ] || cut=1
  # Somebody may have been killed who had laid it out again after it had begun.
  discard_staged
  [ -n "$size" ] || measure log
  look_at_clock
  write_end "$code $why $started $((started + (clock - began) / 100)) $cut $size"
  look "$starter" && [ "$born" = "$starter_born" ] && kill -USR1 "$starter"
}

# INTERPRETER...: becomes the script.
perform() {
  umask "$mask"
  interpreter=$* folder=$PWD
  look self
  printf "%-119s\n" "$found $born" 1<>"$token/pid"
  mv "$token/script" "$token/sup" "$token/log" "$token/pid" . 2>/dev/null
  # Who cancels writes this first and looks for processes then: it finds this one, or this one finds that.
  if [ -e cancelled ] || [ -e timeout ]; then exit 143; fi
  # Exports the parameters and sets the arguments. It only sets names that begin with GANTRY_.
  set --
  . "./$token/env"
  true >"$token/env"
  export GANTRY_RUN="$run;"
  cd "${HOME:-/}" 2>/dev/null || cd /
  exec setsid $interpreter "$folder/script" "$@"
}

# Waits until all that the script wrote is in the log, and a second for what it left behind, which may hold the output
# for ever. Sets size, unless more may come.
drain() {
  keeper= done= size=
  read -r keeper <"$token/keeper"
  look_at_clock
  deadline=$((clock + 100))
  while read -r line size <"$token/output" && [ "$line" = open ]; do
    # One that sleeps has written all that there was to read; one whose turn has yet to come does not sleep.
    if [ -z "$keeper" ] || ! look "$keeper" || [ "$letter" = S ]; then done=yes; fi
    look_at_clock
    [ -n "$done" ] && [ "$clock" -gt "$deadline" ] && return
    nap 0.01
  done
}

# Whoever is ending the run is given the time to: its end says that nothing is left.
settle() {
  tries=0
  while [ $tries -lt 600 ] && [ -n "$(members)" ]; do
    nap 0.1
    tries=$((tries + 1))
  done
  left=$(members)
  [ -n "$left" ] && kill -KILL $left
}

# LINE: overwrites the room that was taken at the start, which needs none on most full disks; else it waits for some.
write_end() {
  tries=0
  while [ $tries -lt 600 ]; do
    printf "%-119s\n" "$1" 1<>"$token/end"
    read -r line <"$token/end"
    if [ "$line" = "$1" ]; then
      mv "$token/end" end
      return
    fi
    nap 1
    tries=$((tries + 1))
  done
}

# Keeps the output until the cap or a full disk, and then throws it away: the script never hears of either.
keep() {
  if (
    read -r own line </proc/self/stat
    echo "$own" >"$token/keeper"
    ulimit -c 0
    ulimit -f $(((cap + 511) / 512))
    exec cat >&4 2>/dev/null
  ); then
    close_output
  else
    rm -f "$token/whole"
    printf "\n[gantry: output is cut here]\n" >&4
    close_output
    cat >/dev/null
  fi
}

# In place, which needs no room on a full disk. All is written, so the position is the size.
close_output() {
  read -r line size </proc/self/fdinfo/4
  printf "%-29s\n" "closed $size" 1<>"$token/output"
}

# Ends the run when its time is over, unless it has ended before.
watch() {
  remaining=$timeout
  while [ "$remaining" -gt 0 ]; do
    # In pieces, because there may be nobody any more to say that the script has ended.
    piece=30
    [ "$remaining" -lt 30 ] && piece=$remaining
    rest "$piece"
    [ -z "$woken" ] || return
    remaining=$((remaining - piece))
    # What a script has left behind on purpose outlives it.
    if [ -e end ] || { [ -e pid ] && ! leads; }; then return; fi
  done
  stop timeout 5
} 2>/dev/null

# Prints the processes of the run: its session, and what carries its mark in other ones.
members() {
  if leads; then
    # It has no session of its own yet before it becomes the script.
    echo "$leader"
  elif [ -n "$leader" ] && look "$leader"; then
    # Its number is somebody else's by now.
    leader=
  fi
  for file in /proc/[0-9]*; do
    look "${file#/proc/}" && [ -n "$leader" ] && [ "$session" = "$leader" ] && echo "${file#/proc/}"
  done
  marked | while IFS=/ read -r line line pid line; do
    look "$pid" && echo "$pid"
  done
}

marked() {
  if printf "a\0b" | grep -qF b 2>/dev/null; then
    grep -lF "GANTRY_RUN=$run;" /proc/[0-9]*/environ 2>/dev/null
    return
  fi
  # Some greps end a line at a NUL.
  for file in /proc/[0-9]*/environ; do
    case $(cat "$file" 2>/dev/null) in *"GANTRY_RUN=$run;"*) echo "$file" ;; esac
  done 2>/dev/null
}

# WHY GRACE: ends all processes of the run; sets left to those that cannot be ended.
stop() {
  # A link needs no room on a full disk.
  ln claim "$1" 2>/dev/null
  left=$(members)
  [ -n "$left" ] && kill -TERM $left 2>/dev/null
  look_at_clock
  deadline=$((clock + $2 * 100))
  while [ -n "$left" ] && [ "$clock" -lt "$deadline" ]; do
    nap 0.1
    left=$(members)
    look_at_clock
  done
  tries=0
  while [ -n "$left" ] && [ $tries -lt 20 ]; do
    kill -KILL $left 2>/dev/null
    nap 0.05
    left=$(members)
    tries=$((tries + 1))
  done
}

# GRACE OFFSET: a run that has not begun never will; of one that has, everything ends.
cancel() {
  if [ ! -e claim ]; then
    read -r boot <"$boot_file"
    claim="cancelled 0 $boot $(date +%s)"
    echo "$claim" >"$token/claim"
    { read -r line <"$token/claim" && [ "$line" = "$claim" ]; } || [ -e claim ] || refuse full "no room to cancel it"
    ln "$token/claim" claim 2>/dev/null && discard_staged
    rm -rf "./$token"
  fi
  look_at_state
  left= was=$st
  case $was in running | orphan | "lost supervisor") stop cancelled "$1" ;; esac
  if [ "$was" = orphan ] && [ -z "$left" ]; then
    # Nobody else is there to say it.
    measure log
    mkdir -p "$token"
    echo "- cancelled $claimed_at $(date +%s) 0 $size" >"$token/end"
    [ -s "$token/end" ] && ln "$token/end" end 2>/dev/null
    rm -rf "./$token"
  fi
  [ -n "$left" ] && echo "L" $left
  poll "$2" 10
}

# What others have laid out and cannot be begun any more: it may have secrets in it.
discard_staged() {
  for file in */; do
    case $file in "$token/" | "*/") ;; *) rm -rf "./$file" ;; esac
  done
}

# The log is known elsewhere. Claim and end stay, so that the run cannot begin again.
forget() {
  look_at_state
  case $st in
  ended | cancelled | lost*)
    rm -rf log script sup pid timeout cancelled ./*/
    echo F
    ;;
  *) echo "S $st" ;;
  esac
  # Now and then is enough.
  case $token in *0) sweep ;; esac
}

# After a week nobody asks for a run any more.
sweep() {
  find "$base" -mindepth 1 -maxdepth 1 -type d -mtime +7 2>/dev/null | while IFS= read -r old; do
    cd "$old" 2>/dev/null || continue
    look_at_state
    case $st in running | orphan) ;; *) rm -rf "$old" ;; esac
  done
}

main "$@"
