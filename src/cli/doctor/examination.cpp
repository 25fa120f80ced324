#include "cli/doctor/examination.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/http_url.h"
#include "cli/clock.h"
#include "cli/doctor/authorization_server.h"
#include "cli/doctor/caller.h"
#include "cli/doctor/clients.h"
#include "cli/doctor/probes.h"
#include "cli/doctor/received_challenge.h"
#include "cli/doctor/refusal.h"
#include "cli/doctor/resource_metadata.h"
#include "cli/terminal.h"
#include "oauth/json/json.h"
#include "oauth/scope.h"

namespace cli::doctor {
namespace {

using oauth::json::Document;

constexpr auto warn = Verdict::warn;
constexpr auto fail = Verdict::fail;

using Answer = std::expected<HttpAnswer, HttpError>;

// The line of an event stream that holds a message: its first event may be empty.
std::string_view event_data(std::string_view stream) {
    static constexpr std::string_view field = "data: {";
    const std::size_t at = stream.find(field);
    if (at == std::string_view::npos) return {};
    const std::string_view data = stream.substr(at + field.size() - 1);
    return data.substr(0, data.find_first_of("\r\n"));
}

// A JSON-RPC response that is no error, as JSON or in a stream.
bool holds_result(const Answer& answer) {
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
        for (const std::string_view secret : patient.introspection->secrets())
            report_.hide(secret);
    }

    Report run() {
        judge_transport();
        tried_ = try_without_token(ask_, endpoint_.text());
        ExaminedServer server;
        if (judge_connection()) server = examine_endpoint();
        judge_introspection(server);
        return std::move(report_);
    }

private:
    void judge_transport() {
        report_.group = Group::reachability;
        report_.expect(
            is_encrypted_or_local(endpoint_.text()), warn, "TLS",
            endpoint_.is_secure() ? "https" : "plain http, on this machine",
            {.finding = "plain http: tokens can be read on their way",
             .remedy = "serve https: MCP_TLS=on with MCP_SSL_CERT_FILE and MCP_SSL_CERT_KEY_FILE, tls of the "
                       "file, or \"listen 443 ssl\""},
            "OAuth 2.1 1.5");
    }

    bool judge_connection() {
        const Answer& first = tried_.front().answer;
        if (first) {
            report_.pass("connection", endpoint_.is_secure() ? "answers; its certificate is verified" : "answers",
                         "MCP transport");
            return true;
        }
        report_.unanswered(fail, "connection", endpoint_.text(), first.error(), "MCP transport");
        report_.skip("challenge, metadata, authorization server, clients", "they begin with its answer");
        return false;
    }

    ExaminedServer examine_endpoint() {
        challenge_ = examine_refusal(report_, ask_, endpoint_, tried_);
        metadata_ = examine_resource_metadata(report_, ask_, endpoint_, challenge_);
        judge_clients();
        ExaminedServer server;
        if (metadata_.authorization_server.empty())
            report_.skip("authorization server", "no metadata names it");
        else
            server = examine_authorization_server(report_, ask_, metadata_.authorization_server);
        if (!patient_.token.empty()) judge_token();
        return server;
    }

    // What is right, and yet not what some clients can do.
    void judge_clients() {
        report_.group = Group::clients;
        if (!metadata_.later_scopes.empty())
            report_.note("clients: scopes",
                         metadata_.later_scopes +
                             " is not in the challenge: if anything needs it, these never ask, whatever a 403 says: " +
                             names_of_clients(
                                 [](const Client& client) { return !client.steps_up && !client.asks_for_everything; }) +
                             "; mcp_challenge_scope (scopes.challenge of the file) puts it there",
                         "MCP authorization, Scope Selection");
        if (is_root(endpoint_))
            report_.add(warn, "clients: resource",
                        {.finding = "with and without the slash: resource=" + endpoint_.text() + "/ comes from " +
                                    names_of_clients([](const Client& client) { return client.adds_slash; }),
                         .remedy = "register both at the authorization server"},
                        "RFC 8707 2");
        if (!methods(tried_, &Answered::is_open).empty() && patient_.token.empty())
            judge_revisions(tried_.front().answer, answer_of(discover.method));
    }

    Answer answer_of(std::string_view method) const {
        for (const Answered& one : tried_)
            if (one.probe.method == method) return one.answer;
        return std::unexpected(HttpError{.text = "not asked", .remedy = {}});
    }

    // Nothing is said when neither works, or when one of them was refused: then it is not known.
    void judge_revisions(const Answer& legacy, const Answer& modern) {
        const bool is_legacy = holds_result(legacy);
        const bool is_modern = holds_result(modern);
        const auto is_refused = [](const auto& answer) { return answer && answer->status == 401; };
        if ((!is_legacy && !is_modern) || is_refused(legacy) || is_refused(modern)) return;
        report_.group = Group::clients;
        report_.expect(is_legacy, warn, "clients: revisions",
                       is_modern ? "2026-07-28 and older ones" : "up to 2025-11-25, which every client speaks",
                       {.finding = "only 2026-07-28, which these do not support: " +
                                   names_of_clients([](const Client& client) { return !client.is_modern; }),
                        .remedy = "let the backend speak older revisions as well, and mcp_protocol_versions list them"},
                       "MCP versioning");
    }

    void judge_token() {
        report_.group = Group::token;
        const std::string header = "Authorization: Bearer " + std::string(patient_.token.reveal());
        const auto legacy = ask_(request_of(initialize, endpoint_.text(), {header}));
        const auto modern = ask_(request_of(discover, endpoint_.text(), {header}));
        const auto& told = holds_result(modern) && !holds_result(legacy) ? modern : legacy;
        if (!told) return report_.unanswered(fail, "your token", endpoint_.text(), told.error(), "MCP transport");
        report_.expect(told->status < 300, fail, "your token", "is accepted",
                       {.finding = status_of(*told) + why_refused(*told), .remedy = remedy_for(told->status)},
                       "MCP authorization");
        judge_revisions(legacy, modern);
        end_session(legacy, header);
    }

    static std::string remedy_for(int status) {
        if (status == 401)
            return "`mcp-resource token inspect` in nginx's container lists every reason; nginx's error log has the "
                   "first one";
        if (status == 403) return "get a token with the scopes that are named, from a client that may have them";
        if (status >= 500) return "see nginx's error log: nginx did not reach the backend or the authorization server";
        return "check the backend: the token was accepted, and the backend refused the request";
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

    void end_session(const Answer& answer, const std::string& authorization) {
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
        report_.group = Group::introspection;
        const IntrospectionClient& client = *patient_.introspection;
        if (!server.introspection_endpoint.empty())
            report_.expect(
                server.introspection_endpoint == client.endpoint(), warn, "introspection: endpoint",
                base::printable_url(client.endpoint()),
                {.finding = base::printable_url(client.endpoint()) + " was asked; the authorization server names " +
                            base::printable_url(server.introspection_endpoint),
                 .remedy = "ask that one, here and in MCP_INTROSPECT_ENDPOINT (introspection.url of the file, "
                           "mcp_introspection)"},
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
    Caller caller(ask);
    return Examination(patient, [&](const HttpRequest& request) { return caller(request); }).run();
}

}  // namespace cli::doctor
