# shellcheck shell=bash
# Shared by scripts/broker and scripts/broker-nodes; sourced after lib.sh, never run. Both set `dir`, the folder of the
# broker, and `home`, the folder of all of them.
# shellcheck disable=SC2154

# ------------------------------------------------------------------------------------------ configuration

# Everything that decides which broker a script of RabbitMQ's talks to or becomes comes from here: nothing is taken from
# the caller or from /etc/rabbitmq. Arguments: folder of the node, its address. The cookie is read from HOME.
set_node_environment() {
    local setting
    for setting in $(env | sed -n 's/^\(RABBITMQ_[A-Z_]*\)=.*/\1/p'); do unset "$setting"; done
    unset NOTIFY_SOCKET ERL_LIBS ERL_FLAGS ERL_AFLAGS ERL_ZFLAGS
    export HOME=$1/home LANG=C.UTF-8 LC_ALL=C.UTF-8
    export ERL_EPMD_ADDRESS=$2 RABBITMQ_NODE_IP_ADDRESS=$2
    export RABBITMQ_CONF_ENV_FILE=$1/none.env
    export RABBITMQ_CONFIG_FILE=$1/rabbitmq.conf
    export RABBITMQ_ADVANCED_CONFIG_FILE=$1/advanced.config
    export RABBITMQ_ENABLED_PLUGINS_FILE=$1/enabled_plugins
    export RABBITMQ_MNESIA_BASE=$1/data RABBITMQ_LOG_BASE=$1/log
    # The Erlang distribution listens on every address unless told otherwise, for the broker and for rabbitmqctl.
    local only="-kernel inet_dist_use_interface {${2//./,}}"
    export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=$only RABBITMQ_CTL_ERL_ARGS=$only
}

# The files that a node finds in its folder, beside rabbitmq.conf. No plugins: those with a web page add seconds to every
# stop. Arguments: folder of the node, cookie (default: a new one, unless there is one).
write_node_files() {
    local cookie=$1/home/.erlang.cookie
    mkdir -p "$1/home" "$1/data" "$1/log"
    : >"$1/none.env"
    echo '[].' >"$1/advanced.config"
    echo '[].' >"$1/enabled_plugins"
    [ ! -s "$cookie" ] || return 0
    (umask 077 && printf '%s' "${2:-$(new_cookie)}" >"$cookie")
    chmod 400 "$cookie"
}

new_cookie() { od -An -N20 -tx1 /dev/urandom | tr -d ' \n'; }

# Limits are absolute, because the broker's own depend on the machine. The Raft log rolls over at 64 MB: at the default
# of 512 MB that much of a backlog stays in memory.
node_limits() {
    cat <<CONF
vm_memory_high_watermark.absolute = 1GB
disk_free_limit.absolute = 200MB
raft.wal_max_size_bytes = 64000000
log.console = false
log.file.level = warning
CONF
}

# ------------------------------------------------------------------------------------------------ processes

# Process ids from files that a crash may have left behind: only a process of ours counts, by words of its command line.
ours() { # file, words
    local pid
    [ -s "$1" ] || return 1
    pid=$(cat "$1")
    alive "$pid" || return 1
    case $(command_line "$pid") in *"$2"*) echo "$pid" ;; *) return 1 ;; esac
}

# An open port is not yet a broker: one that serves answers the protocol header with connection.start, a method frame,
# whose first octet is 1.
serves_amqp() { # address, port
    local answer
    # shellcheck disable=SC2016 # for the inner shell
    answer=$(limited 3 bash -c 'exec 3<>"/dev/tcp/$0/$1" && printf "AMQP\0\0\11\1" >&3 && head -c 1 <&3 | od -An -tu1' \
        "$1" "$2" 2>/dev/null | tr -d ' \n') || return 1
    [ "$answer" = 1 ]
}

# Becomes the VM of a node, by the command given, which ends with rabbitmq-server. RABBITMQ_ALLOW_INPUT makes that script
# become the VM, so that the pid is the VM's; -noinput takes the input away again. Schedulers do not spin: the machine
# has other things to do.
become_node() { # log, command…
    local log=$1
    shift
    export RABBITMQ_ALLOW_INPUT=1
    new_session "$@" -noinput +B i +sbwt none +sbwtdcpu none +sbwtdio none </dev/null >"$log" 2>&1
}

# Ends a process: politely for as many seconds as given, then not.
end_process() { # pid, signal, seconds, what it is
    kill "-$2" "$1" 2>/dev/null || :
    gone_within "$1" "$3" || { say "$4 did not stop in $3 s and is killed"; kill -KILL "$1" || :; }
    gone_within "$1" 5 || die "process $1 does not go away"
}

# One start, stop or down of a broker at a time. The lock of a script that was killed is void.
lock() {
    local end=$((SECONDS + 120)) holder
    mkdir -p "$dir" || die "cannot write $home; use --dir"
    until (set -o noclobber && echo $$ >"$dir/lock") 2>/dev/null; do
        [ -w "$dir" ] || die "cannot write $dir; delete it, or use --dir"
        holder=$(cat "$dir/lock" 2>/dev/null || :)
        if [ -n "$holder" ] && ! alive "$holder"; then rm -f "$dir/lock"; continue; fi
        [ $SECONDS -lt $end ] || die "process $holder has held $dir/lock for two minutes"
        sleep 0.1
    done
    trap 'rm -f "$dir/lock"' EXIT
}
