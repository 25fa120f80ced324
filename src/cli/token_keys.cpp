#include "cli/token_keys.h"

#include <algorithm>
#include <utility>

#include "base/http_url.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/http.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "oauth/discovery/document_request.h"
#include "oauth/discovery/metadata.h"
#include "oauth/discovery/metadata_search.h"
#include "oauth/error.h"
#include "oauth/jwt/published_keys.h"

namespace cli {
namespace {

using oauth::discovery::FetchedMetadata;
using oauth::discovery::MetadataSearch;
using oauth::discovery::ServerMetadata;
using oauth::jwt::JwkSet;

// Where keys are.
struct Place {
    std::string name;           // of a file, or a URL
    bool is_elsewhere = false;  // a document has named it, and it is not at the issuer's own host
};

const std::string how_to_name_keys = "name the keys of tokens yourself: --jwks, keys of the file, or MCP_JWKS_URI";

std::expected<HttpAnswer, HttpError> get(HttpRequest request, std::string_view accepted, const Outgoing& outgoing) {
    Progress progress;
    progress.show("asking " + base::printable_url(request.url));
    request.headers = {"Accept: " + std::string(accepted)};
    request.timeout = oauth::discovery::document_time_limit;
    request.follow_redirects = true;
    outgoing.prepare(request);
    return ask(request);
}

std::string fetch(const Place& place, const Outgoing& outgoing) {
    const std::string name = base::printable_url(place.name);
    if (const auto parsed = base::HttpUrl::parse(place.name); !parsed)
        fail_usage("keys: " + name + ' ' + std::string(parsed.error()));
    auto answer = get(
        {.url = place.name, .max_body_bytes = JwkSet::max_document_bytes, .deny_private_addresses = place.is_elsewhere},
        oauth::discovery::accepted_keys, outgoing);
    if (!answer) fail(Exit::refused, name + ": " + answer.error().text + "; " + answer.error().remedy);
    if (answer->status != 200)
        fail(Exit::refused, name + " answers with status " + std::to_string(answer->status) +
                                "; check that it is the URL of a JWK Set, which needs no login");
    return std::move(answer->body);
}

FetchedMetadata metadata_of(const std::expected<HttpAnswer, HttpError>& answer) {
    if (!answer)
        return {.document = {}, .trouble = answer.error().text, .was_server_reached = answer.error().is_refused};
    if (answer->status != 200)
        return {.document = {}, .trouble = "the answer has status " + std::to_string(answer->status)};
    return {.document = answer->body};
}

Place discovered(const std::string& issuer, const Outgoing& outgoing) {
    auto search = MetadataSearch::of(issuer);
    if (!search)
        fail_usage("the issuer " + shown(issuer) +
                   " cannot be discovered: " + std::string(oauth::describe(search.error()).text));
    std::string remedy;
    auto next = MetadataSearch::Next::next_url;
    while (next == MetadataSearch::Next::next_url) {
        const auto answer = get({.url = search->url(), .max_body_bytes = ServerMetadata::max_document_bytes},
                                oauth::discovery::accepted_metadata, outgoing);
        remedy =
            answer ? "name the issuer as the server itself writes it, or " + how_to_name_keys : answer.error().remedy;
        next = search->take(metadata_of(answer));
    }
    if (next == MetadataSearch::Next::keys) return {search->jwks_uri(), search->leads_elsewhere(search->jwks_uri())};
    if (next == MetadataSearch::Next::no_keys) remedy = how_to_name_keys;
    fail(Exit::refused, "the keys of " + shown(issuer) + " cannot be discovered: " + search->trouble() + "; " + remedy);
}

std::expected<JwkSet, std::string> parse(const std::string& document, bool is_published) {
    if (is_published) return oauth::jwt::read_published_keys(document);
    auto set = JwkSet::parse_jwks(document);
    if (!set) return std::unexpected(text(set.error()));
    return *std::move(set);
}

}  // namespace

const KeySource* source_for(const std::vector<KeySource>& sources, std::string_view issuer) noexcept {
    const auto found = std::ranges::find_if(sources, [&](const KeySource& source) {
        return source.issuers.empty() || std::ranges::find(source.issuers, issuer) != source.issuers.end();
    });
    if (found != sources.end()) return &*found;
    return sources.size() == 1 ? sources.data() : nullptr;
}

JwkSet read_keys(const KeySource& source, const Outgoing& outgoing) {
    const Place place = source.is_discovered ? discovered(source.source, outgoing) : Place{.name = source.source};
    const std::string name = base::printable_url(place.name);
    const bool is_url = base::is_meant_as_url(place.name);
    auto set =
        parse(is_url ? fetch(place, outgoing) : read_file(place.name, "--jwks, or the setting of keys,"), is_url);
    if (!set)  // the server's fault, or a mistake of whoever calls
        fail(is_url ? Exit::refused : Exit::usage,
             name + " cannot be used: " + set.error() +
                 "; it must be a JWK Set, like {\"keys\":[{\"kty\":\"EC\",...}]}");
    if (set->keys().empty()) say(name + ": it has withdrawn all of its keys, so every token is refused");
    for (const std::string& remark : set->remarks())
        say(std::string(name).append(": ").append(remark));
    return *std::move(set);
}

}  // namespace cli
