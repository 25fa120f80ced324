#include "cli/doctor/examination.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/http_url.h"
#include "cli/clock.h"
#include "cli/doctor/authorization_server.h"
#include "cli/doctor/clients.h"
#include "cli/doctor/probes.h"
#include "cli/doctor/received_challenge.h"
#include "cli/doctor/resource_metadata.h"
#include "cli/terminal.h"
#include "mcp/beginnings.h"
#include "oauth/json/json.h"
#include "oauth/scope.h"

namespace cli::doctor {
namespace {

using oauth::json::Document;

constexpr auto pass = Verdict::pass;
constexpr auto warn = Verdict::warn;
constexpr auto fail = Verdict::fail;

constexpr std::string_view worthless_token = "mcp-resource-doctor-worthless-token";

const std::string section_401 = "RFC 6750 3, RFC 9728 5.1";

std::string joined(const std::vector<std::string_view>& words) {
    std::string text;
    for (const std::string_view word : words)
        text.append(text.empty() ? "" : ", ").append(word);
    return text;
}

// The line of an event stream that holds a message: its first event may be empty.
std::string_view event_data(std::string_view stream) {
    static constexpr std::string_view field = "data: {";
    const std::size_t at = stream.find(field);
    if (at == std::string_view::npos) return {};
    const std::string_view data = stream.substr(at + field.size() - 1);
    return data.substr(0, data.find_first_of("\r\n"));
}

// A JSON-RPC response that is no error, as JSON or in a stream.
bool holds_result(const std::expected<HttpAnswer, std::string>& answer) {
    if (!answer || answer->status >= 300) return false;
    std::string_view text = answer->body;
    if (!text.starts_with('{')) text = event_data(text);
    const auto document = Document::parse(text, {.max_bytes = std::size_t{1024} * 1024, .keep_large_numbers = true});
    return document && document->root().present("result");
}

class Examination {
public:
    Examination(const Patient& patient, const Ask& ask) : patient_(patient), endpoint_(patient.endpoint), ask_(ask) {
        report_.hide(patient.token.reveal());
        if (!patient.introspection) return;
        for (const std::string_view secret : patient.introspection->credentials.secrets())
            report_.hide(secret);
    }

    Report run() {
        judge_transport();
        tried_ = try_without_token(ask_, endpoint_.text());
        const auto& first = tried_.front().answer;
        if (!first) {
            report_.add(fail, "connection", base::printable_url(endpoint_.text()) + ": " + first.error(),
                        "MCP transport");
            return std::move(report_);
        }
        judge_refusal();
        judge_openness();
        judge_other_requests();
        metadata_ = examine_resource_metadata(report_, ask_, endpoint_, challenge_);
        judge_clients();
        ExaminedServer server;
        if (!metadata_.authorization_server.empty())
            server = examine_authorization_server(report_, ask_, metadata_.authorization_server);
        if (!patient_.token.empty()) judge_token();
        judge_introspection(server);
        return std::move(report_);
    }

private:
    // A request of an MCP client.
    std::expected<HttpAnswer, std::string> send(HttpRequest request) const {
        request.headers.emplace_back("Accept: application/json, text/event-stream");
        return ask_(request);
    }

    void judge_transport() {
        const std::string good = endpoint_.is_secure() ? "https; the certificate is verified with every request below"
                                                       : "plain http, on this machine";
        report_.expect(is_encrypted_or_local(endpoint_.text()), warn, "TLS", good,
                       "plain http: tokens can be read on their way; serve https", "OAuth 2.1 1.5");
    }

    std::vector<std::string_view> methods(bool (Answered::*hold)() const noexcept) const {
        std::vector<std::string_view> found;
        for (const Answered& one : tried_)
            if ((one.*hold)()) found.push_back(one.probe.method);
        return found;
    }

    // Where some methods are open to everybody, the endpoint is judged by one that is not.
    const Answered& judged() const {
        const auto refused = std::ranges::find_if(tried_, &Answered::is_refused);
        return tried_.front().is_open() && refused != tried_.end() ? *refused : tried_.front();
    }

    void judge_refusal() {
        const Answered& one = judged();
        const HttpAnswer& answer = *one.answer;
        const bool is_first = one.probe.method == initialize.method;
        const std::string good =
            is_first ? "status 401" : "initialize is open; " + std::string(one.probe.method) + ": status 401";
        const std::string bad =
            one.is_open() ? status_of(answer) + ": anyone can use this server without a token"
                          : status_of(answer) + " instead of 401: no client will look for an authorization server";
        report_.expect(answer.status == 401, fail, "no token", good, bad, "MCP authorization, RFC 6750 3");
        judge_challenge(answer);
    }

    // A client that was let in at initialize does not expect to be refused in what it does next.
    void judge_openness() {
        const auto open = methods(&Answered::is_open);
        const auto refused = methods(&Answered::is_refused);
        if (open.empty() || refused.empty()) return;
        const auto among = [](const auto& list) {
            return [&list](std::string_view method) { return std::ranges::find(list, method) != list.end(); };
        };
        const auto needed = mcp::refused_beginnings(mcp::Revisions(), among(open), among(refused));
        report_.expect(needed.empty(), warn, "open without a token", joined(open),
                       joined(open) + ", but not " + joined(needed) + ": clients that begin without a token get stuck",
                       "MCP authorization");
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
        challenge_.metadata_url = challenge->parameter("resource_metadata");
        report_.expect(base::HttpUrl::parse(challenge_.metadata_url).has_value(), fail, "challenge: resource_metadata",
                       base::printable_url(challenge_.metadata_url),
                       challenge_.metadata_url.empty()
                           ? "is missing: many clients look there and nowhere else"
                           : "is no absolute URL: " + base::printable_url(challenge_.metadata_url),
                       "RFC 9728 5.1");
        challenge_.scope = challenge->parameter("scope");
        report_.expect(!challenge_.scope.empty(), warn, "challenge: scope", challenge_.scope,
                       "is missing: clients ask for every scope in scopes_supported, or for none",
                       "MCP authorization, Scope Selection");
        report_.expect(challenge->parameter("error").empty(), warn, "challenge: error", "none, as no token was sent",
                       "an error, though no token was sent", "RFC 6750 3.1");
    }

    void judge_other_requests() {
        judge_refused("GET without token", send({.url = endpoint_.text()}), "MCP transport", {401, 405});
        const std::string header = "Authorization: Bearer " + std::string(worthless_token);
        judge_refused("worthless token", ask_(request_of(judged().probe, endpoint_.text(), {header})), "RFC 6750 3.1",
                      {401});
        const std::string in_query = endpoint_.text() +
                                     (endpoint_.query().empty() ? "?access_token=" : "&access_token=") +
                                     std::string(worthless_token);
        judge_refused("token in the query", ask_(request_of(judged().probe, in_query)), "OAuth 2.1 5.1", {400, 401});
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

    // What is right, and yet not what some clients can do.
    void judge_clients() {
        if (!metadata_.later_scopes.empty())
            report_.add(warn, "clients: scopes",
                        metadata_.later_scopes +
                            " is not in the challenge: if anything needs it, these never ask, whatever a 403 says: " +
                            names_of_clients(
                                [](const Client& client) { return !client.steps_up && !client.asks_for_everything; }) +
                            "; mcp_challenge_scope puts it there",
                        "MCP authorization, Scope Selection");
        if (is_root(endpoint_))
            report_.add(warn, "clients: resource",
                        "with and without the slash: resource=" + endpoint_.text() + "/ comes from " +
                            names_of_clients([](const Client& client) { return client.adds_slash; }) +
                            "; register both at the authorization server",
                        "RFC 8707 2");
        if (!methods(&Answered::is_open).empty() && patient_.token.empty())
            judge_revisions(tried_.front().answer, answer_of(discover.method));
    }

    std::expected<HttpAnswer, std::string> answer_of(std::string_view method) const {
        for (const Answered& one : tried_)
            if (one.probe.method == method) return one.answer;
        return std::unexpected("not asked");
    }

    // Nothing is said when neither works, or when one of them was refused: then it is not known.
    void judge_revisions(const std::expected<HttpAnswer, std::string>& legacy,
                         const std::expected<HttpAnswer, std::string>& modern) {
        const bool is_legacy = holds_result(legacy);
        const bool is_modern = holds_result(modern);
        const auto is_refused = [](const auto& answer) { return answer && answer->status == 401; };
        if ((!is_legacy && !is_modern) || is_refused(legacy) || is_refused(modern)) return;
        report_.expect(is_legacy, warn, "clients: revisions",
                       is_modern ? "2026-07-28 and older ones" : "up to 2025-11-25, which every client speaks",
                       "2026-07-28 alone, which these do not speak: " + names_of_clients([](const Client& client) {
                           return !client.is_modern;
                       }) + "; without mcp_protocol_versions they are let in",
                       "MCP versioning");
    }

    void judge_token() {
        const std::string header = "Authorization: Bearer " + std::string(patient_.token.reveal());
        const auto legacy = ask_(request_of(initialize, endpoint_.text(), {header}));
        const auto modern = ask_(request_of(discover, endpoint_.text(), {header}));
        const auto& told = holds_result(modern) && !holds_result(legacy) ? modern : legacy;
        if (!told) return report_.add(fail, "your token", told.error(), "MCP transport");
        report_.expect(told->status < 300, fail, "your token", "is accepted", status_of(*told) + why_refused(*told),
                       "MCP authorization");
        judge_revisions(legacy, modern);
        end_session(legacy, header);
    }

    // As its challenge says; the server behind a gateway may refuse without one.
    static std::string why_refused(const HttpAnswer& answer) {
        const auto lines = answer.lines("www-authenticate");
        const auto challenge = lines.empty() ? std::nullopt : parse_challenge(lines.front());
        if (!challenge) return " without a challenge";
        const std::string description(challenge->parameter("error_description"));
        return ": " + std::string(challenge->parameter("error")) + (description.empty() ? "" : ": ") + description +
               (answer.status == 403 ? "; it needs " + std::string(challenge->parameter("scope")) : "");
    }

    void end_session(const std::expected<HttpAnswer, std::string>& answer, const std::string& authorization) {
        const std::string_view session = answer ? answer->header("mcp-session-id") : "";
        if (session.empty()) return;
        [[maybe_unused]] const auto ended =
            ask_({.url = endpoint_.text(),
                  .method = "DELETE",
                  .headers = {authorization, "Mcp-Session-Id: " + std::string(session)}});
    }

    // The secret goes nowhere but to the URL that came with it: a document may name any.
    void judge_introspection(const ExaminedServer& server) {
        if (!patient_.introspection) return;
        const IntrospectionClient& client = *patient_.introspection;
        if (!server.introspection_endpoint.empty())
            report_.expect(server.introspection_endpoint == client.endpoint, warn, "introspection: endpoint",
                           base::printable_url(client.endpoint),
                           base::printable_url(client.endpoint) + " was asked; the authorization server names " +
                               base::printable_url(server.introspection_endpoint),
                           "RFC 8414 2");
        TokenUse use = {.resources = {metadata_.resource.empty() ? endpoint_.text() : metadata_.resource},
                        .issuer = metadata_.authorization_server,
                        .scopes = {},
                        .now = now()};
        // As nginx takes both (RFC 3986 section 6.2.3).
        if (is_root(endpoint_) && !use.resources.front().ends_with('/'))
            use.resources.push_back(use.resources.front() + '/');
        for (const std::string_view scope : oauth::ScopeTokens(challenge_.scope))
            use.scopes.emplace_back(scope);
        examine_introspection(report_, ask_, client, patient_.token.reveal(), use);
    }

    const Patient& patient_;
    const mcp::ResourceUri& endpoint_;
    const Ask& ask_;
    Report report_;
    std::vector<Answered> tried_;
    ResourceMetadata metadata_;
    Asked challenge_;
};

}  // namespace

Report examine(const Patient& patient, const Ask& ask) {
    return Examination(patient, ask).run();
}

}  // namespace cli::doctor
