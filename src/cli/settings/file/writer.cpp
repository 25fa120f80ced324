#include "cli/settings/file/writer.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/http_url.h"
#include "cli/settings/file/backend.h"

namespace cli {
namespace {

// What is written as it is. Everything else stands in quotes: then it is a text to every reader of YAML.
bool is_plain(std::string_view text) noexcept {
    static constexpr std::array<std::string_view, 9> words = {"true", "false", "yes", "no", "on",
                                                              "off",  "null",  "y",   "n"};
    const auto is_word = [&](std::string_view word) { return base::equals_ignoring_case(text, word); };
    if (text.empty() || text.ends_with(':')) return false;
    if (!base::is_letter(text.front()) && text.front() != '/') return false;
    return std::ranges::none_of(words, is_word) && std::ranges::all_of(text, [&](char c) {
               return base::is_letter_or_digit(c) || std::string_view("/_.:+-").contains(c);
           });
}

std::string scalar(std::string_view text) {
    if (is_plain(text)) return std::string(text);
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + '"';
}

// A time, a size, a rate or a number; such texts need no quotes.
std::string number(std::string_view text) {
    const bool is_number = !text.empty() && base::is_digit(text.front()) &&
                           std::ranges::all_of(text, [](char c) { return base::is_letter_or_digit(c) || c == '/'; });
    return is_number ? std::string(text) : scalar(text);
}

std::string list(const std::vector<std::string>& texts) {
    if (texts.size() == 1) return scalar(texts.front());
    std::string text = "[";
    for (const std::string& each : texts)
        text += (text.size() > 1 ? ", " : "") + scalar(each);
    return text + ']';
}

// Lines with their indentation. What is empty was not said, and is left out.
class Lines {
public:
    void line(std::string_view key, const std::string& value) {
        begin();
        text_ += std::string(key) + ": " + value + '\n';
    }
    void text(std::string_view key, std::string_view value) {
        if (!value.empty()) line(key, scalar(value));
    }
    void measure(std::string_view key, std::string_view value) {
        if (!value.empty()) line(key, number(value));
    }
    void texts(std::string_view key, const std::vector<std::string>& values) {
        if (!values.empty()) line(key, list(values));
    }
    void flag(std::string_view key, bool value) {
        if (value) line(key, "true");
    }
    void limit(std::string_view key, unsigned value) {
        if (value > 0) line(key, std::to_string(value));
    }
    void open(std::string_view key) {
        begin();
        text_ += std::string(key) + ":\n";
        depth_++;
    }
    // The next line is the first of an element, and close() ends it.
    void open_element() {
        is_element_ = true;
        depth_++;
    }
    void close() { depth_--; }

    std::string take() { return std::move(text_); }

private:
    void begin() {
        text_.append((depth_ - (is_element_ ? 1 : 0)) * 2, ' ');
        if (is_element_) text_ += "- ";
        is_element_ = false;
    }

    std::string text_;
    std::size_t depth_ = 0;
    bool is_element_ = false;
};

void add_languages(Lines& lines, std::string_view key, const std::vector<InLanguage>& texts) {
    if (texts.empty()) return;
    if (texts.size() == 1 && texts.front().tag.empty()) return lines.text(key, texts.front().text);
    lines.open(key);
    for (const InLanguage& each : texts)
        lines.line(each.tag.empty() ? "default" : scalar(each.tag), scalar(each.text));
    lines.close();
}

std::string url_of(const Backend& backend) {
    if (backend.transport == Backend::Transport::unix_socket) return "unix:" + backend.host;
    const std::string scheme = backend.transport == Backend::Transport::https ? "https://" : "http://";
    return scheme + file::authority_of(backend) + backend.path;
}

void add_backend(Lines& lines, const Backend& backend) {
    if (backend.host_header.empty() && backend.ca_file.empty() && backend.answer_timeout.empty())
        return lines.text("backend", url_of(backend));
    lines.open("backend");
    lines.text("url", url_of(backend));
    lines.text("host", backend.host_header);
    lines.text("ca", backend.ca_file);
    lines.measure("answer_timeout", backend.answer_timeout);
    lines.close();
}

void add_keys(Lines& lines, const Resource& resource) {
    if (resource.discovery) return lines.text("keys", "discovery");
    if (resource.key_sets.empty()) return;
    lines.open("keys");
    // Elements of a list stand one level below their key.
    for (const KeySet& set : resource.key_sets) {
        lines.open_element();
        lines.text(set.file_or_url.starts_with('/') ? "file" : "url", set.file_or_url);
        lines.text("issuer", set.issuer);
        lines.close();
    }
    lines.close();
}

void add_introspection(Lines& lines, const Introspection& introspection) {
    lines.open("introspection");
    lines.text("url", introspection.url);
    lines.text("client_id", introspection.client_id);
    lines.text("client_authentication", introspection.client_authentication);
    lines.text("client_secret_file", introspection.client_secret_file);
    lines.text("client_key_file", introspection.client_key_file);
    lines.text("client_certificate_file", introspection.client_certificate_file);
    lines.text("assertion_audience", introspection.assertion_audience);
    lines.text("assertion_key_id", introspection.assertion_key_id);
    lines.text("assertion_algorithm", introspection.assertion_algorithm);
    lines.text("issuer", introspection.issuer);
    lines.measure("max_ttl", introspection.max_ttl);
    lines.measure("negative_ttl", introspection.negative_ttl);
    lines.close();
}

void add_scopes(Lines& lines, const Resource& resource) {
    const bool says_any = !resource.required_scopes.empty() || !resource.supported_scopes.empty() ||
                          !resource.challenge_scopes.empty() || !resource.implied_scopes.empty();
    if (!says_any) return;
    lines.open("scopes");
    lines.texts("required", resource.required_scopes);
    lines.texts("supported", resource.supported_scopes);
    lines.texts("challenge", resource.challenge_scopes);
    if (!resource.implied_scopes.empty()) {
        lines.open("implies");
        for (const ImpliedScopes& rule : resource.implied_scopes)
            lines.line(scalar(rule.broad), list(rule.narrow));
        lines.close();
    }
    lines.close();
}

void add_operations(Lines& lines, const Resource& resource) {
    static constexpr std::pair<std::string_view, std::string_view> keys[] = {
        {"tools", "tool"}, {"prompts", "prompt"}, {"resource_uris", "resource"}, {"methods", "method"}};
    for (const auto& [key, selector] : keys) {
        if (std::ranges::find(resource.operation_scopes, selector, &OperationScopes::selector) ==
            resource.operation_scopes.end())
            continue;
        lines.open(key);
        for (const OperationScopes& rule : resource.operation_scopes)
            if (rule.selector == selector) lines.line(scalar(rule.pattern), list(rule.scopes));
        lines.close();
    }
}

void add_tokens(Lines& lines, const Resource& resource) {
    lines.texts("authorization_servers", resource.authorization_servers);
    lines.texts("issuers", resource.issuers);
    lines.flag("insecure_skip_issuer_check", resource.skip_issuer_check);
    add_keys(lines, resource);
    if (resource.introspection) add_introspection(lines, *resource.introspection);
    lines.texts("audiences", resource.audiences);
    lines.texts("algorithms", resource.algorithms);
    lines.text("token_type", resource.token_type);
    lines.measure("leeway", resource.leeway);
}

void add_descriptions(Lines& lines, const Resource& resource) {
    if (resource.metadata_uri) lines.text("metadata_url", resource.metadata_uri->text());
    lines.flag("metadata_at_root", resource.metadata_at_root);
    add_languages(lines, "name", resource.names);
    add_languages(lines, "documentation", resource.documentation);
    add_languages(lines, "policy_uri", resource.policy_uris);
    add_languages(lines, "tos_uri", resource.tos_uris);
}

void add_rules(Lines& lines, const Resource& resource) {
    lines.texts("anonymous_methods", resource.anonymous_methods);
    lines.texts("allowed_origins", resource.allowed_origins);
    lines.texts("protocol_versions", resource.protocol_versions);
    if (!resource.identity_headers.empty()) {
        lines.open("identity_headers");
        for (const auto& [header, claim] : resource.identity_headers)
            lines.line(scalar(header), scalar(claim));
        lines.close();
    }
    lines.measure("max_body_size", resource.max_body_size);
}

void add_limits(Lines& lines, const Resource& resource) {
    if (!resource.rate_limits.empty()) lines.open("rate_limits");
    for (const RateLimit& limit : resource.rate_limits) {
        lines.open_element();
        lines.measure("rate", limit.rate);
        lines.measure("burst", limit.burst);
        lines.text("by", limit.by);
        lines.text("algorithm", limit.algorithm);
        lines.text("method", limit.method);
        lines.text("tool", limit.tool);
        lines.text("prompt", limit.prompt);
        lines.text("resource_uri", limit.resource_uri);
        lines.close();
    }
    if (!resource.rate_limits.empty()) lines.close();
    lines.flag("rate_limit_x_headers", resource.rate_limit_x_headers);
    if (!resource.refusal_limit) return;
    lines.open("refusal_limit");
    lines.measure("rate", resource.refusal_limit->rate);
    lines.measure("burst", resource.refusal_limit->burst);
    lines.close();
}

// What a reader would make of the URL alone needs not be said.
void add_place(Lines& lines, const Resource& resource, const std::vector<std::string>& names) {
    lines.text("url", resource.uri->text());
    const auto url = base::HttpUrl::parse(resource.uri->text());
    if (names != std::vector{std::string(base::without_last_dot(url->host))}) lines.texts("server_names", names);
    std::string_view path = url->path.empty() ? "/" : url->path;
    if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    if (resource.path != path) lines.text("path", resource.path);
    add_backend(lines, resource.backend);
}

void add_resources(Lines& lines, const Gateway& gateway) {
    lines.open("resources");
    for (const Server& server : gateway.servers) {
        for (const Resource& resource : server.resources) {
            lines.open_element();
            add_place(lines, resource, server.names);
            add_tokens(lines, resource);
            add_scopes(lines, resource);
            add_operations(lines, resource);
            add_rules(lines, resource);
            add_limits(lines, resource);
            add_descriptions(lines, resource);
            lines.close();
        }
    }
    lines.close();
}

void add_outgoing(Lines& lines, const Gateway& gateway) {
    lines.text("ca", gateway.ca_file);
    if (gateway.proxy) {
        lines.open("proxy");
        lines.text("url", gateway.proxy->url);
        lines.text("user", gateway.proxy->user);
        lines.text("password_file", gateway.proxy->password_file);
        lines.texts("no_proxy", gateway.proxy->no_proxy);
        lines.close();
    }
    lines.measure("keys_max_age", gateway.keys_max_age);
    lines.measure("max_anonymous_bodies", gateway.max_anonymous_bodies);
    const QuestionLimits& limits = gateway.limits;
    if (limits.per_server + limits.per_client + limits.total + limits.waiting == 0) return;
    lines.open("limits");
    lines.limit("per_server", limits.per_server);
    lines.limit("per_client", limits.per_client);
    lines.limit("total", limits.total);
    lines.limit("waiting", limits.waiting);
    lines.close();
}

void add_redis(Lines& lines, const Gateway& gateway) {
    if (!gateway.redis) return;
    lines.open("redis");
    lines.text("address", gateway.redis->address);
    lines.text("user", gateway.redis->user);
    lines.text("password_file", gateway.redis->password_file);
    lines.text("prefix", gateway.redis->prefix);
    lines.measure("timeout", gateway.redis->timeout);
    lines.text("on_error", gateway.redis->on_error);
    lines.close();
}

void add_reports(Lines& lines, const Gateway& gateway) {
    if (gateway.observe) lines.line("observe", *gateway.observe ? "on" : "off");
    if (gateway.audit) {
        lines.open("audit");
        lines.text("log", gateway.audit->log);
        lines.text("identity", gateway.audit->identity);
        lines.text("key_file", gateway.audit->key_file);
        lines.flag("required", gateway.audit->is_required);
        lines.close();
    }
    if (gateway.status) {
        lines.open("status");
        lines.line("port", std::to_string(gateway.status->port));
        lines.texts("address", gateway.status->addresses);
        lines.close();
    }
    if (!gateway.tracing) return;
    lines.open("tracing");
    lines.text("exporter", gateway.tracing->exporter);
    lines.text("sample", gateway.tracing->sample);
    lines.text("headers_file", gateway.tracing->headers_file);
    lines.text("service", gateway.tracing->service);
    lines.close();
}

}  // namespace

std::string write_yaml(const Gateway& gateway) {
    Lines lines;
    lines.open("listen");
    lines.line("port", std::to_string(gateway.port));
    lines.texts("addresses", gateway.listen_addresses);
    lines.close();
    if (gateway.tls) {
        lines.open("tls");
        lines.text("certificate", gateway.tls->certificate_file);
        lines.text("key", gateway.tls->key_file);
        lines.close();
    }
    lines.texts("trusted_proxies", gateway.trusted_proxies);
    lines.measure("workers", gateway.worker_processes);
    lines.texts("resolver", gateway.resolvers);
    lines.measure("zone", gateway.zone_size);
    lines.measure("header_size", gateway.header_size);
    add_outgoing(lines, gateway);
    add_redis(lines, gateway);
    add_reports(lines, gateway);
    add_resources(lines, gateway);
    return lines.take();
}

}  // namespace cli
