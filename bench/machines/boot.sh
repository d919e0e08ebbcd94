# Starts a machine: the first process of a space of its own, which ends as its ssh server.
# boot.sh FOLDER NAME NET NUMBER GROUND SSHD: GROUND is the process that keeps the set.
set -e
folder=$1 name=$2 net=$3 number=$4 ground=$5 sshd=$6
root=$folder/root

read -r pid rest </proc/self/stat
read -r boot_id </proc/sys/kernel/random/uuid
echo "$boot_id" >"$folder/boot_id"

# The one process that is known by the same number inside and here is this one: 1.
nsenter --net="/proc/$ground/ns/net" ip -batch - <<END
link add m$number type veth peer name eth0 netns 1
link set m$number up
route add $net.$number/32 dev m$number
END
ip -batch - <<END
link set lo up
addr add $net.$number/32 dev eth0
link set eth0 up
route add $net.253/32 dev eth0
route add default via $net.253 dev eth0
END

mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
# These are empty at every boot.
mount -t tmpfs -o size=64m,mode=1777 tmp "$root/tmp"
mount -t tmpfs -o size=16m,mode=755 run "$root/run"
mkdir "$root/run/sshd"
mount --bind "$folder/home/root" "$root/root"
mount --rbind "$folder/home" "$root/home"
mount --bind "$folder/boot_id" "$root/proc/sys/kernel/random/boot_id"
hostname "$name"
echo "$pid" >"$folder/first"

cd "$root"
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  chroot . "$sshd" -D -e -f /etc/ssh/machine_sshd_config
