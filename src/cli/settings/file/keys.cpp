#include "cli/settings/file/keys.h"

#include <algorithm>
#include <array>

#include "cli/settings/file/limit_keys.h"
#include "cli/settings/file/report_keys.h"
#include "cli/settings/file/resource_keys.h"
#include "cli/settings/file/setters.h"

namespace cli::file {
namespace {

using setters::into;
using setters::member;
using setters::one_more;
using setters::optional;

constexpr Key listen_keys[] = {
    {.name = "port",
     .kind = &kinds::port,
     .what = "Port that nginx listens on.",
     .otherwise = "443 with `tls`, else 80",
     .example = "8443",
     .directives = "listen",
     .set = into<Draft, &Draft::port>},
    {.name = "addresses",
     .form = Form::list,
     .kind = &kinds::listen_address,
     .what = "Addresses that nginx listens on.",
     .otherwise = "all, IPv4 and IPv6",
     .example = "[127.0.0.1, \"[::1]\"]",
     .directives = "listen",
     .set = into<Draft, &Draft::listen_addresses>},
};
constexpr Object listen = {"listen", "Port and addresses that nginx listens on.", listen_keys};

constexpr Key tls_keys[] = {
    {.name = "certificate",
     .kind = &kinds::file,
     .what = "Certificate with its chain, in PEM.",
     .example = "/tls/tls.crt",
     .directives = "ssl_certificate",
     .is_required = true,
     .set = into<TlsFiles, &TlsFiles::certificate_file>},
    {.name = "key",
     .kind = &kinds::secret_file,
     .what = "Private key of the certificate, in PEM.",
     .example = "/tls/tls.key",
     .directives = "ssl_certificate_key",
     .is_required = true,
     .set = into<TlsFiles, &TlsFiles::key_file>},
};
constexpr Object tls = {"tls", "Enables HTTPS.", tls_keys};

constexpr Key proxy_keys[] = {
    {.name = "url",
     .kind = &kinds::proxy_url,
     .what = "URL of the proxy.",
     .example = "http://proxy.example.com:3128",
     .directives = "mcp_proxy",
     .is_required = true,
     .set = into<OutgoingProxy, &OutgoingProxy::url>},
    {.name = "user",
     .kind = &kinds::proxy_user,
     .what = "User name for the proxy. Requires `password_file`.",
     .example = "gateway",
     .directives = "mcp_proxy",
     .set = into<OutgoingProxy, &OutgoingProxy::user>},
    {.name = "password_file",
     .kind = &kinds::secret_file,
     .what = "File with the password of `user`.",
     .example = "/run/secrets/proxy-password",
     .directives = "mcp_proxy",
     .set = into<OutgoingProxy, &OutgoingProxy::password_file>},
    {.name = "no_proxy",
     .form = Form::list,
     .kind = &kinds::host_pattern,
     .what = "Hosts that nginx connects to directly. A leading dot matches all subdomains.",
     .otherwise = "none",
     .example = "[.corp.example.com]",
     .directives = "mcp_proxy",
     .set = into<OutgoingProxy, &OutgoingProxy::no_proxy>},
};
constexpr Object proxy = {"proxy", "HTTP proxy for connections to authorization servers.", proxy_keys};

constexpr Key limit_keys[] = {
    {.name = "per_server",
     .kind = &kinds::limit,
     .what = "Maximum number of concurrent requests to one introspection endpoint.",
     .otherwise = "256",
     .example = "256",
     .directives = "mcp_authorization_server_limits",
     .set = into<QuestionLimits, &QuestionLimits::per_server>},
    {.name = "per_client",
     .kind = &kinds::limit,
     .what = "Maximum number of concurrent introspection requests for one client address.",
     .otherwise = "64",
     .example = "64",
     .directives = "mcp_authorization_server_limits",
     .set = into<QuestionLimits, &QuestionLimits::per_client>},
    {.name = "total",
     .kind = &kinds::limit,
     .what = "Maximum number of concurrent introspection requests in all.",
     .otherwise = "512",
     .example = "512",
     .directives = "mcp_authorization_server_limits",
     .set = into<QuestionLimits, &QuestionLimits::total>},
    {.name = "waiting",
     .kind = &kinds::limit,
     .what = "Maximum number of client requests that wait for introspection or for keys.",
     .otherwise = "16384",
     .example = "16384",
     .directives = "mcp_authorization_server_limits",
     .set = into<QuestionLimits, &QuestionLimits::waiting>},
};
constexpr Object limits = {"limits", "Limits the concurrent requests of each worker to authorization servers.",
                           limit_keys};

constexpr Key root_keys[] = {
    {.name = "resources",
     .form = Form::objects,
     .object = &resource_object,
     .what = "The MCP servers that nginx protects.",
     .example = "[{ url: https://mcp.example.com/mcp, backend: http://127.0.0.1:3001 }]",
     .is_required = true,
     .open = one_more<Draft, &Draft::resources>},
    {.name = "defaults",
     .form = Form::object,
     .object = &defaults_object,
     .what = "Values for all resources. Takes any key of a resource except `url`, `server_names`, `path`, `backend`, "
             "`metadata_url` and `metadata_at_root`. A key of a resource replaces the default completely.",
     .otherwise = "none",
     .example = "{ authorization_servers: https://auth.example.com }",
     .open = member<Draft, &Draft::defaults>},
    {.name = "listen",
     .form = Form::object,
     .object = &listen,
     .what = "Port and addresses that nginx listens on.",
     .example = "{ port: 8443 }",
     .open = setters::same},
    {.name = "tls",
     .form = Form::object,
     .object = &tls,
     .what = "Enables HTTPS.",
     .otherwise = "plain HTTP",
     .example = "{ certificate: /tls/tls.crt, key: /tls/tls.key }",
     .open = optional<Draft, &Draft::tls>},
    {.name = "trusted_proxies",
     .form = Form::list,
     .kind = &kinds::network,
     .what = "Load balancers in front of nginx. nginx takes the client address from their `X-Forwarded-For` header.",
     .otherwise = "none",
     .example = "[10.0.0.0/8]",
     .directives = "set_real_ip_from",
     .set = into<Draft, &Draft::trusted_proxies>},
    {.name = "ca",
     .kind = &kinds::file,
     .what = "CA certificates, in PEM, that nginx verifies the certificates of authorization servers with.",
     .otherwise = "the CA certificates of the system",
     .example = "/etc/ssl/internal-ca.crt",
     .directives = "mcp_ssl_trusted_certificate",
     .set = into<Draft, &Draft::ca_file>},
    {.name = "proxy",
     .form = Form::object,
     .object = &proxy,
     .what = "HTTP proxy for connections to authorization servers.",
     .otherwise = "none",
     .example = "{ url: http://proxy.example.com:3128 }",
     .directives = "mcp_proxy",
     .open = optional<Draft, &Draft::proxy>},
    {.name = "observe",
     .kind = &kinds::boolean,
     .what = "If on, nginx reads which methods and tools requests call, and how the MCP server answers. It changes "
             "neither.",
     .otherwise = "on with `audit.log`, `status` or `tracing`",
     .example = "on",
     .directives = "mcp_observe",
     .set = into<Draft, &Draft::observe>},
    {.name = "audit",
     .form = Form::object,
     .object = &audit_object,
     .what = "A record of each decision.",
     .otherwise = "none",
     .example = "{ log: stdout }",
     .open = optional<Draft, &Draft::audit>},
    {.name = "status",
     .form = Form::object,
     .object = &status_object,
     .what = "Status page and metrics, on a separate port.",
     .otherwise = "none",
     .example = "{ port: 9464 }",
     .open = optional<Draft, &Draft::status>},
    {.name = "tracing",
     .form = Form::object,
     .object = &tracing_object,
     .what = "Traces for OpenTelemetry.",
     .otherwise = "none",
     .example = "{ exporter: \"http://127.0.0.1:4318/v1/traces\" }",
     .open = optional<Draft, &Draft::tracing>},
    {.name = "keys_max_age",
     .kind = &kinds::keys_max_age,
     .what = "Maximum time for which nginx uses fetched keys before it fetches them again.",
     .otherwise = "24h",
     .example = "10m",
     .directives = "mcp_keys_max_age",
     .set = into<Draft, &Draft::keys_max_age>},
    {.name = "limits",
     .form = Form::object,
     .object = &limits,
     .what = "Limits the concurrent requests of each worker to authorization servers.",
     .example = "{ per_client: 128 }",
     .directives = "mcp_authorization_server_limits",
     .open = member<Draft, &Draft::limits>},
    {.name = "redis",
     .form = Form::object,
     .object = &redis_object,
     .what = "Redis or Valkey that several instances of nginx count `rate_limits` in together.",
     .otherwise = "nginx counts in `zone`",
     .example = "{ address: \"redis:6379\" }",
     .directives = "mcp_redis",
     .open = optional<Draft, &Draft::redis>},
    {.name = "max_anonymous_bodies",
     .kind = &kinds::zone_size,
     .what = "Maximum memory per worker for bodies of requests without a token, if some methods need none.",
     .otherwise = "4m",
     .example = "8m",
     .directives = "mcp_max_anonymous_bodies",
     .set = into<Draft, &Draft::max_anonymous_bodies>},
    {.name = "zone",
     .kind = &kinds::zone_size,
     .what = "Size of the shared memory for keys, introspection responses, and rate limits that are not in Redis.",
     .otherwise = "16m; 32m with rate limits in it",
     .example = "16m",
     .directives = "mcp_zone",
     .set = into<Draft, &Draft::zone_size>},
    {.name = "header_size",
     .kind = &kinds::header_size,
     .what = "Maximum size of one request header. A token has to fit into it.",
     .otherwise = "32k",
     .example = "64k",
     .directives = "large_client_header_buffers",
     .set = into<Draft, &Draft::header_size>},
    {.name = "resolver",
     .form = Form::list,
     .kind = &kinds::resolver,
     .what = "DNS servers that nginx uses to look up backends, 16 at most.",
     .otherwise = "the system resolver",
     .example = "[10.0.0.2]",
     .directives = "resolver",
     .set = into<Draft, &Draft::resolvers>},
    {.name = "workers",
     .kind = &kinds::workers,
     .what = "Number of worker processes.",
     .otherwise = "auto: one for each processor",
     .example = "auto",
     .directives = "worker_processes",
     .set = into<Draft, &Draft::worker_processes>},
};
constexpr Object root_object = {"", "", root_keys};

constexpr std::array<const Object*, 17> all_objects = {&root_object,
                                                       &resource_object,
                                                       &backend_object,
                                                       &key_object,
                                                       &introspection_object,
                                                       &scopes_object,
                                                       &rate_limit_object,
                                                       &refusal_limit_object,
                                                       &defaults_object,
                                                       &listen,
                                                       &tls,
                                                       &proxy,
                                                       &limits,
                                                       &redis_object,
                                                       &audit_object,
                                                       &status_object,
                                                       &tracing_object};

}  // namespace

const Key* Object::find(std::string_view name) const noexcept {
    const auto found = std::ranges::find_if(keys, [&](const Key& key) { return key.name == name && has(key); });
    return found == keys.end() ? nullptr : &*found;
}

const Object& root() {
    return root_object;
}

std::span<const Object* const> objects() {
    return all_objects;
}

std::string path_of(const Object& object, const Key& key) {
    return (object.path.empty() ? "" : std::string(object.path) + '.') + std::string(key.name);
}

std::string help() {
    std::string text;
    for (const Object* object : all_objects) {
        if (object->is_shared) continue;
        for (const Key& key : object->keys) {
            std::string path = path_of(*object, key);
            path.resize(std::max<std::size_t>(path.size() + 1, 44), ' ');
            const std::string_view right = key.kind != nullptr ? key.kind->name : std::string_view("mapping");
            text += "  " + path + std::string(right) + (key.form == Form::list ? ", or a list" : "") + '\n';
        }
    }
    return text;
}

}  // namespace cli::file
