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

constexpr auto warn = Verdict::warn;
constexpr auto fail = Verdict::fail;

// What is looked at below.
constexpr std::array<std::string_view, 10> needed = {"issuer",
                                                     "authorization_endpoint",
                                                     "token_endpoint",
                                                     "introspection_endpoint",
                                                     "registration_endpoint",
                                                     "code_challenge_methods_supported",
                                                     "client_id_metadata_document_supported",
                                                     "grant_types_supported",
                                                     "authorization_grant_profiles_supported",
                                                     "authorization_response_iss_parameter_supported"};

const std::string section_where = "RFC 8414 3, OpenID Connect Discovery 4";

const std::string how_to_name =
    "name the issuer as the authorization server itself writes it, byte by byte: MCP_AUTHORIZATION_SERVER, "
    "authorization_servers of the file, or mcp_authorization_server";

std::string trouble_of(const HttpAnswer& answer, const std::expected<Document, oauth::Error>& document) {
    return answer.status == 200 ? std::string(oauth::describe(document.error()).text) : status_of(answer);
}

// In the order in which clients look. A server that cannot be reached is told as that.
std::optional<Document> fetch_metadata(Report& report, const Ask& ask, const std::string& issuer) {
    const std::string subject = "authorization server: metadata";
    const auto urls = oauth::discovery::metadata_urls(issuer);
    if (!urls) {
        report.add(fail, "authorization server",
                   {.finding = shown(issuer) + " is not an issuer URL", .remedy = how_to_name}, "RFC 8414 2");
        return std::nullopt;
    }
    std::string tried;
    for (const std::string& url : *urls) {
        const auto answer = ask({.url = url, .headers = {"Accept: application/json"}});
        if (!answer) {
            report.unanswered(fail, subject, url, answer.error(), section_where);
            return std::nullopt;
        }
        auto document = answer->status == 200 ? oauth::discovery::read_metadata(answer->body, needed)
                                              : std::unexpected(oauth::Error::server_unreachable);
        if (document) {
            report.pass(subject, base::printable_url(url), section_where);
            return std::move(*document);
        }
        tried.append(tried.empty() ? "" : ", ")
            .append(base::printable_url(url) + " (" + trouble_of(*answer, document) + ")");
    }
    report.add(fail, subject, {.finding = "found at none of: " + tried, .remedy = how_to_name}, section_where);
    return std::nullopt;
}

void judge_issuer(Report& report, const Value& metadata, const std::string& issuer) {
    const std::string_view own = text_of(metadata, "issuer");
    report.expect(own == issuer, fail, "authorization server: issuer", base::printable_url(issuer),
                  {.finding = "calls itself " + shown(own) + ", not " + shown(issuer) +
                              ": clients refuse it (a slash at the end counts, too)",
                   .remedy = how_to_name},
                  "RFC 8414 3.3");
}

void judge_flow(Report& report, const Value& metadata) {
    const bool has_endpoints =
        !text_of(metadata, "authorization_endpoint").empty() && !text_of(metadata, "token_endpoint").empty();
    report.expect(has_endpoints, fail, "authorization server: endpoints", "authorization and token",
                  {.finding = "authorization_endpoint or token_endpoint is missing",
                   .remedy = "switch the authorization code flow on at the authorization server"},
                  "RFC 8414 2");
    report.expect(
        lists(metadata, "code_challenge_methods_supported", "S256"), fail, "authorization server: PKCE", "S256",
        {.finding = "code_challenge_methods_supported does not list S256: MCP clients must refuse such a server",
         .remedy = "switch PKCE with S256 on at the authorization server, and have its metadata say so"},
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
                  {.finding = trouble, .remedy = "register a client, and give its id to users"},
                  "MCP authorization, RFC 7591");
    if (!registers)
        report.detail(
            who_needs_an_id({.takes_metadata_documents = takes_documents,
                             .names_itself = says_yes(metadata, "authorization_response_iss_parameter_supported")}));
}

// Optional: by it clients know that an assertion of a company's identity provider is taken (ID-JAG), so that nobody has
// to log in and to consent once more.
void judge_grant_profiles(Report& report, const Value& metadata) {
    static constexpr std::string_view name = "authorization_grant_profiles_supported";
    const std::string subject = "authorization server: grant profiles";
    const std::string section = "MCP Enterprise-Managed Authorization";
    const auto profiles = metadata.present(name);
    if (!profiles)
        return report.note(subject, std::string(name) + " is not there: every user logs in; it is optional", section);
    if (!lists(metadata, name, "urn:ietf:params:oauth:grant-profile:id-jag"))
        return report.note(subject, profiles->to_json() + ": id-jag, which MCP clients know, is not among them",
                           section);
    report.expect(lists(metadata, "grant_types_supported", "urn:ietf:params:oauth:grant-type:jwt-bearer"), warn,
                  subject, "id-jag",
                  {.finding = "id-jag, but grant_types_supported does not list "
                              "urn:ietf:params:oauth:grant-type:jwt-bearer, by which it is used",
                   .remedy = "switch that grant on at the authorization server, or do not name the profile"},
                  section);
}

}  // namespace

ExaminedServer examine_authorization_server(Report& report, const Ask& ask, const std::string& issuer) {
    report.group = Group::authorization_server;
    report.expect(is_encrypted_or_local(issuer), warn, "authorization server: TLS",
                  issuer.starts_with("https:") ? "https" : "plain http, on this machine",
                  {.finding = base::printable_url(issuer) + " is plain http: clients refuse it, or should",
                   .remedy = "give the authorization server a certificate, and name it by https"},
                  "MCP authorization");
    const auto metadata = fetch_metadata(report, ask, issuer);
    if (!metadata) {
        report.skip("issuer, endpoints, PKCE, registration, grant profiles", "its metadata was not found");
        return {};
    }
    judge_issuer(report, metadata->root(), issuer);
    judge_flow(report, metadata->root());
    judge_registration(report, metadata->root());
    judge_grant_profiles(report, metadata->root());
    return {.introspection_endpoint = std::string(text_of(metadata->root(), "introspection_endpoint"))};
}

}  // namespace cli::doctor
