#!/bin/sh
# Usage: test/tools.sh go cc node npm
#
# Checks that the named tools are installed in a fitting version. For any other tool it prints the command that installs it, and it
# exits with code 2.
set -u
cd "$(dirname "$0")/.." || exit 2

go_least=$(awk '$1 == "go" { print $2 }' go.mod)
go_pinned=$(awk '$1 == "toolchain" { sub(/^go/, "", $2); print $2 }' go.mod)
node_least=20
missing=0

# complain TOOL WHAT COMMAND prints one line for a tool that does not fit.
complain() {
    printf '%s: %s. Install it with:\n    %s\n' "$1" "$2" "$3" >&2
    missing=1
}

# packaged DEBIAN FEDORA ALPINE HOMEBREW prints the command of the package manager found.
packaged() {
    sudo=
    [ "$(id -u)" = 0 ] || sudo='sudo '
    if command -v apt-get >/dev/null; then echo "${sudo}apt-get update && ${sudo}apt-get install -y $1"
    elif command -v dnf >/dev/null; then echo "${sudo}dnf install -y $2"
    elif command -v apk >/dev/null; then echo "${sudo}apk add $3"
    else echo "$4"
    fi
}

# older A B says whether version A is below B.
older() {
    [ "$1" != "$2" ] && [ "$(printf '%s\n%s\n' "$1" "$2" | sort -t. -k1,1n -k2,2n -k3,3n | head -n 1)" = "$1" ]
}

# go_command prints the command that installs the release in go.mod, because distributions often have an older one.
go_command() {
    if [ "$(uname -s)" = Darwin ]; then
        echo 'brew install go'
        return
    fi
    case $(uname -m) in
    aarch64 | arm64) arch=arm64 ;;
    *) arch=amd64 ;;
    esac
    sudo=
    [ "$(id -u)" = 0 ] || sudo='sudo '
    echo "curl -fsSL https://go.dev/dl/go$go_pinned.linux-$arch.tar.gz -o /tmp/go.tar.gz && ${sudo}rm -rf /usr/local/go && ${sudo}tar -C /usr/local -xzf /tmp/go.tar.gz && export PATH=/usr/local/go/bin:\$PATH"
}

check_go() {
    if ! command -v go >/dev/null; then
        complain go 'not found' "$(go_command)"
        return
    fi
    # Runs outside the module, so that an older Go prints its version and does not refuse go.mod.
    found=$(cd / && GOTOOLCHAIN=local go env GOVERSION | sed 's/^go//; s/[^0-9.].*//')
    if older "$found" "$go_least"; then
        # Go 1.21 and later download the pinned release themselves, unless a setting forbids it.
        go version >/dev/null 2>&1 || complain go "version $found is too old, $go_least or newer is needed" "$(go_command)"
    elif older "$go_pinned" "$found"; then
        echo "go: version $found is newer than go$go_pinned, with which this release is tested; if the build fails," \
            "run it with GOTOOLCHAIN=go$go_pinned" >&2
    fi
}

check_cc() {
    cc=$(go env CC 2>/dev/null)
    cc=${cc:-${CC:-cc}}
    command -v "${cc%% *}" >/dev/null && return
    complain cc "no C compiler (${cc%% *}) found, SQLite needs one" \
        "$(packaged 'gcc libc6-dev' 'gcc glibc-devel' 'gcc musl-dev' 'xcode-select --install')"
}

check_node() {
    command_=$(packaged nodejs nodejs nodejs 'brew install node')
    if ! command -v node >/dev/null; then
        complain node "not found, $node_least or newer is needed" "$command_"
        return
    fi
    found=$(node --version | sed 's/^v//')
    if older "$found" "$node_least"; then
        complain node "version $found is too old, $node_least or newer is needed (https://nodejs.org/en/download)" "$command_"
    fi
}

check_npm() {
    command -v npm >/dev/null || complain npm 'not found' "$(packaged npm npm npm 'brew install node')"
}

for tool in "$@"; do
    case $tool in
    go | cc | node | npm) "check_$tool" ;;
    *)
        echo "tools.sh: no check for $tool" >&2
        exit 2
        ;;
    esac
done
[ "$missing" = 0 ] || exit 2
