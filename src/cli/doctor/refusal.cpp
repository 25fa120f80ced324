#include "cli/doctor/refusal.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/http_url.h"
#include "cli/doctor/received_challenge.h"
#include "mcp/beginnings.h"

namespace cli::doctor {
namespace {

constexpr auto warn = Verdict::warn;
constexpr auto fail = Verdict::fail;

constexpr std::string_view worthless_token = "mcp-resource-doctor-worthless-token";

const std::string section_401 = "RFC 6750 3, RFC 9728 5.1";

const std::string how_to_protect =
    "have mcp_resource in the location of this path (MCP_RESOURCE_PATH, url of the file), nothing like \"satisfy any\" "
    "in it, and let nobody but nginx reach the backend";

std::string joined(const std::vector<std::string_view>& words) {
    std::string text;
    for (const std::string_view word : words)
        text.append(text.empty() ? "" : ", ").append(word);
    return text;
}

// What to do about an answer that should have been a refusal.
std::string remedy_for(const HttpAnswer& answer) {
    if (answer.status < 300) return how_to_protect;
    if (answer.status < 400)
        return "if the redirect is yours, use the URL that it leads to, here and in clients: they do not follow it";
    if (answer.status == 404)
        return "is the path right? It is that of MCP_RESOURCE_PATH, or of the URL of mcp_resource";
    if (answer.status >= 500)
        return "see nginx's error log: nginx may not reach the authorization server or the backend";
    return "let nginx answer 401 itself: something before it (a firewall, auth_basic, allow and deny) or behind it "
           "does";
}

class Refusal {
public:
    Refusal(Report& report, const Ask& ask, const mcp::ResourceUri& endpoint, const std::vector<Answered>& tried)
        : report_(report), ask_(ask), endpoint_(endpoint), tried_(tried) {}

    Asked run() {
        report_.group = Group::challenge;
        judge_refusal();
        judge_openness();
        judge_other_requests();
        return std::move(asked_);
    }

private:
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
        report_.expect(answer.status == 401, fail, "no token", good, {.finding = bad, .remedy = remedy_for(answer)},
                       "MCP authorization, RFC 6750 3");
        judge_challenge(answer);
    }

    // A client that was let in at initialize does not expect to be refused in what it does next.
    void judge_openness() {
        const auto open = methods(tried_, &Answered::is_open);
        const auto refused = methods(tried_, &Answered::is_refused);
        if (open.empty() || refused.empty()) return;
        const auto among = [](const auto& list) {
            return [&list](std::string_view method) { return std::ranges::find(list, method) != list.end(); };
        };
        const auto needed = mcp::refused_beginnings(mcp::Revisions(), among(open), among(refused));
        report_.expect(
            needed.empty(), warn, "open without a token", joined(open),
            {.finding = joined(open) + ", but not " + joined(needed) + ": clients that begin without a token get stuck",
             .remedy = "add these to mcp_allow_anonymous (anonymous_methods of the file), or take all out"},
            "MCP authorization");
    }

    void judge_challenge(const HttpAnswer& answer) {
        const auto lines = answer.lines("www-authenticate");
        if (lines.empty())
            return report_.add(
                fail, "challenge",
                {.finding = "there is no WWW-Authenticate: clients do not learn where to get a token",
                 .remedy = "let nginx answer, with mcp_resource or conf/mcp-401-handler.conf, and have any proxy "
                           "in front of nginx pass WWW-Authenticate on unchanged"},
                section_401);
        const auto challenge = lines.size() == 1 ? parse_challenge(lines.front()) : std::nullopt;
        if (!challenge || challenge->scheme != "bearer")
            return report_.add(
                fail, "challenge",
                {.finding = "must be one header with one Bearer challenge, not " + std::to_string(lines.size()) +
                            " beginning with: " + std::string(lines.front()),
                 .remedy = "keep one: auth_basic in the location, add_header, or a backend that is asked "
                           "without a token add others"},
                section_401);
        report_.pass("challenge", "one Bearer challenge", section_401);
        judge_parameters(*challenge);
    }

    void judge_parameters(const ReceivedChallenge& challenge) {
        asked_.metadata_url = challenge.parameter("resource_metadata");
        report_.expect(base::HttpUrl::parse(asked_.metadata_url).has_value(), fail, "challenge: resource_metadata",
                       base::printable_url(asked_.metadata_url),
                       {.finding = asked_.metadata_url.empty()
                                       ? "is missing: many clients look only there"
                                       : "is not an absolute URL: " + base::printable_url(asked_.metadata_url),
                        .remedy = "name the document's absolute URL: MCP_METADATA_URI, metadata_url of the file, or "
                                  "mcp_metadata_uri; mcp_resource does it by default"},
                       "RFC 9728 5.1");
        asked_.scope = challenge.parameter("scope");
        report_.expect(
            !asked_.scope.empty(), warn, "challenge: scope", asked_.scope,
            {.finding = "is missing: clients ask for every scope in scopes_supported, or for none",
             .remedy =
                 "name what every request needs: MCP_REQUIRED_SCOPE, scopes.required of the file, or mcp_scope; or "
                 "what clients should request: mcp_challenge_scope"},
            "MCP authorization, Scope Selection");
        report_.expect(challenge.parameter("error").empty(), warn, "challenge: error", "none, as no token was sent",
                       {.finding = "an error, though no token was sent",
                        .remedy = "leave error out of the answer to a request without a token"},
                       "RFC 6750 3.1");
    }

    void judge_other_requests() {
        judge_refused("GET without token", endpoint_.text(),
                      ask_({.url = endpoint_.text(), .headers = {"Accept: application/json, text/event-stream"}}),
                      "MCP transport", {401, 405});
        const std::string header = "Authorization: Bearer " + std::string(worthless_token);
        judge_refused("invalid token", endpoint_.text(), ask_(request_of(judged().probe, endpoint_.text(), {header})),
                      "RFC 6750 3.1", {401});
        const std::string in_query = endpoint_.text() +
                                     (endpoint_.query().empty() ? "?access_token=" : "&access_token=") +
                                     std::string(worthless_token);
        judge_refused("token in the query", in_query, ask_(request_of(judged().probe, in_query)), "OAuth 2.1 5.1",
                      {400, 401});
    }

    void judge_refused(const std::string& subject, const std::string& url,
                       const std::expected<HttpAnswer, HttpError>& answer, const std::string& section,
                       const std::vector<int>& wanted) {
        if (!answer) return report_.unanswered(fail, subject, url, answer.error(), section);
        const bool good = std::ranges::find(wanted, answer->status) != wanted.end();
        const std::string bad = answer->status < 300
                                    ? status_of(*answer) + ": it is let in"
                                    : status_of(*answer) + " instead of " + std::to_string(wanted.front());
        // Any refusal keeps people out, but clients act on the status.
        report_.expect(good, answer->status < 300 || answer->status >= 500 ? fail : warn, subject, status_of(*answer),
                       {.finding = bad, .remedy = remedy_for(*answer)}, section);
    }

    Report& report_;
    const Ask& ask_;
    const mcp::ResourceUri& endpoint_;
    const std::vector<Answered>& tried_;
    Asked asked_;
};

}  // namespace

Asked examine_refusal(Report& report, const Ask& ask, const mcp::ResourceUri& endpoint,
                      const std::vector<Answered>& tried) {
    return Refusal(report, ask, endpoint, tried).run();
}

std::vector<std::string_view> methods(const std::vector<Answered>& tried, bool (Answered::*hold)() const noexcept) {
    std::vector<std::string_view> found;
    for (const Answered& one : tried)
        if ((one.*hold)()) found.push_back(one.probe.method);
    return found;
}

}  // namespace cli::doctor
