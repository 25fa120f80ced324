#include "cli/settings/environment.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <vector>

#include "cli/settings/edit_distance.h"
#include "cli/settings/syntax.h"

namespace cli {
namespace {

// Headings in the reference.
constexpr std::string_view every_mode = "Required in every mode";
constexpr std::string_view keys = "Keys";
constexpr std::string_view introspection = "Introspection";
constexpr std::string_view issuers = "Issuer check";
constexpr std::string_view listening = "Port, path and TLS";
constexpr std::string_view reports = "Records, status page, metrics and traces";
constexpr std::string_view rates = "Rate limits";
constexpr std::string_view process = "Settings file, workers and DNS";
constexpr std::string_view reserved = "Reserved";

constexpr std::array<Variable, 45> known = {{
    {.name = "MCP_AUTH_MODE",
     .group = every_mode,
     .required = "yes",
     .what =
         "How tokens are validated. `jwt`: nginx verifies JWTs with the keys of the authorization server. "
         "`introspect`: nginx introspects each token at the authorization server (RFC 7662). `auto`: nginx verifies "
         "JWTs and introspects all other tokens.",
     .key = "resources[].keys resources[].introspection"},
    {.name = "MCP_SERVER_NAME",
     .group = every_mode,
     .required = "yes",
     .what = "Host name that clients use to reach nginx. Separate several names with spaces.",
     .key = "resources[].server_names"},
    {.name = "MCP_CANONICAL_URI",
     .group = every_mode,
     .required = "yes",
     .what = "URL of the MCP server, as clients write it. Tokens must carry it as audience (`aud`).",
     .key = "resources[].url",
     .option = "--resource"},
    {.name = "MCP_METADATA_URI",
     .group = every_mode,
     .required = "yes",
     .what = "URL of the protected resource metadata (RFC 9728) that challenges name. It must have the origin of "
             "`MCP_CANONICAL_URI`.",
     .key = "resources[].metadata_url"},
    {.name = "MCP_AUTHORIZATION_SERVER",
     .group = every_mode,
     .required = "yes",
     .what = "Issuer of the tokens. Separate several issuers with commas.",
     .key = "resources[].authorization_servers",
     .option = "--authorization-server"},
    {.name = "MCP_REQUIRED_SCOPE",
     .group = every_mode,
     .required = "yes",
     .what = "Scope that every request needs. Separate several scopes with spaces.",
     .key = "resources[].scopes.required",
     .option = "--scope"},
    {.name = "MCP_SCOPES_SUPPORTED",
     .group = every_mode,
     .required = "yes",
     .what = "Scopes that the metadata lists, separated by commas or spaces. List every scope that clients will need: "
             "some clients request only these.",
     .key = "resources[].scopes.supported"},
    {.name = "MCP_BACKEND",
     .group = every_mode,
     .required = "yes",
     .what = "The MCP server: `host:port`, `https://host:port` (nginx verifies the certificate) or `unix:/path`.",
     .key = "resources[].backend",
     .option = "--backend"},
    {.name = "MCP_JWT_KEY_FILE",
     .group = keys,
     .required = "one of these three, in modes `jwt` and `auto`",
     .what = "File with the JWK Set of the authorization server.",
     .key = "resources[].keys[].file"},
    {.name = "MCP_JWKS_URI",
     .group = keys,
     .required = "one of these three, in modes `jwt` and `auto`",
     .what = "URL of that JWK Set. nginx fetches the set, and fetches it again when keys change.",
     .key = "resources[].keys[].url"},
    {.name = "MCP_DISCOVERY",
     .group = keys,
     .required = "one of these three, in modes `jwt` and `auto`",
     .otherwise = "`off`",
     .what = "`on`: nginx finds the JWK Set through the metadata of the authorization server.",
     .key = "resources[].keys"},
    {.name = "MCP_INTROSPECT_ENDPOINT",
     .group = introspection,
     .required = "in modes `introspect` and `auto`",
     .what = "URL of the introspection endpoint (RFC 7662).",
     .key = "resources[].introspection.url"},
    {.name = "MCP_CLIENT_ID",
     .group = introspection,
     .required = "in modes `introspect` and `auto`",
     .what = "Client ID that nginx uses at the introspection endpoint.",
     .key = "resources[].introspection.client_id"},
    {.name = "MCP_CLIENT_SECRET_FILE",
     .group = introspection,
     .required = "in modes `introspect` and `auto`",
     .what = "File with the secret of that client.",
     .key = "resources[].introspection.client_secret_file"},
    {.name = "MCP_CLIENT_SECRET",
     .group = introspection,
     .what = "Refused, because `docker inspect` would show the secret. Use `MCP_CLIENT_SECRET_FILE`."},
    {.name = "MCP_INTROSPECT_CACHE_MAX_TTL",
     .group = introspection,
     .otherwise = "`60s`",
     .what = "How long nginx caches an introspection response, in whole seconds: `30s`, `1m30s`, `1w`. nginx rejects a "
             "revoked token after this time at the latest.",
     .key = "resources[].introspection.max_ttl"},
    {.name = "MCP_ISSUER",
     .group = issuers,
     .otherwise = "`MCP_AUTHORIZATION_SERVER`",
     .what = "Accepted values of `iss`, separated by commas, if they differ from `MCP_AUTHORIZATION_SERVER`. With "
             "`MCP_DISCOVERY=on`, it works with a single authorization server only.",
     .key = "resources[].issuers"},
    {.name = "MCP_ACCEPT_ANY_ISSUER",
     .group = issuers,
     .otherwise = "`off`",
     .what = "`on`: nginx does not check `iss`. Insecure; use it only as a last resort. nginx logs a warning at every "
             "start. It cannot be combined with `MCP_ISSUER`.",
     .key = "resources[].insecure_skip_issuer_check"},
    {.name = "MCP_LISTEN_PORT",
     .group = listening,
     .otherwise = "443 with TLS, else 80",
     .what = "Port that nginx listens on.",
     .key = "listen.port",
     .option = "--port"},
    {.name = "MCP_RESOURCE_PATH",
     .group = listening,
     .otherwise = "`/mcp`",
     .what = "Path that nginx protects, with all paths below it: `/mcp/x`, but not `/mcpx`. A slash at its end changes "
             "nothing.",
     .key = "resources[].path"},
    {.name = "MCP_TLS", .group = listening, .otherwise = "`off`", .what = "`on`: nginx serves HTTPS.", .key = "tls"},
    {.name = "MCP_SSL_CERT_FILE",
     .group = listening,
     .required = "with `MCP_TLS=on`",
     .what = "Certificate with its chain, in PEM.",
     .key = "tls.certificate"},
    {.name = "MCP_SSL_CERT_KEY_FILE",
     .group = listening,
     .required = "with `MCP_TLS=on`",
     .what = "Private key of the certificate, in PEM.",
     .key = "tls.key"},
    {.name = "MCP_OBSERVE",
     .group = reports,
     .otherwise = "`on` with `MCP_AUDIT_LOG`, `MCP_STATUS_PORT` or `MCP_TRACE_EXPORTER`, else `off`",
     .what = "`on`: nginx reads which methods and tools requests call, and how the MCP server answers. It changes "
             "neither.",
     .key = "observe"},
    {.name = "MCP_AUDIT_LOG",
     .group = reports,
     .otherwise = "no records",
     .what = "Log that gets a record of each decision, one JSON object per line: `stdout`, the path of a file, or "
             "`syslog:server=10.0.0.1,facility=local7`. The access log stays as it is.",
     .key = "audit.log",
     .option = "--audit-log"},
    {.name = "MCP_AUDIT_IDENTITY",
     .group = reports,
     .otherwise = "`plain`",
     .what = "`hash`: records show users, clients and addresses as keyed hashes.",
     .key = "audit.identity"},
    {.name = "MCP_AUDIT_KEY_FILE",
     .group = reports,
     .required = "with `MCP_AUDIT_IDENTITY=hash`",
     .what = "File with the key of the hashes, one line of at least 32 bytes (`openssl rand -hex 32`).",
     .key = "audit.key_file"},
    {.name = "MCP_AUDIT_REQUIRED",
     .group = reports,
     .otherwise = "`off`",
     .what = "`on`: nginx refuses requests with 503 while the disk is too full for their records. `MCP_AUDIT_LOG` must "
             "be a file.",
     .key = "audit.required"},
    {.name = "MCP_STATUS_PORT",
     .group = reports,
     .otherwise = "no status page",
     .what = "Port of the status page (`/status`, `/status.json`) and of the metrics (`/metrics`), over plain HTTP. "
             "Do not publish it to clients.",
     .key = "status.port",
     .option = "--status-port"},
    {.name = "MCP_STATUS_ADDRESS",
     .group = reports,
     .otherwise = "`127.0.0.1`; in the container image all, IPv4 and IPv6",
     .what = "Addresses that this port is opened on, separated by spaces.",
     .key = "status.address"},
    {.name = "MCP_TRACE_EXPORTER",
     .group = reports,
     .otherwise = "no traces",
     .what = "URL that nginx sends traces to, in OTLP/HTTP: `http://collector:4318/v1/traces`.",
     .key = "tracing.exporter"},
    {.name = "MCP_TRACE_SAMPLE",
     .group = reports,
     .otherwise = "`1`",
     .what = "Share of the traces that nginx sends, from 0 to 1, if the caller has not decided.",
     .key = "tracing.sample"},
    {.name = "MCP_TRACE_HEADERS_FILE",
     .group = reports,
     .otherwise = "none",
     .what = "File with headers for these requests, one `Name: value` per line, such as an API key.",
     .key = "tracing.headers_file"},
    {.name = "MCP_TRACE_SERVICE",
     .group = reports,
     .otherwise = "`nginx-mcp-resource`",
     .what = "Name of this service in traces (`service.name`).",
     .key = "tracing.service"},
    {.name = "MCP_RATELIMIT_ENABLED",
     .group = rates,
     .otherwise = "`off`",
     .what = "`on`: nginx limits how often each user may call. Users are told apart by the subject of their tokens. A "
             "token without a subject is refused with 401.",
     .key = "resources[].rate_limits resources[].rate_limit_x_headers"},
    {.name = "MCP_RATELIMIT_RATE",
     .group = rates,
     .required = "with `MCP_RATELIMIT_ENABLED=on`",
     .what = "Requests of one user per second (`10r/s`), minute (`100r/m`) or hour (`1000r/h`). nginx refuses more "
             "with 429.",
     .key = "resources[].rate_limits[].rate"},
    {.name = "MCP_RATELIMIT_BURST",
     .group = rates,
     .otherwise = "`0`",
     .what = "Requests that may pass in addition. With `gcra`, requests that may pass at once.",
     .key = "resources[].rate_limits[].burst"},
    {.name = "MCP_RATELIMIT_ALGO",
     .group = rates,
     .otherwise = "`fixed_window`",
     .what = "How nginx counts: `fixed_window`, `sliding_window`, `token_bucket` or `gcra`.",
     .key = "resources[].rate_limits[].algorithm"},
    {.name = "MCP_RATELIMIT_REDIS",
     .group = rates,
     .otherwise = "nginx counts in its own memory",
     .what = "Redis or Valkey that several instances of nginx count in together: `redis:6379` or "
             "`unix:/run/redis.sock`.",
     .key = "redis.address"},
    {.name = "MCP_RATELIMIT_REDIS_PASSWORD_FILE",
     .group = rates,
     .otherwise = "none",
     .what = "File with the password of Redis.",
     .key = "redis.password_file"},
    {.name = "MCP_RATELIMIT_ON_ERROR",
     .group = rates,
     .otherwise = "`deny`",
     .what = "What nginx does while Redis cannot be reached. `deny`: it refuses requests with 503. `allow`: it limits "
             "none.",
     .key = "redis.on_error"},
    {.name = "MCP_CONFIG",
     .group = process,
     .what =
         "Path of a settings file, which replaces all other variables. Setting another variable as well is an error.",
     .option = "--config"},
    {.name = "MCP_WORKER_PROCESSES",
     .group = process,
     .otherwise = "`auto`",
     .what = "Number of worker processes, or `auto`.",
     .key = "workers"},
    {.name = "MCP_RESOLVER",
     .group = process,
     .otherwise = "the system resolver",
     .what = "Addresses of DNS servers, 16 at most, separated by spaces. nginx asks these servers for `MCP_BACKEND` "
             "instead of the "
             "system resolver, unless `/etc/hosts` has the name. `valid=30s` and `ipv6=off` may follow.",
     .key = "resolver"},
    {.name = "MCP_BEARER_METHODS_SUPPORTED",
     .group = reserved,
     .otherwise = "`header`",
     .what = "Ways to send a token that the metadata lists. `header` is the only possible value."},
}};

bool is_known(std::string_view name) noexcept {
    return std::ranges::find(known, name, &Variable::name) != known.end();
}

struct Nearest {
    std::string_view name;
    std::size_t distance;
};

Nearest nearest_known(std::string_view name) {
    Nearest best{.name = known.front().name, .distance = name.size() + known.front().name.size()};
    for (const Variable& variable : known)
        if (const std::size_t steps = edit_distance(name, variable.name); steps < best.distance)
            best = {variable.name, steps};
    return best;
}

// What others call it, and what it is called here.
struct OtherWord {
    std::string_view word, ours;
    std::string_view first;  // what to set first of those
};
constexpr std::array<OtherWord, 9> other_words = {{
    {.word = "MCP_METRICS", .ours = "MCP_STATUS", .first = "MCP_STATUS_PORT"},
    {.word = "MCP_PROMETHEUS", .ours = "MCP_STATUS", .first = "MCP_STATUS_PORT"},
    {.word = "MCP_TRACING", .ours = "MCP_TRACE", .first = "MCP_TRACE_EXPORTER"},
    {.word = "MCP_TRACES", .ours = "MCP_TRACE", .first = "MCP_TRACE_EXPORTER"},
    {.word = "MCP_TRACE", .ours = "MCP_TRACE", .first = "MCP_TRACE_EXPORTER"},
    {.word = "MCP_OTEL", .ours = "MCP_TRACE", .first = "MCP_TRACE_EXPORTER"},
    {.word = "MCP_OTLP", .ours = "MCP_TRACE", .first = "MCP_TRACE_EXPORTER"},
    {.word = "MCP_RECORD", .ours = "MCP_AUDIT", .first = "MCP_AUDIT_LOG"},
    {.word = "MCP_AUDIT", .ours = "MCP_AUDIT", .first = "MCP_AUDIT_LOG"},
}};

// Empty: nobody can know.
std::string_view meant_by(std::string_view name) {
    constexpr std::size_t likely_a_mistake = 2;
    constexpr std::size_t longest = 100;
    if (name.size() > longest) return {};
    if (const Nearest nearest = nearest_known(name); nearest.distance <= likely_a_mistake) return nearest.name;
    for (const auto& [word, ours, first] : other_words) {
        if (!name.starts_with(word)) continue;
        const std::string_view rest = name.substr(word.size());
        if (!rest.empty() && !rest.starts_with('_')) continue;
        const Nearest nearest = nearest_known(std::string(ours) + std::string(rest));
        return nearest.distance <= likely_a_mistake ? nearest.name : first;
    }
    return {};
}

// A name may be anything but "=".
std::string printable(std::string_view name) {
    std::string text(name.substr(0, 100));
    std::ranges::replace_if(text, [](unsigned char c) { return c <= ' ' || c >= 0x7F; }, '?');
    return text;
}

// Whether what follows one of the places where `mark` stands, after at least one character, is of a kind.
bool any_rest(std::string_view name, std::string_view mark, bool (*is_kind)(std::string_view rest)) {
    for (std::size_t at = name.find(mark, 1); at != std::string_view::npos; at = name.find(mark, at + 1))
        if (is_kind(name.substr(at + mark.size()))) return true;
    return false;
}

// HOST, PORT, PORT_HTTPS
bool is_service(std::string_view rest) {
    return rest == "HOST" || rest == "PORT" || rest.starts_with("PORT_");
}

// 8080_TCP, 8080_TCP_ADDR
bool is_port(std::string_view rest) {
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    if (digits == 0) return false;
    rest.remove_prefix(digits);
    for (const std::string_view protocol : {"_TCP", "_UDP", "_SCTP"})
        if (rest.starts_with(protocol)) {
            rest.remove_prefix(protocol.size());
            return rest.empty() || rest == "_PROTO" || rest == "_PORT" || rest == "_ADDR";
        }
    return false;
}

}  // namespace

std::span<const Variable> known_variables() noexcept {
    return known;
}

bool is_of_a_service(std::string_view name, std::string_view value) {
    const bool is_link = value.starts_with("tcp://") || value.starts_with("udp://") || value.starts_with("sctp://");
    return (is_link && name.ends_with("_PORT")) || any_rest(name, "_SERVICE_", is_service) ||
           any_rest(name, "_PORT_", is_port);
}

Environment read_environment() {
    static constexpr std::string_view prefix = "MCP_";
    Environment environment;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const std::size_t equals = text.find('=');
        if (!text.starts_with(prefix) || equals == std::string_view::npos) continue;
        const std::string_view name = text.substr(0, equals);
        const std::string_view value = text.substr(equals + 1);
        if (!is_of_a_service(name, value)) environment.emplace(name, value);
    }
    return environment;
}

void find_unknown(const Environment& environment, Findings& findings) {
    for (const auto& [name, value] : environment) {
        if (is_known(name)) continue;
        if (const std::string_view meant = meant_by(name); !meant.empty()) {
            findings.errors.push_back(printable(name) + " is not a setting; did you mean " + std::string(meant) + "?");
        } else {
            const std::string_view nearest = name.size() <= 100 ? nearest_known(name).name : known.front().name;
            findings.warnings.push_back(printable(name) + " is not a setting and has no effect; the nearest is " +
                                        std::string(nearest));
        }
    }
}

std::vector<std::string> settings_in(const Environment& environment) {
    std::vector<std::string> names;
    for (const auto& [name, value] : environment)
        if (!value.empty() && is_known(name)) names.push_back(name);
    return names;
}

void find_unprintable(const Environment& environment, Findings& findings) {
    for (const auto& [name, value] : environment) {
        if (!is_known(name)) continue;
        if (const std::string problem = unusable_problem(value); !problem.empty())
            findings.errors.emplace_back(name).append(" ").append(problem);
    }
}

}  // namespace cli
