#!/bin/sh
# Prints the path of a Chromium for the browser tests: $CHROMIUM, or an installed one. If there is none, it installs Debian's package
# as root, or else downloads Playwright's. The output of the installers goes to stderr.
set -u
cd "$(dirname "$0")" || exit 2

installed() {
    for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
        if [ -n "$name" ] && command -v "$name"; then return 0; fi
    done
    mac='/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
    [ -x "$mac" ] && echo "$mac"
}

debian() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    echo 'Chromium is not installed: installing the package of the distribution' >&2
    apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >&2 && command -v chromium
}

playwright() {
    echo "Chromium is not installed: trying Playwright's own download" >&2
    node_modules/.bin/playwright install chromium >&2 || return 1
    node -e "const path = require('playwright-core').chromium.executablePath();
        require('fs').accessSync(path); console.log(path)" 2>/dev/null
}

if [ -n "${CHROMIUM:-}" ] && ! command -v "$CHROMIUM" >/dev/null; then
    echo "CHROMIUM=$CHROMIUM is no program that can be run" >&2
    exit 2
fi
installed || debian || playwright || {
    echo 'No Chromium for the browser tests: install one (Debian: apt-get install chromium) or set CHROMIUM to its path' >&2
    exit 2
}
