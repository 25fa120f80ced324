#!/bin/sh
# A browser for packaged clients that open one (BROWSER=.../browser.sh): follows redirects with a cookie jar, shows nothing.
jar=$(mktemp)
trap 'rm -f "$jar"' EXIT
curl -sSL --max-time 20 -c "$jar" -b "$jar" -o /dev/null "$1"
