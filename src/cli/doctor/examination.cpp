#include "cli/doctor/examination.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/http_url.h"
#include "cli/doctor/received_challenge.h"
#include "cli/terminal.h"
#include "oauth/discovery/well_known.h"
#include "oauth/json/json.h"
#include "oauth/scope.h"

namespace cli::doctor {
namespace {

using oauth::json::Document;
using oauth::json::Kind;
using oauth::json::Value;

constexpr auto pass = Verdict::pass;
constexpr auto warn = Verdict::warn;
constexpr auto fail = Verdict::fail;

constexpr std::string_view initialize =
    R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},)"
    R"("clientInfo":{"name":"mcp-resource-doctor","version":"1"}}})";
constexpr std::string_view worthless_token = "mcp-resource-doctor-worthless-token";
constexpr std::string_view some_origin = "https://mcp-resource-doctor.example";

const std::string section_401 = "RFC 6750 3, RFC 9728 5.1";
const std::string section_metadata = "RFC 9728 3";

std::string status_of(const HttpAnswer& answer) {
    return "status " + std::to_string(answer.status);
}

bool holds_string(const Value& object, std::string_view name, std::string_view text) {
    const auto list = object.member(name);
    return list && list->string_array_contains(text);
}

std::string_view text_of(const Value& object, std::string_view name) {
    const auto value = object.member(name);
    return value ? value->string().value_or("") : std::string_view();
}

bool is_encrypted_or_local(std::string_view url) {
    const auto uri = mcp::ResourceUri::parse(url);
    return uri && (uri->is_secure() || uri->is_loopback());
}

// "http://a/mcp" covers "http://a/mcp/x": SDKs take the metadata of a resource for what lies below it.
bool covers(std::string_view resource, std::string_view endpoint) {
    return endpoint.starts_with(resource) &&
           (resource.ends_with('/') || endpoint.substr(resource.size()).starts_with('/'));
}

class Examination {
public:
    Examination(const mcp::ResourceUri& endpoint, const Ask& ask) : endpoint_(endpoint), ask_(ask) {}

    Report run() {
        judge_transport();
        const auto refusal = send({.url = endpoint_.text(), .method = "POST", .body = std::string(initialize)});
        if (!refusal) {
            report_.add(fail, "connection", base::printable_url(endpoint_.text()) + ": " + refusal.error(),
                        "MCP transport");
            return std::move(report_);
        }
        judge_refusal(*refusal);
        judge_other_requests();
        judge_metadata();
        judge_browsers();
        if (!authorization_server_.empty()) judge_authorization_server();
        return std::move(report_);
    }

private:
    // A request of an MCP client.
    std::expected<HttpAnswer, std::string> send(HttpRequest request) const {
        request.headers.emplace_back("Accept: application/json, text/event-stream");
        if (!request.body.empty()) request.headers.emplace_back("Content-Type: application/json");
        return ask_(request);
    }

    void judge_transport() {
        const std::string good = endpoint_.is_secure() ? "https; the certificate is verified with every request below"
                                                       : "plain http, on this machine";
        report_.expect(is_encrypted_or_local(endpoint_.text()), warn, "TLS", good,
                       "plain http: tokens can be read on their way; serve https", "OAuth 2.1 1.5");
    }

    void judge_refusal(const HttpAnswer& answer) {
        const std::string bad =
            answer.status < 300
                ? status_of(answer) + ": anyone can use this server without a token"
                : status_of(answer) + " instead of 401: no client will look for an authorization server";
        report_.expect(answer.status == 401, fail, "no token", "status 401", bad, "MCP authorization, RFC 6750 3");
        judge_challenge(answer);
    }

    void judge_challenge(const HttpAnswer& answer) {
        const auto lines = answer.lines("www-authenticate");
        if (lines.empty()) {
            report_.add(fail, "challenge", "there is no WWW-Authenticate: clients do not learn where to get a token",
                        section_401);
            return;
        }
        const auto challenge = lines.size() == 1 ? parse_challenge(lines.front()) : std::nullopt;
        if (!challenge || challenge->scheme != "bearer") {
            report_.add(fail, "challenge",
                        "must be one header with one Bearer challenge, not " + std::to_string(lines.size()) +
                            " beginning with: " + std::string(lines.front()),
                        section_401);
            return;
        }
        report_.add(pass, "challenge", "one Bearer challenge", section_401);
        metadata_url_ = challenge->parameter("resource_metadata");
        report_.expect(base::HttpUrl::parse(metadata_url_).has_value(), fail, "challenge: resource_metadata",
                       base::printable_url(metadata_url_),
                       metadata_url_.empty() ? "is missing: many clients look there and nowhere else"
                                             : "is no absolute URL: " + base::printable_url(metadata_url_),
                       "RFC 9728 5.1");
        scope_ = challenge->parameter("scope");
        report_.expect(!scope_.empty(), warn, "challenge: scope", scope_,
                       "is missing: clients ask for every scope in scopes_supported, or for none",
                       "MCP authorization, Scope Selection");
        report_.expect(challenge->parameter("error").empty(), warn, "challenge: error", "none, as no token was sent",
                       "an error, though no token was sent", "RFC 6750 3.1");
    }

    void judge_other_requests() {
        judge_refused("GET without token", send({.url = endpoint_.text()}), "MCP transport", {401, 405});
        HttpRequest with_token = {.url = endpoint_.text(),
                                  .method = "POST",
                                  .headers = {"Authorization: Bearer " + std::string(worthless_token)},
                                  .body = std::string(initialize)};
        const auto bad_token = send(with_token);
        judge_refused("worthless token", bad_token, "RFC 6750 3.1", {401});
        with_token.url +=
            (endpoint_.query().empty() ? "?access_token=" : "&access_token=") + std::string(worthless_token);
        with_token.headers.clear();
        judge_refused("token in the query", send(with_token), "OAuth 2.1 5.1", {400, 401});
    }

    void judge_refused(const std::string& subject, const std::expected<HttpAnswer, std::string>& answer,
                       const std::string& section, const std::vector<int>& wanted) {
        if (!answer) {
            report_.add(fail, subject, answer.error(), section);
            return;
        }
        const bool good = std::ranges::find(wanted, answer->status) != wanted.end();
        const std::string bad = answer->status < 300
                                    ? status_of(*answer) + ": it is let in"
                                    : status_of(*answer) + " instead of " + std::to_string(wanted.front());
        // Any refusal keeps people out, but clients act on the status.
        report_.expect(good, answer->status < 300 || answer->status >= 500 ? fail : warn, subject, status_of(*answer),
                       bad, section);
    }

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
        else if (auto parsed = Document::parse(answer->body); !parsed)
            trouble = oauth::describe(parsed.error()).text;
        else if (parsed->root().kind() != Kind::object)
            trouble = "is not a JSON object";
        else
            document = std::move(*parsed);
        report_.expect(trouble.empty(), otherwise, subject, base::printable_url(url),
                       base::printable_url(url) + ": " + trouble, section);
        return document;
    }

    void judge_metadata() {
        if (!metadata_url_.empty())
            if (const auto document = fetch_json(metadata_url_, "metadata", section_metadata, fail))
                judge_document("metadata", document->root());
        const std::string inserted = std::string(endpoint_.origin()) + endpoint_.well_known_path();
        const std::string root = std::string(endpoint_.origin()) + std::string(mcp::well_known_prefix);
        judge_well_known("well-known with path", inserted);
        if (root != inserted) judge_well_known("well-known at root", root);
    }

    void judge_document(const std::string& subject, const Value& metadata) {
        judge_resource(subject + ": resource", text_of(metadata, "resource"), fail);
        const auto servers = metadata.member("authorization_servers");
        const auto first = servers ? servers->element(0) : std::nullopt;
        authorization_server_ = first ? first->string().value_or("") : "";
        report_.expect(!authorization_server_.empty(), fail, subject + ": authorization_servers",
                       base::printable_url(authorization_server_),
                       "names none: clients do not know where to get a token", "RFC 9728 2, MCP authorization");
        const auto supported = metadata.member("scopes_supported");
        const bool all_known = std::ranges::all_of(oauth::ScopeTokens(scope_), [&](std::string_view scope) {
            return supported && supported->string_array_contains(scope);
        });
        report_.expect(
            supported && all_known, warn, subject + ": scopes_supported", supported ? supported->to_json() : "",
            supported ? "lacks a scope of the challenge: " + supported->to_json() : "is missing", "RFC 9728 2");
        report_.expect(!metadata.member("bearer_methods_supported") ||
                           holds_string(metadata, "bearer_methods_supported", "header"),
                       warn, subject + ": bearer_methods_supported", "header",
                       "does not list header, which clients use", "RFC 9728 2");
    }

    void judge_resource(const std::string& subject, std::string_view resource, Verdict otherwise) {
        if (resource == endpoint_.text()) {
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
        const auto document = fetch_json(url, subject, "RFC 9728 3.1", metadata_url_.empty() ? fail : warn);
        if (!document) return;
        judge_resource(subject + ": resource", text_of(document->root(), "resource"), warn);
        if (!metadata_url_.empty()) return;
        metadata_url_ = url;
        judge_document("metadata", document->root());
    }

    void judge_browsers() {
        if (metadata_url_.empty()) return;
        const std::string origin = "Origin: " + std::string(some_origin);
        const auto answer = ask_({.url = metadata_url_, .headers = {origin}});
        if (!answer) return report_.add(warn, "CORS: metadata", "not checked: " + answer.error(), "Fetch 3.2");
        const std::string_view allowed = answer->header("access-control-allow-origin");
        report_.expect(allowed == "*" || allowed == some_origin, warn, "CORS: metadata", std::string(allowed),
                       "no Access-Control-Allow-Origin: clients that run in a browser cannot read it", "Fetch 3.2");
        const auto preflight = ask_({.url = metadata_url_,
                                     .method = "OPTIONS",
                                     .headers = {origin, "Access-Control-Request-Method: GET",
                                                 "Access-Control-Request-Headers: mcp-protocol-version"}});
        report_.expect(preflight && preflight->status >= 200 && preflight->status < 300, warn, "CORS: preflight",
                       preflight ? status_of(*preflight) : "",
                       (preflight ? status_of(*preflight) : preflight.error()) +
                           ": clients that run in a browser cannot read the metadata",
                       "Fetch 3.2");
    }

    void judge_authorization_server() {
        const std::string subject = "authorization server";
        report_.expect(is_encrypted_or_local(authorization_server_), warn, subject + ": TLS",
                       authorization_server_.starts_with("https:") ? "https" : "plain http, on this machine",
                       base::printable_url(authorization_server_) + " is plain http: clients refuse it, or should",
                       "MCP authorization");
        const auto metadata = server_metadata(subject);
        if (!metadata) return;
        const Value root = metadata->root();
        report_.expect(text_of(root, "issuer") == authorization_server_, fail, subject + ": issuer",
                       base::printable_url(authorization_server_),
                       "calls itself " + shown(text_of(root, "issuer")) + ", not " + shown(authorization_server_) +
                           ": clients refuse it (a slash at the end counts, too)",
                       "RFC 8414 3.3");
        const bool has_endpoints =
            !text_of(root, "authorization_endpoint").empty() && !text_of(root, "token_endpoint").empty();
        report_.expect(has_endpoints, fail, subject + ": endpoints", "authorization and token",
                       "authorization_endpoint or token_endpoint is missing", "RFC 8414 2");
        report_.expect(holds_string(root, "code_challenge_methods_supported", "S256"), fail, subject + ": PKCE", "S256",
                       "code_challenge_methods_supported does not list S256: MCP clients must refuse such a server",
                       "MCP authorization, RFC 7636");
        judge_registration(subject + ": registration", root);
    }

    void judge_registration(const std::string& subject, const Value& metadata) {
        const auto documents = metadata.member("client_id_metadata_document_supported");
        const bool takes_documents = documents && documents->boolean().value_or(false);
        const bool registers = !text_of(metadata, "registration_endpoint").empty();
        std::string ways = takes_documents ? "client id metadata documents" : "";
        if (registers) ways.append(ways.empty() ? "" : ", ").append("dynamic registration");
        report_.expect(
            takes_documents || registers, warn, subject, ways,
            "neither client id metadata documents nor dynamic registration: every user has to enter a client "
            "id that you give out",
            "MCP authorization, RFC 7591");
    }

    // In the order in which clients look.
    std::optional<Document> server_metadata(const std::string& subject) {
        const auto urls = oauth::discovery::metadata_urls(authorization_server_);
        if (!urls) {
            report_.add(fail, subject, shown(authorization_server_) + " is no issuer URL", "RFC 8414 2");
            return std::nullopt;
        }
        std::string tried;
        for (const std::string& url : *urls) {
            const auto answer = ask_({.url = url, .headers = {"Accept: application/json"}});
            auto document = answer && answer->status == 200 ? Document::parse(answer->body, {.max_bytes = 262'144})
                                                            : std::unexpected(oauth::Error::server_unreachable);
            if (document) {
                report_.add(pass, subject + ": metadata", base::printable_url(url),
                            "RFC 8414 3, OpenID Connect Discovery 4");
                return std::move(*document);
            }
            tried.append(tried.empty() ? "" : ", ").append(base::printable_url(url));
        }
        report_.add(fail, subject + ": metadata", "found at none of: " + tried,
                    "RFC 8414 3, OpenID Connect Discovery 4");
        return std::nullopt;
    }

    const mcp::ResourceUri& endpoint_;
    const Ask& ask_;
    Report report_;
    std::string metadata_url_;
    std::string scope_;
    std::string authorization_server_;
};

}  // namespace

Report examine(const mcp::ResourceUri& endpoint, const Ask& ask) {
    return Examination(endpoint, ask).run();
}

}  // namespace cli::doctor
