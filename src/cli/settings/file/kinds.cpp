#include "cli/settings/file/kinds.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/host_pattern.h"
#include "base/http_url.h"
#include "cli/settings/file/forms.h"
#include "cli/settings/limits.h"
#include "cli/settings/reports.h"
#include "cli/settings/syntax.h"
#include "cli/settings/times.h"
#include "mcp/audit_record.h"
#include "mcp/free_text.h"
#include "mcp/rate_text.h"
#include "mcp/redis_text.h"
#include "mcp/resource.h"
#include "mcp/resource_uri.h"
#include "mcp/revisions.h"
#include "mcp/uri_form.h"
#include "oauth/client_credentials.h"
#include "oauth/jwt/algorithm.h"

namespace cli::file {
namespace {

std::string uri_problem(std::string_view text) {
    const auto uri = mcp::ResourceUri::parse(text);
    return uri ? "" : std::string(uri.error());
}

std::string resource_problem(std::string_view text) {
    const auto uri = mcp::ResourceUri::parse(text);
    if (!uri) return uri.error();
    const auto name = server_name_of(*uri);
    return name ? "" : name.error();
}

// RFC 9728 section 2: a page for people; it may point into the page.
std::string page_problem(std::string_view text) {
    const std::size_t mark = std::min(text.find('#'), text.size());
    const auto url = base::HttpUrl::parse(text.substr(0, mark));
    if (!url) return std::string(url.error());
    const auto is_allowed = [](char c) {
        return c > ' ' && c <= '~' && !std::string_view("\"#<>[\\]^`{|}").contains(c);
    };
    const bool good = mark == text.size() || std::ranges::all_of(text.substr(mark + 1), is_allowed);
    return good ? "" : "has a character in its fragment that no URI may have";
}

std::string proxy_problem(std::string_view text) {
    const auto url = base::HttpUrl::parse(text);
    if (!url) return std::string(url.error());
    if (url->secure) return "is https, and a proxy is reached by http";
    return url->query.empty() && (url->path.empty() || url->path == "/") ? "" : "has something after its port";
}

std::string backend_problem(std::string_view text) {
    const auto backend = parse_backend_url(text);
    return backend ? "" : backend.error();
}

std::string backend_host_problem(std::string_view text) {
    return text == "client" || text == "backend" || is_host_and_port(text) ? "" : "is not a host";
}

std::string origin_problem(std::string_view text) {
    return mcp::normalized_origin(text) ? "" : "is not an origin";
}

std::string host_pattern_problem(std::string_view text) {
    if (text.starts_with("*.")) text.remove_prefix(1);
    return base::is_host_pattern(text) && !text.contains(',') ? "" : "is not a host";
}

std::string server_name_problem(std::string_view text) {
    return is_server_name(text) ? "" : "is not a host name";
}

// nginx takes what it is told about answers among the addresses.
std::string resolver_problem(std::string_view text) {
    return is_resolver_option(text) || is_resolver(text) ? "" : "is not a DNS server";
}

std::string listen_problem(std::string_view text) {
    return text == "*" || is_listen_address(text) ? "" : "is not an IP address";
}

std::string network_problem(std::string_view text) {
    return text == "unix:" || is_network(text) ? "" : "is neither an address nor a network";
}

template <std::uint64_t smallest, std::uint64_t largest>
std::string number_problem(std::string_view text) {
    const auto number = read_number(text);
    return number && *number >= smallest && *number <= largest ? "" : "is not a valid number";
}

std::string workers_problem(std::string_view text) {
    return is_worker_count(text) ? "" : "is not a valid number";
}

template <std::int64_t smallest, std::int64_t largest>
std::string seconds_problem(std::string_view text) {
    const auto time = read_seconds(text);
    if (!time) return "is not a time";
    return *time < smallest ? "is too short" : *time > largest ? "is too long" : "";
}

std::string pause_problem(std::string_view text) {
    const auto time = read_milliseconds(text);
    if (!time) return "is not a time";
    return *time < 1 ? "is too short" : *time > std::int64_t{366} * 24 * 3600 * 1000 ? "is too long" : "";
}

template <std::uint64_t smallest, std::uint64_t largest>
std::string size_problem(std::string_view text) {
    const auto size = read_size(text);
    if (!size) return "is not a size";
    return *size < smallest ? "is too small" : *size > largest ? "is too large" : "";
}

std::string boolean_problem(std::string_view text) {
    static constexpr std::string_view others[] = {"no", "off", "false"};
    return is_true(text) || std::ranges::find(others, text) != std::end(others) ? "" : "is neither true nor false";
}

std::string file_problem(std::string_view text) {
    return file_name_problem(text);
}

std::string location_problem(std::string_view text) {
    return path_problem(text);
}

// What is wrong by the rules of the directive that it is written into.
template <mcp::TextProblem (*problem_of)(std::string_view)>
std::string free_text_problem(std::string_view text) {
    return text.empty() ? "is empty" : problem_of(text).what;
}

std::string authorization_server_problem(std::string_view text) {
    const std::string problem = uri_problem(text);
    return problem.empty() ? mcp::list_of_urls_problem(text).what : problem;
}

std::string uri_pattern_problem(std::string_view text) {
    if (text.empty()) return "matches nothing";
    const auto problem = mcp::uri_pattern_problem(text);
    return problem ? "matches no URI, since it " + std::string(*problem) : "";
}

std::string revision_problem(std::string_view text) {
    const auto& known = mcp::Revisions::known;
    return std::ranges::find(known, text) != known.end() ? "" : "is not an MCP revision";
}

std::string header_problem(std::string_view text) {
    if (!is_header_name(text)) return "is not a header name of letters, digits, \"-\" and \"_\"";
    return has_own_meaning(text) ? "is reserved" : "";
}

std::string claim_problem(std::string_view text) {
    const auto claim = mcp::read_claim(text);
    return claim ? "" : "is not a claim: " + claim.error();
}

std::string algorithm_problem(std::string_view text) {
    return oauth::jwt::parse_algorithm(text) ? "" : "is not a known algorithm";
}

std::string assertion_algorithm_problem(std::string_view text) {
    const auto algorithm = oauth::jwt::parse_algorithm(text);
    return algorithm && family(*algorithm) != oauth::jwt::Family::hmac ? "" : "is not an algorithm for a private key";
}

std::string token_type_problem(std::string_view text) {
    return text == "any" || text == "at+jwt" ? "" : "is not a known type";
}

std::string client_authentication_problem(std::string_view text) {
    return oauth::parse_client_authentication(text) ? "" : "is not an authentication method";
}

// RFC 5646 section 2.1, as far as a name may need it.
std::string language_problem(std::string_view text) {
    return mcp::is_language_tag(text) ? "" : "is not a language tag";
}

// RFC 7617 section 2: a colon would end it.
std::string user_problem(std::string_view text) {
    if (text.empty()) return "is empty";
    return text.contains(':') ? "has a colon, which no such name can have" : "";
}

std::string text_problem(std::string_view text) {
    return text.empty() ? "is empty" : "";
}

std::string audit_identity_problem(std::string_view text) {
    return text == "plain" || text == "hash" ? "" : "is not a way to show identities";
}

std::string discovery_problem(std::string_view text) {
    return text == "discovery" ? "" : "is not a source of keys";
}

constexpr std::string_view any_text = R"("type":["string","number","boolean"])";
constexpr std::string_view string = R"("type":"string","minLength":1)";
constexpr std::string_view word = R"("type":"string","pattern":"^\\S+$")";
constexpr std::string_view url = R"("type":"string","pattern":"^https?://[^\\s#]+$")";
constexpr std::string_view time_schema =
    R"("type":["string","integer"],"pattern":"^[0-9]+[0-9yMwdhms ]*$","minimum":0)";
constexpr std::string_view size_schema = R"("type":["string","integer"],"pattern":"^[0-9]+[kKmM]?$","minimum":1)";
constexpr std::string_view file_schema = R"("type":["string","number"],"pattern":"^[^$]+$")";

}  // namespace

namespace kinds {

const Kind text = {"text", "a text", any_text, text_problem};
const Kind audience = {"text", "the exact value of \"aud\" in tokens", any_text,
                       free_text_problem<mcp::audience_problem>};
const Kind token_issuer = {"text", "the exact value of \"iss\" in tokens", any_text,
                           free_text_problem<mcp::issuer_problem>};
const Kind client_id = {"text", "a name like mcp-gateway", any_text, free_text_problem<mcp::client_id_problem>};
const Kind resource_url = {"URL", "a URL like https://mcp.example.com/mcp", url, resource_problem};
const Kind issuer = {"URL", "the issuer's URL, like https://auth.example.com", url, authorization_server_problem};
const Kind fetched_url = {"URL", "a URL like https://auth.example.com/path", url, uri_problem};
const Kind page_url = {"URL", "a URL like https://example.com/docs", R"("type":"string","pattern":"^https?://")",
                       page_problem};
const Kind proxy_url = {"URL", "a URL like http://proxy.example.com:3128",
                        R"("type":"string","pattern":"^http://[^\\s/]+/?$")", proxy_problem};
const Kind backend_url = {"URL", "a URL like http://127.0.0.1:3001, https://backend.example.com or unix:/run/mcp.sock",
                          R"("type":"string","pattern":"^(https?://|unix:/)[^\\s?#]+$")", backend_problem};
const Kind backend_host = {"host", "\"client\", \"backend\", or a name like mcp.internal.example.com", word,
                           backend_host_problem};
const Kind origin = {"origin", "an origin like https://app.example.com or chrome-extension://id, without a path",
                     R"("type":"string","pattern":"^([a-z][a-z0-9+.-]*://[^/\\s]+|null)$")", origin_problem};
const Kind host_pattern = {"host", "a name, an address, or a domain with a dot like .corp.example.com", word,
                           host_pattern_problem};
const Kind server_name = {"host", "a host name like mcp.example.com or *.example.com", word, server_name_problem};
const Kind resolver = {"address", "an address like 10.0.0.2 or \"[fd00::2]:53\", \"valid=30s\" or \"ipv6=off\"", word,
                       resolver_problem};
const Kind listen_address = {"address", "an address like 0.0.0.0 or \"[::]\", without a port", word, listen_problem};
const Kind network = {"network", "an address or a network like 10.0.0.0/8", word, network_problem};
const Kind port = {"port", "a port from 1 to 65535",
                   R"("type":["integer","string"],"minimum":1,"maximum":65535,"pattern":"^[0-9]+$")",
                   number_problem<1, 65535>};
const Kind limit = {"number", "a number from 1 to 1000000",
                    R"("type":["integer","string"],"minimum":1,"maximum":1000000,"pattern":"^[0-9]+$")",
                    number_problem<1, 1'000'000>};
const Kind workers = {"number", "\"auto\" or a number from 1 to 1024",
                      R"("type":["integer","string"],"minimum":1,"maximum":1024,"pattern":"^(auto|[0-9]+)$")",
                      workers_problem};
const Kind time = {"time", "a time like 30s, 5m or 1h30m", time_schema, seconds_problem<0, 100LL * 366 * 24 * 3600>};
const Kind leeway = {"time", "a time of at most 1h, like 30s", time_schema, seconds_problem<0, 3600>};
const Kind keys_max_age = {"time", "a time between 5s and 24h, like 10m", time_schema, seconds_problem<5, 24 * 3600>};
const Kind pause = {"time", "a time like 500ms, 30s or 1h", time_schema, pause_problem};
const Kind zone_size = {"size", "a size between 64k and 1024m, like 16m", size_schema,
                        size_problem<64U * 1024, 1024U * 1024 * 1024>};
const Kind body_size = {"size", "a size of at most 16m, like 1m", size_schema, size_problem<1, 16U * 1024 * 1024>};
const Kind header_size = {"size", "a size between 4k and 256k, like 64k", size_schema,
                          size_problem<4U * 1024, 256U * 1024>};
const Kind boolean = {"true or false", "true or false (yes, no, on, off)",
                      R"("enum":[true,false,"true","false","yes","no","on","off"])", boolean_problem};
const Kind file = {"file", "a path, absolute or relative to the folder of this file", file_schema, file_problem};
const Kind secret_file = {"file", "the path of a file that contains it", file_schema, file_problem, true};
const Kind location_path = {"path", "a path like /mcp of letters, digits and \"-._~\"",
                            R"("type":"string","pattern":"^/[A-Za-z0-9/._~-]*$")", location_problem};
const Kind scope = {"scope", "one scope like mcp:read; several are a list: [mcp:read, mcp:write]",
                    R"("type":["string","number"],"pattern":"^[!#-+--\\[\\]-~]+$")",
                    free_text_problem<mcp::scope_problem>};
const Kind pattern = {"pattern", "a name, where * matches any text and ? any one byte", string,
                      free_text_problem<mcp::name_pattern_problem>};
const Kind uri_pattern = {"pattern", "a URI like file:///srv/*, where * matches any text", string, uri_pattern_problem};
const Kind method_pattern = {"pattern", "a method like tools/list or tools/*",
                             R"("type":"string","pattern":"^[!-+\\--<>-~]+$")",
                             free_text_problem<mcp::method_pattern_problem>};
const Kind revision = {"revision", "2024-11-05, 2025-03-26, 2025-06-18, 2025-11-25 or 2026-07-28",
                       R"("enum":["2024-11-05","2025-03-26","2025-06-18","2025-11-25","2026-07-28"])",
                       revision_problem};
const Kind header = {"header", "the name of your own header, like X-User",
                     R"("type":"string","pattern":"^[A-Za-z0-9_-]+$")", header_problem};
const Kind claim = {"claim", "a claim like sub, or a path like .realm_access.roles", string, claim_problem};
const Kind algorithm = {
    "algorithm", "an algorithm like RS256, ES256 or EdDSA",
    R"("enum":["HS256","HS384","HS512","RS256","RS384","RS512","PS256","PS384","PS512","ES256","ES384","ES512","EdDSA","Ed25519","Ed448"])",
    algorithm_problem};
const Kind assertion_algorithm = {
    "algorithm", "an algorithm of a private key, like RS256, PS256, ES256 or EdDSA",
    R"("enum":["RS256","RS384","RS512","PS256","PS384","PS512","ES256","ES384","ES512","EdDSA","Ed25519","Ed448"])",
    assertion_algorithm_problem};
const Kind token_type = {"word", "any or at+jwt", R"("enum":["any","at+jwt"])", token_type_problem};
const Kind client_authentication = {
    "word", "client_secret_basic, client_secret_post, private_key_jwt or tls_client_auth",
    R"("enum":["client_secret_basic","client_secret_post","private_key_jwt","tls_client_auth"])",
    client_authentication_problem};
const Kind language = {"language", "a language like de or pt-BR", R"("pattern":"^[A-Za-z]{2}[A-Za-z0-9-]*$")",
                       language_problem};
const Kind proxy_user = {"text", "a name without a colon", R"("type":["string","number"],"pattern":"^[^:]+$")",
                         user_problem, true};
const Kind discovery = {"word", "\"discovery\", or files and URLs: { file: jwks.json } or { url: https://... }",
                        R"("const":"discovery")", discovery_problem};
const Kind audit_log = {"log", "stdout, a path, or syslog:server=10.0.0.1,facility=local7",
                        R"("type":"string","pattern":"^(stdout|syslog:server=.+|syslog:.+,server=.+|.*[/.].*)$")",
                        audit_log_problem};
const Kind audit_identity = {"word", "plain or hash", R"("enum":["plain","hash"])", audit_identity_problem};
const Kind audit_key_file = {
    "file", "the path of a file that contains it", file_schema, file_problem, true, mcp::shortest_audit_key};
const Kind exporter_url = {"URL", "a URL like http://127.0.0.1:4318/v1/traces", url, exporter_problem};
const Kind sample_ratio = {
    "number", "a number from 0 to 1, like 0.1",
    R"("type":["number","string"],"minimum":0,"maximum":1,"pattern":"^(0(\\.[0-9]+)?|1(\\.0+)?)$")", sample_problem};
const Kind service_name = {"text", "a name like mcp-gateway", any_text, service_problem};
const Kind rate = {"rate", mcp::rate_form, R"("type":"string","pattern":"^[0-9]{1,8}r/[smh]$")", rate_problem};
const Kind burst = {"number", mcp::burst_form,
                    R"("type":["integer","string"],"minimum":0,"maximum":1000000,"pattern":"^[0-9]+$")", burst_problem};
const Kind limit_by = {"word", "subject, client, issuer or address",
                       R"("enum":["subject","client","issuer","address"])", limit_by_problem};
const Kind limit_algorithm = {"word", mcp::limit_algorithm_form,
                              R"("enum":["gcra","fixed_window","token_bucket","sliding_window"])",
                              limit_algorithm_problem};
const Kind redis_address = {"address", right_redis, R"("type":"string","pattern":"^(unix:/\\S+|\\S+:[0-9]+)$")",
                            redis_address_problem};
const Kind redis_user = {"text", "a name like mcp", R"("type":["string","number"],"pattern":"^[A-Za-z0-9._~@+:-]+$")",
                         redis_user_problem};
const Kind redis_prefix = {"text", mcp::redis_prefix_form,
                           R"("type":["string","number"],"pattern":"^[A-Za-z0-9._:-]+$")", redis_prefix_problem};
const Kind redis_timeout = {"time", mcp::redis_timeout_form, time_schema, redis_timeout_problem};
const Kind redis_on_error = {"word", mcp::on_error_form, R"("enum":["deny","allow"])", redis_on_error_problem};

}  // namespace kinds

bool is_true(std::string_view text) noexcept {
    return text == "yes" || text == "on" || text == "true";
}

std::string path_problem(std::string_view path) {
    if (!path.starts_with('/')) return "does not begin with a slash";
    if (!is_resource_path(path)) return "is not a plain path";
    return is_path_of_probe(normalized_location(path)) ? std::string(is_for_probes) : "";
}

}  // namespace cli::file
