#include "cli/doctor/resource_metadata.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/http_url.h"
#include "cli/terminal.h"
#include "oauth/scope.h"

namespace cli::doctor {
namespace {

using oauth::json::Document;
using oauth::json::Kind;
using oauth::json::Value;

constexpr auto warn = Verdict::warn;
constexpr auto fail = Verdict::fail;

constexpr std::string_view some_origin = "https://mcp-resource-doctor.example";

constexpr std::string_view how_to_serve =
    "mcp_resource and the container serve it automatically, with the snippets include conf/mcp-metadata.conf; a proxy "
    "in front of nginx must pass /.well-known/oauth-protected-resource on to it";

constexpr std::string_view how_to_have_root =
    "a proxy in front of nginx must pass /.well-known/oauth-protected-resource on to it, or answer 404";

// "http://a/mcp" covers "http://a/mcp/x": SDKs take the metadata of a resource for what lies below it.
bool covers(std::string_view resource, std::string_view endpoint) {
    return endpoint.starts_with(resource) &&
           (resource.ends_with('/') || endpoint.substr(resource.size()).starts_with('/'));
}

class Metadata {
public:
    Metadata(Report& report, const Ask& ask, const mcp::ResourceUri& endpoint, const Asked& challenge)
        : report_(report), ask_(ask), endpoint_(endpoint), challenge_(challenge), url_(challenge.metadata_url) {}

    ResourceMetadata run() {
        report_.group = Group::metadata;
        judge();
        judge_browsers();
        return std::move(found_);
    }

private:
    std::expected<HttpAnswer, HttpError> ask_for(const std::string& url) const {
        return ask_({.url = url, .headers = {"Accept: application/json"}});
    }

    std::optional<Document> fetch_json(const std::string& url, const std::string& subject, const std::string& section,
                                       Verdict otherwise) {
        return read_json(ask_for(url), url, subject, section, otherwise, how_to_serve);
    }

    std::optional<Document> read_json(const std::expected<HttpAnswer, HttpError>& answer, const std::string& url,
                                      const std::string& subject, const std::string& section, Verdict otherwise,
                                      std::string_view remedy) {
        if (!answer) {
            report_.unanswered(otherwise, subject, url, answer.error(), section);
            return std::nullopt;
        }
        auto document = Document::parse(answer->body, {.keep_large_numbers = true});
        const std::string trouble = trouble_of(*answer, document);
        report_.expect(trouble.empty(), otherwise, subject, base::printable_url(url),
                       {.finding = base::printable_url(url) + ": " + trouble, .remedy = std::string(remedy)}, section);
        return trouble.empty() ? std::optional(std::move(*document)) : std::nullopt;
    }

    static std::string trouble_of(const HttpAnswer& answer, const std::expected<Document, oauth::Error>& document) {
        if (answer.status != 200) return status_of(answer);
        if (!answer.header("content-type").starts_with("application/json")) return "is not application/json";
        if (!document) return std::string(oauth::describe(document.error()).text);
        return document->root().kind() == Kind::object ? "" : "is not a JSON object";
    }

    void judge() {
        if (!url_.empty())
            if (const auto document = fetch_json(url_, "metadata", "RFC 9728 3", fail))
                judge_document("metadata", document->root());
        const std::string inserted = std::string(endpoint_.origin()) + endpoint_.well_known_path();
        const std::string root = std::string(endpoint_.origin()) + std::string(mcp::well_known_prefix);
        judge_well_known("well-known with path", inserted);
        if (root != inserted) judge_root("well-known at root", root);
    }

    void judge_document(const std::string& subject, const Value& metadata) {
        found_.resource = text_of(metadata, "resource");
        judge_resource(subject + ": resource", found_.resource, fail);
        const auto servers = metadata.present("authorization_servers");
        const auto first = servers ? servers->element(0) : std::nullopt;
        found_.authorization_server = first ? first->string().value_or("") : "";
        report_.expect(!found_.authorization_server.empty(), fail, subject + ": authorization_servers",
                       base::printable_url(found_.authorization_server),
                       {.finding = "names none: clients do not know where to get a token",
                        .remedy = "name it: MCP_AUTHORIZATION_SERVER, authorization_servers of the file, or "
                                  "mcp_authorization_server"},
                       "RFC 9728 2, MCP authorization");
        judge_scopes(subject, metadata);
        report_.expect(
            !metadata.present("bearer_methods_supported") || lists(metadata, "bearer_methods_supported", "header"),
            warn, subject + ": bearer_methods_supported", "header",
            {.finding = "does not list header, which clients use",
             .remedy = "list \"header\", or leave bearer_methods_supported out"},
            "RFC 9728 2");
    }

    void judge_scopes(const std::string& subject, const Value& metadata) {
        const auto supported = metadata.present("scopes_supported");
        const bool all_known = std::ranges::all_of(oauth::ScopeTokens(challenge_.scope), [&](std::string_view scope) {
            return supported && supported->string_array_contains(scope);
        });
        report_.expect(supported && all_known, warn, subject + ": scopes_supported",
                       supported ? supported->to_json() : "",
                       {.finding = supported ? "lacks a scope of the challenge: " + supported->to_json() : "is missing",
                        .remedy = "list all scopes, with those that every request needs: "
                                  "MCP_SCOPES_SUPPORTED, scopes.supported of the file, or mcp_scopes_supported"},
                       "RFC 9728 2");
        if (supported && !challenge_.scope.empty()) found_.later_scopes = scopes_beyond_challenge(*supported);
    }

    bool is_ours(std::string_view resource) const {
        return resource == endpoint_.text() || (is_root(endpoint_) && resource == endpoint_.text() + "/");
    }

    void judge_resource(const std::string& subject, std::string_view resource, Verdict otherwise) {
        if (is_ours(resource))
            return report_.pass(
                subject, base::printable_url(resource) + "; tokens must name it in aud: ask with this as resource",
                "RFC 9728 3.3, RFC 8707 2");
        const std::string remedy =
            "give clients the URL that it names, or set MCP_CANONICAL_URI (url of the file, "
            "mcp_resource) to " +
            shown(endpoint_.text());
        if (covers(resource, endpoint_.text()))
            return report_.add(warn, subject,
                               {.finding = shown(resource) + " covers " + shown(endpoint_.text()) +
                                           ", but is not the same: strict clients refuse it",
                                .remedy = remedy},
                               "RFC 9728 3.3");
        report_.add(otherwise, subject,
                    {.finding = (resource.empty() ? "is missing" : "is " + shown(resource)) + ", not " +
                                shown(endpoint_.text()) + ": clients refuse it (a slash at the end counts, too)",
                     .remedy = remedy},
                    "RFC 9728 3.3");
    }

    // Clients come here when the challenge names no URL, and many come here first.
    void judge_well_known(const std::string& subject, const std::string& url) {
        const auto document = fetch_json(url, subject, "RFC 9728 3.1", url_.empty() ? fail : warn);
        if (!document) return;
        judge_resource(subject + ": resource", text_of(document->root(), "resource"), warn);
        if (!url_.empty()) return;
        url_ = url;
        judge_document("metadata", document->root());
    }

    // Of several resources at a host one alone can be here. Who asks by the challenge, or by the path, finds each.
    void judge_root(const std::string& subject, const std::string& url) {
        if (url_.empty() || !is_ours(found_.resource)) return judge_well_known(subject, url);
        const auto answer = ask_for(url);
        if (answer && answer->status == 404)
            return report_.note(subject,
                                "none here, for clients that look nowhere else: right where this host has several "
                                "resources; one of them can be here, by `default` of mcp_resource, or metadata_at_root "
                                "of the file",
                                "RFC 9728 3.1");
        const auto document = read_json(answer, url, subject, "RFC 9728 3.1", warn, how_to_have_root);
        if (!document) return;
        const std::string_view resource = text_of(document->root(), "resource");
        const auto uri = mcp::ResourceUri::parse(resource);
        if (!uri || uri->origin() != endpoint_.origin() || is_ours(resource) || covers(resource, endpoint_.text()))
            return judge_resource(subject + ": resource", resource, warn);
        report_.note(
            subject + ": resource",
            base::printable_url(resource) + ", another resource of this host, which clients that look only here use",
            "RFC 9728 3.1");
    }

    void judge_browsers() {
        if (url_.empty()) return;
        const std::string origin = "Origin: " + std::string(some_origin);
        const std::string remedy =
            "let the metadata answer with Access-Control-Allow-Origin: * and its OPTIONS with "
            "204, as mcp_resource and conf/mcp-metadata.conf do";
        const auto answer = ask_({.url = url_, .headers = {origin}});
        if (!answer) return report_.unanswered(warn, "CORS: metadata", url_, answer.error(), "Fetch 3.2");
        const std::string_view allowed = answer->header("access-control-allow-origin");
        report_.expect(allowed == "*" || allowed == some_origin, warn, "CORS: metadata", std::string(allowed),
                       {.finding = "no Access-Control-Allow-Origin: clients that run in a browser cannot read it",
                        .remedy = remedy},
                       "Fetch 3.2");
        const auto preflight = ask_({.url = url_,
                                     .method = "OPTIONS",
                                     .headers = {origin, "Access-Control-Request-Method: GET",
                                                 "Access-Control-Request-Headers: mcp-protocol-version"}});
        if (!preflight) return report_.unanswered(warn, "CORS: preflight", url_, preflight.error(), "Fetch 3.2");
        report_.expect(preflight->status >= 200 && preflight->status < 300, warn, "CORS: preflight",
                       status_of(*preflight),
                       {.finding = status_of(*preflight) + ": clients that run in a browser cannot read the metadata",
                        .remedy = remedy},
                       "Fetch 3.2");
    }

    std::string scopes_beyond_challenge(const Value& supported) const {
        std::string later;
        supported.each_element([&](Value element) {
            const std::string_view scope = element.string().value_or("offline_access");
            const bool is_about_login = scope == "offline_access" || scope == "openid";
            const oauth::ScopeTokens asked(challenge_.scope);
            if (!is_about_login && std::ranges::none_of(asked, [&](std::string_view token) { return token == scope; }))
                later.append(later.empty() ? "" : " ").append(scope);
            return true;
        });
        return later;
    }

    Report& report_;
    const Ask& ask_;
    const mcp::ResourceUri& endpoint_;
    const Asked& challenge_;
    std::string url_;
    ResourceMetadata found_;
};

}  // namespace

bool is_root(const mcp::ResourceUri& uri) {
    return (uri.path().empty() || uri.path() == "/") && uri.query().empty();
}

ResourceMetadata examine_resource_metadata(Report& report, const Ask& ask, const mcp::ResourceUri& endpoint,
                                           const Asked& challenge) {
    return Metadata(report, ask, endpoint, challenge).run();
}

}  // namespace cli::doctor
