#include "cli/doctor/authorization_server.h"

#include <array>
#include <utility>

#include "base/http_url.h"
#include "cli/doctor/clients.h"
#include "cli/terminal.h"
#include "oauth/discovery/metadata.h"
#include "oauth/discovery/well_known.h"

namespace cli::doctor {
namespace {

using oauth::json::Document;
using oauth::json::Value;

constexpr auto pass = Verdict::pass;
constexpr auto warn = Verdict::warn;
constexpr auto fail = Verdict::fail;

// What is looked at below.
constexpr std::array<std::string_view, 8> needed = {"issuer",
                                                    "authorization_endpoint",
                                                    "token_endpoint",
                                                    "introspection_endpoint",
                                                    "registration_endpoint",
                                                    "code_challenge_methods_supported",
                                                    "client_id_metadata_document_supported",
                                                    "authorization_response_iss_parameter_supported"};

const std::string section_where = "RFC 8414 3, OpenID Connect Discovery 4";

// In the order in which clients look.
std::optional<Document> fetch_metadata(Report& report, const Ask& ask, const std::string& issuer) {
    const auto urls = oauth::discovery::metadata_urls(issuer);
    if (!urls) {
        report.add(fail, "authorization server", shown(issuer) + " is no issuer URL", "RFC 8414 2");
        return std::nullopt;
    }
    std::string tried;
    for (const std::string& url : *urls) {
        const auto answer = ask({.url = url, .headers = {"Accept: application/json"}});
        auto document = answer && answer->status == 200 ? oauth::discovery::read_metadata(answer->body, needed)
                                                        : std::unexpected(oauth::Error::server_unreachable);
        if (document) {
            report.add(pass, "authorization server: metadata", base::printable_url(url), section_where);
            return std::move(*document);
        }
        tried.append(tried.empty() ? "" : ", ").append(base::printable_url(url));
    }
    report.add(fail, "authorization server: metadata", "found at none of: " + tried, section_where);
    return std::nullopt;
}

void judge_issuer(Report& report, const Value& metadata, const std::string& issuer) {
    const std::string_view own = text_of(metadata, "issuer");
    report.expect(own == issuer, fail, "authorization server: issuer", base::printable_url(issuer),
                  "calls itself " + shown(own) + ", not " + shown(issuer) +
                      ": clients refuse it (a slash at the end counts, too)",
                  "RFC 8414 3.3");
}

void judge_flow(Report& report, const Value& metadata) {
    const bool has_endpoints =
        !text_of(metadata, "authorization_endpoint").empty() && !text_of(metadata, "token_endpoint").empty();
    report.expect(has_endpoints, fail, "authorization server: endpoints", "authorization and token",
                  "authorization_endpoint or token_endpoint is missing", "RFC 8414 2");
    report.expect(lists(metadata, "code_challenge_methods_supported", "S256"), fail, "authorization server: PKCE",
                  "S256", "code_challenge_methods_supported does not list S256: MCP clients must refuse such a server",
                  "MCP authorization, RFC 7636");
}

bool says_yes(const Value& metadata, std::string_view name) {
    const auto value = metadata.member(name);
    return value && value->boolean().value_or(false);
}

void judge_registration(Report& report, const Value& metadata) {
    const bool takes_documents = says_yes(metadata, "client_id_metadata_document_supported");
    const bool registers = !text_of(metadata, "registration_endpoint").empty();
    std::string ways = takes_documents ? "client id metadata documents" : "";
    if (registers) ways.append(ways.empty() ? "" : ", ").append("dynamic registration");
    const std::string trouble = takes_documents ? "only client id metadata documents, which these clients do not have"
                                                : "neither client id metadata documents nor dynamic registration";
    report.expect(registers, warn, "authorization server: registration", ways,
                  trouble + ": register a client, and give its id to users", "MCP authorization, RFC 7591");
    if (!registers)
        report.detail(
            who_needs_an_id({.takes_metadata_documents = takes_documents,
                             .names_itself = says_yes(metadata, "authorization_response_iss_parameter_supported")}));
}

}  // namespace

ExaminedServer examine_authorization_server(Report& report, const Ask& ask, const std::string& issuer) {
    report.expect(is_encrypted_or_local(issuer), warn, "authorization server: TLS",
                  issuer.starts_with("https:") ? "https" : "plain http, on this machine",
                  base::printable_url(issuer) + " is plain http: clients refuse it, or should", "MCP authorization");
    const auto metadata = fetch_metadata(report, ask, issuer);
    if (!metadata) return {};
    judge_issuer(report, metadata->root(), issuer);
    judge_flow(report, metadata->root());
    judge_registration(report, metadata->root());
    return {.introspection_endpoint = std::string(text_of(metadata->root(), "introspection_endpoint"))};
}

}  // namespace cli::doctor
