#!/bin/sh
# What is in this Debian, as an SPDX 2.3 document (JSON) on standard output, from the database of dpkg:
#
#   sbom.sh <version> [<file of packages that are compiled in: "name version architecture source", tab-separated>]
set -eu
version=$1 compiled_in=${2:-/dev/null}
. /etc/os-release

packages() {
    dpkg-query -W -f '${db:Status-Status}\t${Package}\t${Version}\t${Architecture}\t${source:Package}\t${Maintainer}\n' |
        sed -n 's/^installed\t/in\t/p'
    sed 's/^/compiled\t/; s/$/\t/' "$compiled_in"
}

# The same content gets the same name, wherever it was built.
name=$({ echo "$version $VERSION_ID"; packages; } | sha256sum |
    sed -E 's/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/\1-\2-8\3-8\4-\5/')
created=$(date --utc --date "@${SOURCE_DATE_EPOCH:-$(date +%s)}" +%Y-%m-%dT%H:%M:%SZ)

packages | LC_ALL=C awk -F '\t' -v version="$version" -v name="$name" -v created="$created" -v distro="$ID-$VERSION_ID" '
function json(text) {
    gsub(/\\/, "\\\\", text); gsub(/"/, "\\\"", text); gsub(/[\001-\037]/, " ", text)
    return "\"" text "\""
}
function escaped(text) { gsub(/%/, "%25", text); gsub(/\+/, "%2B", text); gsub(/:/, "%3A", text); gsub(/~/, "~", text); return text }
function identifier(text) { gsub(/[^A-Za-z0-9.-]/, "-", text); return "SPDXRef-" text }
function relation(from, kind, to) {
    relations = relations (relations == "" ? "" : ",\n") "    {\"spdxElementId\": " json(from) ", \"relationshipType\": " json(kind) \
        ", \"relatedSpdxElement\": " json(to) "}"
}
BEGIN {
    print "{\n  \"spdxVersion\": \"SPDX-2.3\",\n  \"dataLicense\": \"CC0-1.0\",\n  \"SPDXID\": \"SPDXRef-DOCUMENT\","
    print "  \"name\": " json("nginx-mcp-resource-" version) ",\n  \"documentNamespace\": " json("urn:uuid:" name) ","
    print "  \"creationInfo\": {\"created\": " json(created) ", \"creators\": [\"Tool: sbom.sh of nginx-mcp-resource\"]},"
    print "  \"packages\": ["
    print "    {\"SPDXID\": \"SPDXRef-image\", \"name\": \"nginx-mcp-resource-image\", \"versionInfo\": " json(version) \
        ", \"downloadLocation\": \"NOASSERTION\", \"filesAnalyzed\": false, \"primaryPackagePurpose\": \"CONTAINER\"}"
    relation("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-image")
}
{
    id = identifier($1 == "in" ? "deb-" $2 "-" $4 : "compiled-" $2)
    purl = "pkg:deb/debian/" escaped($2) "@" escaped($3) "?arch=" $4 "&distro=" distro
    if ($5 != "" && $5 != $2) purl = purl "&upstream=" escaped($5)
    print "    ,{\"SPDXID\": " json(id) ", \"name\": " json($2) ", \"versionInfo\": " json($3) ","
    print "     \"supplier\": " ($6 == "" ? "\"NOASSERTION\"" : json("Organization: " $6)) ", \"downloadLocation\": \"NOASSERTION\", \"filesAnalyzed\": false,"
    print "     \"externalRefs\": [{\"referenceCategory\": \"PACKAGE-MANAGER\", \"referenceType\": \"purl\", \"referenceLocator\": " json(purl) "}]}"
    relation($1 == "in" ? "SPDXRef-image" : identifier("deb-nginx-mcp-resource-" own), $1 == "in" ? "CONTAINS" : "STATIC_LINK", id)
    if ($2 == "nginx-mcp-resource") own = $4
}
END { print "  ],\n  \"relationships\": [\n" relations "\n  ]\n}" }'
