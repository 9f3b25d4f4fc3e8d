#!/bin/sh
# Brings what the tests need and Python packages cannot give: a PostgreSQL server and Chromium.
# Where packages may not be installed it says which tests will be skipped, and that is no failure.
set -u

have_postgres() {
    command -v postgres >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1
}

have_chromium() {
    [ -n "${MSUPPLY_CHROMIUM:-}" ] || command -v chromium >/dev/null 2>&1 ||
        command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1
}

missing() {
    have_postgres || [ -n "${MSUPPLY_TEST_POSTGRES:-}" ] || echo postgresql
    have_chromium || echo chromium
}

install() {
    if [ "$(id -u)" = 0 ]; then
        as_root="env"
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root="sudo -n env"
    else
        echo "   not root and no sudo without a password: nothing installed"
        return
    fi
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "   no apt-get here: nothing installed"
        return
    fi
    echo "   installing with apt-get:" "$@"
    log=$(mktemp)
    # The packages' own cluster and services are not wanted: tests start a private server.
    if { $as_root apt-get update -qq &&
        $as_root DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
    } >"$log" 2>&1 </dev/null; then
        :
    else
        echo "   apt-get failed:"
        tail -n 5 "$log" | sed 's/^/   | /'
    fi
    rm -f "$log"
}

wanted=$(missing)
if [ -n "$wanted" ]; then
    # shellcheck disable=SC2086 # one word per package
    install $wanted
fi

if [ -n "${MSUPPLY_TEST_POSTGRES:-}" ]; then
    echo "   PostgreSQL: the server of MSUPPLY_TEST_POSTGRES"
elif have_postgres; then
    echo "   PostgreSQL: found"
else
    echo "   PostgreSQL: NOT FOUND, tests marked 'postgres' will be SKIPPED"
fi
if have_chromium; then
    echo "   Chromium: found"
else
    echo "   Chromium: NOT FOUND, tests marked 'browser' will be SKIPPED"
fi
