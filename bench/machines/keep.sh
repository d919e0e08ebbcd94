# The ground that a set of machines stands on: a network, a space of processes and a disk of its own. All of it is gone with
# this process, which ends when whoever started it does.
# keep.sh FOLDER NET: in namespaces of its own, and the first of its processes.
set -e
folder=$1 net=$2

mount -t tmpfs -o mode=755 gantry-machines "$folder"
mkdir "$folder/proc"
# As whoever started it numbers it; the other numbers are those of the new space.
read -r pid rest </proc/self/stat
mount -t proc proc "$folder/proc"
echo 1 >"$folder/proc/sys/net/ipv4/ip_forward"
ip link set lo up
echo "$pid"

# By now the other end of the link to the outside is there.
read -r line
ip addr add "$net.253/32" dev out
ip link set out up
ip route add "$net.254/32" dev out
# Nobody lives at the other addresses, and who asks for one is told.
ip route add unreachable "$net.0/24"
echo ready

cat >/dev/null
