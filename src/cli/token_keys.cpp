#include "cli/token_keys.h"

#include <algorithm>
#include <utility>

#include "base/http_url.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/http.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "oauth/discovery/metadata.h"
#include "oauth/discovery/well_known.h"
#include "oauth/error.h"

namespace cli {
namespace {

std::string reason(oauth::Error error) {
    return std::string(oauth::describe(error).text);
}

std::expected<HttpAnswer, HttpError> get(const std::string& url, const Outgoing& outgoing) {
    Progress progress;
    progress.show("asking " + base::printable_url(url));
    HttpRequest request = {.url = url, .headers = {"Accept: application/json"}};
    outgoing.prepare(request);
    return ask(request);
}

std::string fetch(const std::string& url, const Outgoing& outgoing) {
    const std::string name = base::printable_url(url);
    if (const auto parsed = base::HttpUrl::parse(url); !parsed)
        fail_usage("keys: " + name + ' ' + std::string(parsed.error()));
    auto answer = get(url, outgoing);
    if (!answer) fail(Exit::refused, name + ": " + answer.error().text + "; " + answer.error().remedy);
    if (answer->status != 200) fail(Exit::refused, name + " answers with status " + std::to_string(answer->status));
    return std::move(answer->body);
}

// In the order in which nginx tries them.
std::string discovered_url(const std::string& issuer, const Outgoing& outgoing) {
    const auto urls = oauth::discovery::metadata_urls(issuer);
    if (!urls) fail_usage("the issuer " + shown(issuer) + " cannot be discovered: " + reason(urls.error()));
    std::string trouble;
    for (const std::string& url : *urls) {
        const auto answer = get(url, outgoing);
        if (!answer)
            fail(Exit::refused, base::printable_url(url) + ": " + answer.error().text + "; " + answer.error().remedy);
        auto metadata = answer->status == 200 ? oauth::discovery::ServerMetadata::parse(answer->body, issuer)
                                              : std::unexpected(oauth::Error::server_status_unexpected);
        if (metadata && metadata->jwks_uri) return *metadata->jwks_uri;
        const auto error = metadata ? oauth::Error::metadata_without_jwks_uri : metadata.error();
        trouble.append(trouble.empty() ? "" : "; ").append(base::printable_url(url)).append(": ").append(reason(error));
    }
    fail(Exit::refused, "the keys of " + shown(issuer) + " cannot be discovered: " + trouble);
}

}  // namespace

const KeySource* source_for(const std::vector<KeySource>& sources, std::string_view issuer) noexcept {
    const auto found = std::ranges::find_if(sources, [&](const KeySource& source) {
        return source.issuers.empty() || std::ranges::find(source.issuers, issuer) != source.issuers.end();
    });
    if (found != sources.end()) return &*found;
    return sources.size() == 1 ? sources.data() : nullptr;
}

oauth::jwt::JwkSet read_keys(const KeySource& source, const Outgoing& outgoing) {
    const std::string place = source.is_discovered ? discovered_url(source.source, outgoing) : source.source;
    const bool is_url = base::is_meant_as_url(place);
    auto set =
        oauth::jwt::JwkSet::parse_jwks(is_url ? fetch(place, outgoing) : read_file(place, "the setting of keys"));
    if (!set)  // the server's fault, or a mistake of whoever calls
        fail(is_url ? Exit::refused : Exit::usage,
             base::printable_url(place) + " cannot be used: " + text(set.error()));
    for (const std::string& remark : set->remarks())
        say(base::printable_url(place) + ": " + remark);
    return std::move(*set);
}

}  // namespace cli
