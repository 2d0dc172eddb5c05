#!/bin/sh
# Installs the servers that the tests start, and prints the place of each: the folder of PostgreSQL's programs, and the paths of HAProxy,
# the NATS server and PgBouncer. The arguments name the servers; without arguments it handles all. It installs Debian's packages if it
# runs as root, and NATS from the pinned Go module. The output of the installers goes to stderr.
set -u
cd "$(dirname "$0")" || exit 2

postgresql() {
    for folder in "${POSTGRESQL_BIN:-}" /usr/lib/postgresql/*/bin "$(pg_config --bindir 2>/dev/null)"; do
        if [ -n "$folder" ] && [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ]; then echo "$folder" && return; fi
    done
    return 1
}

haproxy_() {
    command -v haproxy || { [ -x /usr/sbin/haproxy ] && echo /usr/sbin/haproxy; }
}

pgbouncer_() {
    command -v pgbouncer || { [ -x /usr/sbin/pgbouncer ] && echo /usr/sbin/pgbouncer; }
}

nats() {
    (cd nats && go tool -n nats-server)
}

debian() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    echo "$1 is not installed: installing the package of the distribution" >&2
    apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" >&2
}

missing() {
    echo "No $1 for the tests: $2" >&2
    exit 2
}

# Several packages of tests may run this at once, but only one process can use the package manager.
if command -v flock >/dev/null && [ -z "${HALLWAY_SERVERS_LOCKED:-}" ]; then
    HALLWAY_SERVERS_LOCKED=1 exec flock -o "$(pwd)" ./install.sh "$@"
fi

[ $# -gt 0 ] || set -- postgresql nats haproxy pgbouncer
for server in "$@"; do
    case $server in
    postgresql)
        postgresql || { debian postgresql && postgresql; } ||
            missing PostgreSQL 'install it (Debian: apt-get install postgresql) or set POSTGRESQL_BIN to the folder of initdb and postgres'
        ;;
    haproxy)
        haproxy_ || { debian haproxy && haproxy_; } || missing HAProxy 'install it (Debian: apt-get install haproxy)'
        ;;
    pgbouncer)
        pgbouncer_ || { debian pgbouncer && pgbouncer_; } || missing PgBouncer 'install it (Debian: apt-get install pgbouncer)'
        ;;
    nats) nats || missing 'NATS server' 'Go could not build it from test/servers/nats/go.mod' ;;
    *)
        echo "install.sh: unknown server $server; known: postgresql nats haproxy pgbouncer" >&2
        exit 2
        ;;
    esac
done
