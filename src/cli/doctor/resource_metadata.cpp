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

constexpr auto pass = Verdict::pass;
constexpr auto warn = Verdict::warn;
constexpr auto fail = Verdict::fail;

constexpr std::string_view some_origin = "https://mcp-resource-doctor.example";

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
        judge();
        judge_browsers();
        return std::move(found_);
    }

private:
    std::optional<Document> fetch_json(const std::string& url, const std::string& subject, const std::string& section,
                                       Verdict otherwise) {
        const auto answer = ask_({.url = url, .headers = {"Accept: application/json"}});
        std::string trouble;
        std::optional<Document> document;
        if (!answer)
            trouble = answer.error();
        else if (answer->status != 200)
            trouble = status_of(*answer);
        else if (!answer->header("content-type").starts_with("application/json"))
            trouble = "is not application/json";
        else if (auto parsed = Document::parse(answer->body, {.keep_large_numbers = true}); !parsed)
            trouble = oauth::describe(parsed.error()).text;
        else if (parsed->root().kind() != Kind::object)
            trouble = "is not a JSON object";
        else
            document = std::move(*parsed);
        report_.expect(trouble.empty(), otherwise, subject, base::printable_url(url),
                       base::printable_url(url) + ": " + trouble, section);
        return document;
    }

    void judge() {
        if (!url_.empty())
            if (const auto document = fetch_json(url_, "metadata", "RFC 9728 3", fail))
                judge_document("metadata", document->root());
        const std::string inserted = std::string(endpoint_.origin()) + endpoint_.well_known_path();
        const std::string root = std::string(endpoint_.origin()) + std::string(mcp::well_known_prefix);
        judge_well_known("well-known with path", inserted);
        if (root != inserted) judge_well_known("well-known at root", root);
    }

    void judge_document(const std::string& subject, const Value& metadata) {
        found_.resource = text_of(metadata, "resource");
        judge_resource(subject + ": resource", found_.resource, fail);
        const auto servers = metadata.present("authorization_servers");
        const auto first = servers ? servers->element(0) : std::nullopt;
        found_.authorization_server = first ? first->string().value_or("") : "";
        report_.expect(!found_.authorization_server.empty(), fail, subject + ": authorization_servers",
                       base::printable_url(found_.authorization_server),
                       "names none: clients do not know where to get a token", "RFC 9728 2, MCP authorization");
        const auto supported = metadata.present("scopes_supported");
        const bool all_known = std::ranges::all_of(oauth::ScopeTokens(challenge_.scope), [&](std::string_view scope) {
            return supported && supported->string_array_contains(scope);
        });
        report_.expect(
            supported && all_known, warn, subject + ": scopes_supported", supported ? supported->to_json() : "",
            supported ? "lacks a scope of the challenge: " + supported->to_json() : "is missing", "RFC 9728 2");
        if (supported && !challenge_.scope.empty()) found_.later_scopes = scopes_beyond_challenge(*supported);
        report_.expect(
            !metadata.present("bearer_methods_supported") || lists(metadata, "bearer_methods_supported", "header"),
            warn, subject + ": bearer_methods_supported", "header", "does not list header, which clients use",
            "RFC 9728 2");
    }

    void judge_resource(const std::string& subject, std::string_view resource, Verdict otherwise) {
        const bool is_same = resource == endpoint_.text() || (is_root(endpoint_) && resource == endpoint_.text() + "/");
        if (is_same) {
            report_.add(pass, subject,
                        base::printable_url(resource) + "; tokens must name it in aud: ask with this as resource",
                        "RFC 9728 3.3, RFC 8707 2");
        } else if (covers(resource, endpoint_.text())) {
            report_.add(warn, subject,
                        shown(resource) + " covers " + shown(endpoint_.text()) +
                            ", but is not the same: strict clients refuse it",
                        "RFC 9728 3.3");
        } else {
            report_.add(otherwise, subject,
                        (resource.empty() ? "is missing" : "is " + shown(resource)) + ", not " +
                            shown(endpoint_.text()) + ": clients refuse it (a slash at the end counts, too)",
                        "RFC 9728 3.3");
        }
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

    void judge_browsers() {
        if (url_.empty()) return;
        const std::string origin = "Origin: " + std::string(some_origin);
        const auto answer = ask_({.url = url_, .headers = {origin}});
        if (!answer) return report_.add(warn, "CORS: metadata", "not checked: " + answer.error(), "Fetch 3.2");
        const std::string_view allowed = answer->header("access-control-allow-origin");
        report_.expect(allowed == "*" || allowed == some_origin, warn, "CORS: metadata", std::string(allowed),
                       "no Access-Control-Allow-Origin: clients that run in a browser cannot read it", "Fetch 3.2");
        const auto preflight = ask_({.url = url_,
                                     .method = "OPTIONS",
                                     .headers = {origin, "Access-Control-Request-Method: GET",
                                                 "Access-Control-Request-Headers: mcp-protocol-version"}});
        report_.expect(preflight && preflight->status >= 200 && preflight->status < 300, warn, "CORS: preflight",
                       preflight ? status_of(*preflight) : "",
                       (preflight ? status_of(*preflight) : preflight.error()) +
                           ": clients that run in a browser cannot read the metadata",
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
