# shellcheck shell=bash
# Shared by the scripts of this folder; sourced, never run. Bash 3.2 (macOS) understands all of it.
#
# Sourcing it sets `root` (the repository) and defines functions only; nothing is started or installed.

# shellcheck disable=SC2034 # for the scripts that source this
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { say "$*"; exit 1; }
# How the scripts build, all alike, since other options would build everything again: with the HTTP server, and without what
# only debuggers read. WARREN_DEBUG_INFO=dwarf for one, or for lines in a crash's backtrace.
# shellcheck disable=SC2034 # for those that read this file
swift_options=(--traits HTTP -debug-info-format "${WARREN_DEBUG_INFO:-none}")

have() { command -v "$1" >/dev/null 2>&1; }

# usage [0]: shows the comment at the script's head and ends. 0: somebody asked for it; else the command line is wrong.
usage() {
    local text
    text=$(sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p;}' "$0")
    if [ "${1:-64}" -eq 0 ]; then echo "$text"; else echo "$text" >&2; fi
    exit "${1:-64}"
}

# ---------------------------------------------------------------------------------------------- packages

# The folder with RabbitMQ's own scripts. Debian's /usr/sbin/rabbitmq-server is a wrapper that switches to the user
# `rabbitmq` and its directories, which a private node must not do; the folder below has the scripts themselves.
rabbitmq_bin() {
    local folder
    for folder in "${WARREN_RABBITMQ_BIN:-}" /usr/lib/rabbitmq/bin /opt/homebrew/opt/rabbitmq/sbin \
        /usr/local/opt/rabbitmq/sbin /opt/rabbitmq/sbin; do
        if [ -n "$folder" ] && [ -x "$folder/rabbitmq-server" ]; then
            echo "$folder"
            return 0
        fi
    done
    return 1
}

# A Python that can import the named module, if there is one. A version manager may put a Python in front of the
# system's, and only the system's sees what apt installed.
python_with() {
    local python
    for python in "${WARREN_PYTHON:-}" python3 /usr/bin/python3; do
        if [ -n "$python" ] && have "$python" && "$python" -c "import $1" >/dev/null 2>&1; then
            command -v "$python"
            return 0
        fi
    done
    return 1
}

# Prints the Python that has the client libraries of python-requirements.txt. Makes a virtual environment for it in
# .warren-python, once for each state of that file: what a system offers is old, and apt has no FastStream.
# The one that WARREN_PYTHON names is taken as it is, if it has them.
python_of_clients() {
    local wanted=$root/scripts/python-requirements.txt home=$root/.warren-python maker
    if [ -n "${WARREN_PYTHON:-}" ] &&
        "$WARREN_PYTHON" -c 'import aio_pika, axe_core_python, azure.durable_functions, faststream.rabbit, kombu, pika, schemathesis' 2>/dev/null; then
        echo "$WARREN_PYTHON"
        return 0
    fi
    if ! { [ -x "$home/bin/python" ] && cmp -s "$wanted" "$home/installed.txt"; }; then
        maker=$(python_with ensurepip) || return 1
        say "installing the client libraries of ${wanted#"$root"/}"
        rm -rf "$home"
        "$maker" -m venv "$home" >&2 || return 1
        "$home/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$wanted" >&2 || return 1
        cp "$wanted" "$home/installed.txt"
    fi
    echo "$home/bin/python"
}

# The Chromium that plays the pages of the samples.
chromium_program() {
    local name
    for name in "${WARREN_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable \
        "/Applications/Chromium.app/Contents/MacOS/Chromium" \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
        if [ -n "$name" ] && have "$name"; then
            command -v "$name"
            return 0
        fi
    done
    return 1
}

# The Debian package of a shared library that the Swift toolchain uses.
swift_library_package() { # the library's file name
    case $1 in
    libcurl.so.*) echo libcurl4 ;;
    libedit.so.*) echo libedit2 ;;
    libncurses.so.*) echo libncurses6 ;;
    libsqlite3.so.*) echo libsqlite3-0 ;;
    libxml2.so.*) echo libxml2 ;;
    libz3.so.*) echo libz3-4 ;;
    libz.so.*) echo zlib1g ;;
    esac
}

# What a Swift toolchain needs from the system it was unpacked on, one Debian package a line.
missing_for_swift() {
    local tools tool library
    [ "$(uname -s)" = Linux ] && have swift || return 0
    # The C library's headers, a linker and the C++ library.
    { [ -e /usr/include/stdlib.h ] && have ld; } || echo g++
    [ -e /usr/share/zoneinfo ] || echo tzdata
    tools=$(dirname "$(readlink -f "$(command -v swift)")")
    for tool in swift-frontend swift-package clang; do
        [ -e "$tools/$tool" ] || continue
        ldd "$tools/$tool" "$tools"/../lib/swift/linux/libFoundation{Networking,XML}.so 2>/dev/null |
            sed -n 's/^[[:space:]]*\(lib[^ ]*\) => not found.*/\1/p' || : # ldd fails for what is not there
    done | sort -u | while read -r library; do swift_library_package "$library"; done
}

# Names the Debian packages that are missing here, one a line. Arguments: swift, build, broker, publish, test, models.
missing_packages() {
    local purpose
    for purpose in "$@"; do
        case $purpose in
        swift)
            missing_for_swift ;;
        build)
            have git || echo git
            if have pkg-config; then
                pkg-config --exists librabbitmq || echo librabbitmq-dev
                pkg-config --exists sqlite3 || echo libsqlite3-dev
                pkg-config --exists nettle || echo nettle-dev
                pkg-config --exists libcurl || echo libcurl4-openssl-dev # calls over HTTP
                pkg-config --exists zlib || echo zlib1g-dev # the HTTP server's
            else
                printf '%s\n' pkg-config librabbitmq-dev libsqlite3-dev nettle-dev libcurl4-openssl-dev zlib1g-dev
            fi ;;
        broker)
            rabbitmq_bin >/dev/null || echo rabbitmq-server
            have openssl || echo openssl ;;
        publish)
            have amqp-publish || echo amqp-tools ;;
        test)
            # Debian keeps what a virtual environment is made with in a package of its own.
            python_with ensurepip >/dev/null || printf '%s\n' python3 python3-venv
            python_with yaml >/dev/null || echo python3-yaml
            chromium_program >/dev/null || echo chromium
            have jq || echo jq
            have sqlite3 || echo sqlite3
            have curl || echo curl ;;
        models)
            have spin || echo spin
            have gcc || printf '%s\n' gcc libc6-dev
            have python3 || echo python3 ;;
        *) die "missing_packages: unknown purpose '$purpose'" ;;
        esac
    done
}

# Installs what is missing for the purposes given, if this may be done without asking (root, or sudo without a
# password). Otherwise says exactly what to type, and ends the script with status 2.
install_packages() {
    local missing sudo=() package
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    # shellcheck disable=SC2086 # one word a package
    set -- $missing
    if ! have apt-get; then
        if [ "$(uname -s)" = Darwin ]; then
            say "missing here. Type: brew install $(printf '%s\n' "$@" | brew_names)"
        else
            say "missing here, by their Debian names: $*. Install your system's counterparts and try again."
        fi
        exit 2
    fi
    if [ "$(id -u)" -ne 0 ]; then
        if ! have sudo || ! sudo -n true 2>/dev/null; then
            say "packages are missing and this user may not install them. Type:"
            say "    sudo apt-get update && sudo apt-get install --no-install-recommends $*"
            exit 2
        fi
        sudo=(sudo -n)
    fi
    say "installing $*"
    apt_install "$@" >&2
    for package in $(missing_packages build broker publish test models); do
        case " $* " in
        *" $package "*) die "apt-get installed $package, and it still cannot be found here. Is another one in front of it in PATH?" ;;
        esac
    done
}

# What `brew install` calls the packages on standard input.
brew_names() {
    sed -e 's/^librabbitmq-dev$/rabbitmq-c/' -e 's/^amqp-tools$/rabbitmq-c/' -e 's/^libsqlite3-dev$/sqlite/' -e 's/^nettle-dev$/nettle/' -e 's/^libcurl4-openssl-dev$/curl/' \
        -e 's/^sqlite3$/sqlite/' -e 's/^rabbitmq-server$/rabbitmq/' -e 's/^pkg-config$/pkgconf/' \
        -e 's/^zlib1g-dev$/zlib/' -e 's/^python3$/python/' -e 's/^chromium$/google-chrome/' \
        -e '/^python3-/d' | sort -u | tr '\n' ' '
}

# apt-get, with a fence around it: the package rabbitmq-server would start a broker of the system's, now and at every
# boot, and nobody asked for one. Debian asks policy-rc.d before it starts any service; 101 means "do not".
# Uses the caller's `sudo` array.
apt_install() {
    local policy=/usr/sbin/policy-rc.d wrote=0 status=0
    case " $* " in
    *" rabbitmq-server "*)
        if [ ! -e $policy ]; then
            printf '#!/bin/sh\nexit 101\n' | ${sudo[@]+"${sudo[@]}"} tee $policy >/dev/null
            ${sudo[@]+"${sudo[@]}"} chmod 755 $policy
            wrote=1
        fi ;;
    esac
    # Another apt-get may be at work (a fresh cloud machine updates itself): wait for it, with a bound.
    {
        ${sudo[@]+"${sudo[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 update &&
            ${sudo[@]+"${sudo[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 \
                install --no-install-recommends "$@"
    } || status=$?
    [ $wrote -eq 0 ] || ${sudo[@]+"${sudo[@]}"} rm -f $policy
    if [ $status -ne 0 ]; then die "apt-get failed (status $status); see above"; fi
    case " $* " in
    *" rabbitmq-server "*)
        # We installed it, so no one relies on its service yet. A policy of the machine's own may have let it start.
        if have systemctl && [ -d /run/systemd/system ]; then
            ${sudo[@]+"${sudo[@]}"} systemctl disable --now rabbitmq-server >/dev/null 2>&1 ||
                say "could not disable the service rabbitmq-server; see: systemctl status rabbitmq-server"
        fi ;;
    esac
}

# Ends the script with status 2 unless a Swift that can build the package is there.
require_swift() {
    local version
    if ! have swift; then
        say "no Swift toolchain in PATH. Warren needs 6.2 or newer: https://www.swift.org/install"
        exit 2
    fi
    if ! version=$(swift --version 2>&1); then
        say "the Swift toolchain in PATH does not run: $version"
        say "what it needs of the system: https://www.swift.org/install"
        exit 2
    fi
    version=$(sed -n 's/.*Swift version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' <<<"$version" | head -n 1)
    # shellcheck disable=SC2086 # two numbers
    set -- ${version:-0 0}
    if [ "$1" -lt 6 ] || { [ "$1" -eq 6 ] && [ "$2" -lt 2 ]; }; then
        say "this is Swift $1.$2. Warren needs 6.2 or newer: https://www.swift.org/install"
        exit 2
    fi
}

# --------------------------------------------------------------------------------------------- processes

# Runs a command in a session of its own, in place of the calling (sub)shell: Ctrl-C in the terminal does not reach
# it, and everything it starts can be signalled as one group. It also gets the signals back that a caller blocks or
# ignores: the threads of Dispatch block SIGTERM, what they spawn inherits that, and a broker would not stop.
new_session() {
    if have perl; then
        exec perl -MPOSIX=setsid,sigprocmask,SIG_SETMASK -e '
            sigprocmask(SIG_SETMASK, POSIX::SigSet->new());
            $SIG{$_} = "DEFAULT" for qw(HUP INT QUIT PIPE TERM);
            setsid();
            exec { $ARGV[0] } @ARGV or die "$ARGV[0]: $!\n"' "$@"
    fi
    exec setsid "$@"
}

# Closes what a long-lived process must not inherit. A caller may wait until a pipe of its own closes (Foundation's
# `Process` does), and would wait for as long as that process lives. Descriptor 255 is bash's own.
close_inherited() {
    local descriptor
    for descriptor in /dev/fd/*; do
        descriptor=${descriptor##*/}
        case $descriptor in 0 | 1 | 2 | 255) ;; *) eval "exec $descriptor>&-" ;; esac
    done
}

# limited SECONDS COMMAND…: the command's own status, or another one if it took longer.
limited() {
    local seconds=$1
    shift
    if have timeout; then
        timeout "$seconds" "$@"
    else
        perl -e 'alarm shift; exec { $ARGV[0] } @ARGV' "$seconds" "$@"
    fi
}

# Whether a process runs. One that has ended and waits for its parent to notice (a zombie) does not.
alive() {
    [ -n "${1:-}" ] && kill -0 "$1" 2>/dev/null || return 1
    case $(process_state "$1") in Z* | '') return 1 ;; esac
}

process_state() {
    if [ -r "/proc/$1/stat" ]; then
        sed 's/.*) //' "/proc/$1/stat" 2>/dev/null
    else
        ps -o stat= -p "$1" 2>/dev/null
    fi
}

# A process's command line on one line.
command_line() {
    if [ -r "/proc/$1/cmdline" ]; then
        tr '\0' ' ' <"/proc/$1/cmdline" 2>/dev/null
    else
        ps -ww -o command= -p "$1" 2>/dev/null
    fi
}

# Waits until a process is gone. Arguments: pid, seconds. Fails if it is still there afterwards.
gone_within() {
    local end=$((SECONDS + $2))
    while alive "$1"; do
        [ $SECONDS -le $end ] || return 1
        sleep 0.05
    done
}

# All processes that descend from those given, one a line. Also those that moved to a group of their own, as
# `swift test` does with the tests it runs.
descendants() {
    local file line
    if [ -d /proc/self ]; then
        for file in /proc/[0-9]*/stat; do
            # pid (name) state parent …, where the name may hold anything
            if read -r line <"$file"; then line=${line##*) }; else continue; fi
            file=${file#/proc/}
            line=${line#* }
            echo "${file%/stat} ${line%% *}"
        done 2>/dev/null
    else
        ps -A -o pid= -o ppid=
    fi | awk -v roots="$*" '
        { parent[$1] = $2 }
        END {
            split(roots, list, " ")
            for (i in list) root[list[i]] = 1
            for (pid in parent) for (p = pid; p in parent && p > 1; p = parent[p]) if (parent[p] in root) { print pid; break }
        }'
}

# Ends the process groups given and all that descends from them, politely at first. The grace is that of a host which
# finishes what it runs.
end_groups() {
    local group pid all
    all=$(descendants "$@")
    for group in "$@"; do kill -TERM -- "-$group" 2>/dev/null || :; done
    for pid in $all; do kill -TERM "$pid" 2>/dev/null || :; done
    for pid in "$@" $all; do
        gone_within "$pid" "${WARREN_GRACE_SECONDS:-30}" || say "process $pid did not end in time and is killed"
    done
    for group in "$@"; do kill -KILL -- "-$group" 2>/dev/null || :; done
    for pid in $all; do if alive "$pid"; then kill -KILL "$pid" 2>/dev/null || :; fi; done
}

# ------------------------------------------------------------------------------------------------- builds

# build LOG OPTIONS…: `swift build`, with a line every ten seconds that says how far it is. A first build takes minutes, and
# one that says nothing looks as if it hung. If it fails, everything but the progress is shown.
# Sets the caller's `child` while it runs, for its trap to end.
build() {
    local log=$1 status=0 start=$SECONDS next=$((SECONDS + 10)) at
    shift
    (new_session swift build "${swift_options[@]}" "$@" >"$log" 2>&1) &
    child=$!
    while alive "$child"; do
        if [ $SECONDS -ge $next ]; then
            at=$(grep -E '^(\[[0-9]+/[0-9]+\]|Fetch|Creating|Working copy|Computing)' "$log" | tail -n 1 || :)
            say "building for $((SECONDS - start)) s: ${at:-no step has ended yet}"
            next=$((SECONDS + 10))
        fi
        sleep 0.2
    done
    wait "$child" || status=$?
    child=''
    if [ $status -ne 0 ]; then grep -vE '^\[[0-9]+/[0-9]+\]' "$log" >&2 || :; fi
    return $status
}

# ------------------------------------------------------------------------------------------------- ports

tcp_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Eight free ports in a row; prints the first. Below the ranges from which systems take the ports of outgoing
# connections, so that a broker which is down for a moment finds its ports free.
free_ports() {
    local try base port
    for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        base=$((20000 + 8 * (RANDOM % 1400)))
        for port in 0 1 2 3 4 5 6 7; do
            if tcp_open $((base + port)); then continue 2; fi
        done
        echo $base
        return 0
    done
    die "no eight free ports in a row between 20000 and 31200 after $try tries"
}
