#include "cli/settings/file/keys.h"

#include <algorithm>
#include <array>

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
     .what = "The port.",
     .otherwise = "443 with `tls`, else 80",
     .example = "8443",
     .set = into<Draft, &Draft::port>},
    {.name = "addresses",
     .form = Form::list,
     .kind = &kinds::listen_address,
     .what = "The addresses to listen at.",
     .otherwise = "all, IPv4 and IPv6",
     .example = "[127.0.0.1, \"[::1]\"]",
     .set = into<Draft, &Draft::listen_addresses>},
};
constexpr Object listen = {"listen", "Where nginx listens.", listen_keys};

constexpr Key tls_keys[] = {
    {.name = "certificate",
     .kind = &kinds::file,
     .what = "The certificate in PEM, and those that lead to its authority.",
     .example = "/tls/tls.crt",
     .is_required = true,
     .set = into<TlsFiles, &TlsFiles::certificate_file>},
    {.name = "key",
     .kind = &kinds::secret_file,
     .what = "Its private key in PEM.",
     .example = "/tls/tls.key",
     .is_required = true,
     .set = into<TlsFiles, &TlsFiles::key_file>},
};
constexpr Object tls = {"tls", "With it, nginx speaks TLS.", tls_keys};

constexpr Key proxy_keys[] = {
    {.name = "url",
     .kind = &kinds::proxy_url,
     .what = "The proxy.",
     .example = "http://proxy.example.com:3128",
     .directives = "mcp_proxy",
     .is_required = true,
     .set = into<OutgoingProxy, &OutgoingProxy::url>},
    {.name = "user",
     .kind = &kinds::proxy_user,
     .what = "Who we are to the proxy; needs `password_file`.",
     .example = "gateway",
     .directives = "mcp_proxy",
     .set = into<OutgoingProxy, &OutgoingProxy::user>},
    {.name = "password_file",
     .kind = &kinds::secret_file,
     .what = "A file with the password of `user`.",
     .example = "/run/secrets/proxy-password",
     .directives = "mcp_proxy",
     .set = into<OutgoingProxy, &OutgoingProxy::password_file>},
    {.name = "no_proxy",
     .form = Form::list,
     .kind = &kinds::host_pattern,
     .what = "Hosts that are reached directly; a domain with a dot in front means all below it.",
     .example = "[.corp.example.com]",
     .directives = "mcp_proxy",
     .set = into<OutgoingProxy, &OutgoingProxy::no_proxy>},
};
constexpr Object proxy = {"proxy", "The proxy through which authorization servers are reached.", proxy_keys};

constexpr Key limit_keys[] = {
    {.name = "per_server",
     .kind = &kinds::limit,
     .what = "Questions in flight to one introspection endpoint, of one worker.",
     .otherwise = "256",
     .example = "256",
     .directives = "mcp_authorization_server_limits",
     .set = into<QuestionLimits, &QuestionLimits::per_server>},
    {.name = "per_client",
     .kind = &kinds::limit,
     .what = "Questions in flight for one client address.",
     .otherwise = "64",
     .example = "64",
     .directives = "mcp_authorization_server_limits",
     .set = into<QuestionLimits, &QuestionLimits::per_client>},
    {.name = "total",
     .kind = &kinds::limit,
     .what = "Questions in flight, in all.",
     .otherwise = "512",
     .example = "512",
     .directives = "mcp_authorization_server_limits",
     .set = into<QuestionLimits, &QuestionLimits::total>},
    {.name = "waiting",
     .kind = &kinds::limit,
     .what = "Requests that wait for an answer or for keys.",
     .otherwise = "16384",
     .example = "16384",
     .directives = "mcp_authorization_server_limits",
     .set = into<QuestionLimits, &QuestionLimits::waiting>},
};
constexpr Object limits = {"limits", "What requests can make us ask of authorization servers at the same time.",
                           limit_keys};

constexpr Key root_keys[] = {
    {.name = "resources",
     .form = Form::objects,
     .object = &resource_object,
     .what = "The MCP servers that are protected.",
     .example = "[{ url: https://mcp.example.com/mcp, backend: http://127.0.0.1:3001 }]",
     .is_required = true,
     .open = one_more<Draft, &Draft::resources>},
    {.name = "defaults",
     .form = Form::object,
     .object = &defaults_object,
     .what = "Any key of a resource but `url`, `server_names`, `path`, `backend`, `metadata_url` and "
             "`metadata_at_root`: for all resources. A resource's own key replaces it as a whole.",
     .example = "{ authorization_servers: https://auth.example.com }",
     .open = member<Draft, &Draft::defaults>},
    {.name = "listen",
     .form = Form::object,
     .object = &listen,
     .what = "Where nginx listens.",
     .example = "{ port: 8443 }",
     .open = setters::same},
    {.name = "tls",
     .form = Form::object,
     .object = &tls,
     .what = "With it, nginx speaks TLS.",
     .otherwise = "plain HTTP",
     .example = "{ certificate: /tls/tls.crt, key: /tls/tls.key }",
     .open = optional<Draft, &Draft::tls>},
    {.name = "trusted_proxies",
     .form = Form::list,
     .kind = &kinds::network,
     .what = "Load balancers in front, whose `X-Forwarded-For` says who the client is.",
     .otherwise = "none",
     .example = "[10.0.0.0/8]",
     .set = into<Draft, &Draft::trusted_proxies>},
    {.name = "ca",
     .kind = &kinds::file,
     .what = "The certification authorities in PEM that authorization servers are verified with.",
     .otherwise = "the system's",
     .example = "/etc/ssl/internal-ca.crt",
     .directives = "mcp_ssl_trusted_certificate",
     .set = into<Draft, &Draft::ca_file>},
    {.name = "proxy",
     .form = Form::object,
     .object = &proxy,
     .what = "The proxy through which authorization servers are reached.",
     .otherwise = "none",
     .example = "{ url: http://proxy.example.com:3128 }",
     .directives = "mcp_proxy",
     .open = optional<Draft, &Draft::proxy>},
    {.name = "keys_max_age",
     .kind = &kinds::keys_max_age,
     .what = "The longest time for which fetched keys are fresh.",
     .otherwise = "24h",
     .example = "10m",
     .directives = "mcp_keys_max_age",
     .set = into<Draft, &Draft::keys_max_age>},
    {.name = "limits",
     .form = Form::object,
     .object = &limits,
     .what = "What requests can make us ask of authorization servers at the same time.",
     .example = "{ per_client: 128 }",
     .directives = "mcp_authorization_server_limits",
     .open = member<Draft, &Draft::limits>},
    {.name = "zone",
     .kind = &kinds::zone_size,
     .what = "Shared memory for keys and answers.",
     .otherwise = "16m",
     .example = "16m",
     .directives = "mcp_zone",
     .set = into<Draft, &Draft::zone_size>},
    {.name = "header_size",
     .kind = &kinds::header_size,
     .what = "The longest line in the head of a request: room for its token.",
     .otherwise = "32k",
     .example = "64k",
     .set = into<Draft, &Draft::header_size>},
    {.name = "resolver",
     .form = Form::list,
     .kind = &kinds::resolver,
     .what = "Name servers that backends are looked up with; 16 at most.",
     .otherwise = "what the system does",
     .example = "[10.0.0.2]",
     .set = into<Draft, &Draft::resolvers>},
    {.name = "workers",
     .kind = &kinds::workers,
     .what = "Processes of nginx.",
     .otherwise = "auto: one for each processor",
     .example = "auto",
     .set = into<Draft, &Draft::worker_processes>},
};
constexpr Object root_object = {"", "", root_keys};

constexpr std::array<const Object*, 11> all_objects = {
    &root_object,   &resource_object, &backend_object, &key_object, &introspection_object,
    &scopes_object, &defaults_object, &listen,         &tls,        &proxy,
    &limits};

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
