#!/bin/sh
# Takes out of a Debian with nginx-mcp-resource what a container that runs one program as a plain user never uses. apt and
# dpkg stay, and know what is there: an image that is made of this one can install more, and scanners see it all.
set -eu
export DEBIAN_FRONTEND=noninteractive

# Some bases merge /usr by a program in Perl that has nothing left to do.
if dpkg-query -W usrmerge >/dev/null 2>&1; then
    apt-get install --yes --no-install-recommends usr-is-merged usrmerge-
fi
# shellcheck disable=SC2046  # a list of words
apt-mark auto $(apt-mark showmanual) >/dev/null
apt-mark manual nginx-mcp-resource apt debian-archive-keyring tzdata >/dev/null
# Tools for disks: Debian wants them on every machine, and protects them, but no package here needs them.
unused=$(dpkg-query -W -f '${Package} ${db:Status-Status} ${Essential}\n' e2fsprogs logsave mount 2>/dev/null |
    sed -n 's/ installed no$//p')
# shellcheck disable=SC2086
[ -z "$unused" ] || apt-get purge --yes --allow-remove-essential $unused
apt-get autoremove --purge --yes --option APT::AutoRemove::RecommendsImportant=false \
    --option APT::AutoRemove::SuggestsImportant=false

# No program is more than whoever starts it; an upgrade of its package keeps that.
find / -xdev -type f -perm /6000 | while read -r program; do
    dpkg-statoverride --update --add root root 0755 "$program"
done

rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/ldconfig/* /var/cache/debconf/*-old /var/lib/dpkg/*-old \
    /var/log/apt /var/log/*.log /tmp/*
