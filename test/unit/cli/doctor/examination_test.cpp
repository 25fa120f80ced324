#include "cli/doctor/examination.h"

#include <gmock/gmock.h>

#include <map>

namespace cli::doctor {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

// A gateway and its authorization server, in which single answers can be made otherwise.
class Endpoint {
public:
    std::string url = "https://mcp.example/mcp";
    std::string scopes = R"(["mcp:read"])";
    std::string registration = R"("registration_endpoint":"https://as.example/reg",)";
    std::map<std::string, HttpAnswer> open{};        // by method, without a token
    std::map<std::string, HttpAnswer> with_token{};  // by method
    std::vector<HttpRequest> requests{};
    std::string unreachable = "nowhere";  // the beginning of URLs
    std::optional<HttpAnswer> every{};    // the answer to everything
    std::string metadata_url = "https://mcp.example/.well-known/oauth-protected-resource";
    std::map<std::string, HttpAnswer> documents{};  // by URL

    std::string table(const std::string& token = "") { return report(token).table(); }
    Report report(const std::string& token = "") {
        auto endpoint = mcp::ResourceUri::parse(url);
        const Ask ask = [this](const HttpRequest& request) -> std::expected<HttpAnswer, HttpError> {
            if (request.url.starts_with(unreachable)) {
                requests.push_back(request);
                return std::unexpected(
                    HttpError{.text = "nobody is there", .remedy = "start it", .is_unreachable = true});
            }
            return every ? *every : answer(request);
        };
        return examine({.endpoint = *endpoint, .token = base::Secret(token), .introspection = std::nullopt}, ask);
    }
    std::ptrdiff_t asked(const std::string& beginning) const {
        return std::ranges::count_if(requests, [&](const auto& request) { return request.url.starts_with(beginning); });
    }

    static HttpAnswer result() {
        return {.status = 200,
                .headers = {{"content-type", "application/json"}},
                .body = R"({"jsonrpc":"2.0","id":1,"result":{}})"};
    }
    static HttpAnswer error(int status) {
        return {.status = status,
                .headers = {{"content-type", "application/json"}},
                .body = R"({"jsonrpc":"2.0","id":1,"error":{"code":-32601}})"};
    }

    // One of several resources of its host.
    static Endpoint beside_others() {
        Endpoint endpoint;
        endpoint.metadata_url = "https://mcp.example/.well-known/oauth-protected-resource/mcp";
        return endpoint;
    }
    Endpoint& at_root(const HttpAnswer& answer) {
        documents["https://mcp.example/.well-known/oauth-protected-resource"] = answer;
        return *this;
    }
    HttpAnswer document_of(const std::string& resource) const {
        return document(R"({"resource":")" + resource + R"(","authorization_servers":["https://as.example"]})");
    }

private:
    HttpAnswer document(const std::string& body) const {
        return {.status = 200,
                .headers = {{"content-type", "application/json"}, {"access-control-allow-origin", "*"}},
                .body = body};
    }
    HttpAnswer refusal() const {
        return {
            .status = 401,
            .headers = {{"www-authenticate", "Bearer resource_metadata=\"" + metadata_url + "\", scope=\"mcp:read\""}},
            .body = ""};
    }
    static std::string method_of(const HttpRequest& request) {
        const std::size_t at = request.body.find(R"("method":")");
        if (at == std::string::npos) return "";
        return request.body.substr(at + 10, request.body.find('"', at + 10) - at - 10);
    }
    HttpAnswer answer(const HttpRequest& request) {
        requests.push_back(request);
        if (const auto found = documents.find(request.url); found != documents.end()) return found->second;
        if (request.url.starts_with("https://mcp.example/.well-known/"))
            return document(R"({"resource":")" + url +
                            R"(","authorization_servers":["https://as.example"],"scopes_supported":)" + scopes + "}");
        if (request.url.starts_with("https://as.example/"))
            return document(R"({"issuer":"https://as.example","authorization_endpoint":"https://as.example/a",)" +
                            registration +
                            R"("token_endpoint":"https://as.example/t","code_challenge_methods_supported":["S256"]})");
        const bool has_token =
            std::ranges::any_of(request.headers, [](const auto& line) { return line == "Authorization: Bearer good"; });
        const bool has_any =
            request.url.contains("access_token") ||
            std::ranges::any_of(request.headers, [](const auto& line) { return line.starts_with("Authorization"); });
        const auto& answers = has_token ? with_token : open;
        const auto found = answers.find(method_of(request));
        return found == answers.end() || (has_any && !has_token) ? refusal() : found->second;
    }
};

TEST(DoctorExamination, AGoodEndpointHasNoWarning) {
    EXPECT_THAT(Endpoint().table(), HasSubstr(" 0 warnings, 0 failed"));
}

TEST(DoctorExamination, AnEndpointThatCannotBeReachedIsOneFailureAndAskedOnce) {
    Endpoint endpoint;
    endpoint.unreachable = "https://mcp.example/";
    EXPECT_THAT(endpoint.table(), ContainsRegex("FAIL  connection +https://mcp.example/mcp: nobody is there[^\n]*\n"
                                                " +do this: start it\n"
                                                "skip  skipped +challenge, metadata, authorization server, clients: "));
    EXPECT_THAT(endpoint.table(), HasSubstr(" 0 warnings, 1 failed"));
    EXPECT_EQ(endpoint.asked("https://mcp.example/"), 2);
}

TEST(DoctorExamination, AnAuthorizationServerThatCannotBeReachedIsOneFailureAndAskedOnce) {
    Endpoint endpoint;
    endpoint.unreachable = "https://as.example/";
    const std::string table = endpoint.table();
    EXPECT_THAT(table,
                ContainsRegex("FAIL  authorization server: metadata +https://as.example/[^\n]*: nobody is there"));
    EXPECT_THAT(table, ContainsRegex("skip  skipped +issuer, endpoints, PKCE, [^\n]*as its metadata was not found"));
    EXPECT_THAT(table, HasSubstr(" 0 warnings, 1 failed"));
    EXPECT_EQ(endpoint.asked("https://as.example/"), 1);
}

TEST(DoctorExamination, ADeadServerOfMetadataIsToldOnce) {
    Endpoint endpoint;
    endpoint.unreachable = "https://mcp.example/.well-known";
    const std::string table = endpoint.table();
    EXPECT_THAT(table, ContainsRegex("FAIL  metadata +https://mcp.example/.well-known[^\n]*: nobody is there"));
    EXPECT_THAT(table, ContainsRegex("skip  skipped +well-known with path, well-known at root, [^\n]*: not checked, as "
                                     "https://mcp.example cannot be reached"));
    EXPECT_THAT(table, HasSubstr(" 1 failed"));
}

// Nobody can have the metadata of both there.
TEST(DoctorExamination, OfTwoResourcesAtAHostNoneOrOneHasItsMetadataAtTheRoot) {
    Endpoint none = Endpoint::beside_others();
    const std::string without = none.at_root({.status = 404, .headers = {}, .body = ""}).table();
    EXPECT_THAT(without, HasSubstr(" 0 warnings, 0 failed"));
    EXPECT_THAT(without, ContainsRegex("note  well-known at root +[^\n]*none here[^\n]*metadata_at_root"));
    Endpoint second = Endpoint::beside_others();
    const std::string others = second.at_root(second.document_of("https://mcp.example/mail")).table();
    EXPECT_THAT(others, HasSubstr(" 0 warnings, 0 failed"));
    EXPECT_THAT(others,
                ContainsRegex("note  well-known at root: resource +[^\n]*https://mcp.example/mail, another resource"));
    EXPECT_THAT(others, Not(HasSubstr("MCP_CANONICAL_URI")));
}

TEST(DoctorExamination, AWrongDocumentAtTheRootIsToldWithWhatCanBeDone) {
    for (const std::string resource : {"https://other.example/mcp", "", "mail"}) {
        Endpoint endpoint = Endpoint::beside_others();
        EXPECT_THAT(endpoint.at_root(endpoint.document_of(resource)).table(),
                    ContainsRegex("warn  well-known at root: resource +[^\n]*\n +do this: [^\n]*"))
            << resource;
    }
    for (const int status : {200, 302, 401, 500}) {
        Endpoint endpoint = Endpoint::beside_others();
        EXPECT_THAT(endpoint.at_root({.status = status, .headers = {}, .body = "<html>"}).table(),
                    ContainsRegex("warn  well-known at root +[^\n]*\n +do this: [^\n]* or answer 404"))
            << status;
    }
}

// What it says about several resources is no excuse for one whose own metadata is wrong.
TEST(DoctorExamination, MetadataOfAnotherResourceIsAFailureWhereTheChallengeNamesIt) {
    Endpoint endpoint;
    EXPECT_THAT(endpoint.at_root(endpoint.document_of("https://mcp.example/mail")).table(),
                ContainsRegex("FAIL  metadata: resource +[^\n]*\n +do this: "));
}

TEST(DoctorExamination, WhateverIsNotGoodSaysWhatToDo) {
    std::vector<HttpAnswer> answers;
    for (const int status : {200, 302, 400, 403, 404, 500})
        answers.push_back({.status = status, .headers = {{"location", "https://other.example/"}}, .body = "{}"});
    answers.push_back({.status = 401, .headers = {{"www-authenticate", "Basic"}}, .body = ""});
    answers.push_back({.status = 401, .headers = {{"www-authenticate", "Bearer error=\"x\""}}, .body = ""});
    for (const HttpAnswer& answer : answers) {
        Endpoint endpoint;
        endpoint.every = answer;
        const Report report = endpoint.report("good");
        for (const Check& check : report.checks)
            EXPECT_EQ(check.remedy.empty(), check.verdict < Verdict::warn) << check.subject << ": " << check.finding;
        EXPECT_TRUE(report.has_failed()) << answer.status;
    }
}

TEST(DoctorExamination, GrantProfilesAreOptionalAndNeedTheirGrant) {
    Endpoint endpoint;
    EXPECT_THAT(endpoint.table(), ContainsRegex("note  authorization server: grant profiles +[a-z_]+ is not there"));
    const std::string profile =
        R"("authorization_grant_profiles_supported":["urn:ietf:params:oauth:grant-profile:id-jag"],)";
    endpoint.registration += profile;
    EXPECT_THAT(endpoint.table(),
                ContainsRegex("warn  authorization server: grant profiles +id-jag, but grant_types_"));
    endpoint.registration += R"("grant_types_supported":["urn:ietf:params:oauth:grant-type:jwt-bearer"],)";
    EXPECT_THAT(endpoint.table(), ContainsRegex("pass  authorization server: grant profiles +id-jag"));
    endpoint.registration = R"("authorization_grant_profiles_supported":["kya"],)";
    EXPECT_THAT(endpoint.table(), ContainsRegex("note  authorization server: grant profiles +.*kya"));
}

TEST(DoctorExamination, WhereInitializeIsOpenAnotherRequestIsJudged) {
    Endpoint endpoint;
    for (const auto* method :
         {"initialize", "notifications/initialized", "ping", "tools/list", "server/discover", "subscriptions/listen"})
        endpoint.open[method] = Endpoint::result();
    const std::string table = endpoint.table();
    EXPECT_THAT(table, ContainsRegex("pass  no token +initialize is open; tools/call: status 401"));
    EXPECT_THAT(table, ContainsRegex("pass  open without a token +initialize, notifications/initialized, ping, "
                                     "tools/list, server/discover, subscriptions/listen"));
    EXPECT_THAT(table, HasSubstr(" 0 warnings, 0 failed"));
}

TEST(DoctorExamination, AListOfOpenMethodsThatStopsClientsHalfwayIsTold) {
    Endpoint endpoint;
    endpoint.open = {{"initialize", Endpoint::result()}, {"tools/list", Endpoint::result()}};
    EXPECT_THAT(
        endpoint.table(),
        ContainsRegex(
            "warn  open without a token +initialize, tools/list, but not notifications/initialized, server/discover"));
    endpoint.open.erase("initialize");
    EXPECT_THAT(endpoint.table(), ContainsRegex("pass  no token +status 401"));
    EXPECT_THAT(endpoint.table(), ContainsRegex("pass  open without a token +tools/list  "));
}

TEST(DoctorExamination, AModernClientThatIsLetInNeedsItsStream) {
    Endpoint endpoint;
    endpoint.open = {{"server/discover", Endpoint::result()}};
    EXPECT_THAT(endpoint.table(), ContainsRegex("warn  open without a token +server/discover, but not initialize, "
                                                "notifications/initialized, subscriptions/listen: clients that begin"));
}

TEST(DoctorExamination, WhereNothingIsRefusedAnybodyIsLetIn) {
    Endpoint endpoint;
    for (const auto* method : {"initialize", "notifications/initialized", "ping", "tools/list", "tools/call",
                               "server/discover", "subscriptions/listen"})
        endpoint.open[method] = Endpoint::result();
    EXPECT_THAT(endpoint.table(), ContainsRegex("FAIL  no token +status 200: anyone can use this server"));
}

TEST(DoctorExamination, AnOpenSessionIsKept) {
    Endpoint endpoint;
    HttpAnswer first = Endpoint::result();
    first.headers.emplace_back("mcp-session-id", "s1");
    endpoint.open = {{"initialize", first}};
    endpoint.table();
    const auto list = std::ranges::find_if(endpoint.requests,
                                           [](const auto& request) { return request.body.contains("tools/list"); });
    ASSERT_NE(list, endpoint.requests.end());
    EXPECT_THAT(list->headers, testing::Contains("Mcp-Session-Id: s1"));
}

TEST(DoctorExamination, ARootResourceIsSpelledTwoWays) {
    Endpoint endpoint;
    for (const auto* url : {"https://mcp.example", "https://mcp.example/"}) {
        endpoint.url = url;
        EXPECT_THAT(
            endpoint.table(),
            ContainsRegex("warn  clients: resource +.*resource=https://mcp.example/ comes from Gemini CLI, opencode"));
        EXPECT_THAT(endpoint.table(), HasSubstr(" 0 failed"));
    }
}

TEST(DoctorExamination, ScopesThatOnlyAStepUpAsksForAreNotForAllClients) {
    Endpoint endpoint;
    endpoint.scopes = R"(["mcp:read","mcp:write","offline_access"])";
    EXPECT_THAT(endpoint.table(), ContainsRegex("note  clients: scopes +mcp:write is not in the challenge: if anything "
                                                "needs it, these never ask.*: Codex, opencode"));
    endpoint.scopes = R"(["offline_access","mcp:read"])";
    EXPECT_THAT(endpoint.table(), Not(HasSubstr("clients: scopes")));
}

TEST(DoctorExamination, WithoutRegistrationEachClientsOptionIsTold) {
    Endpoint endpoint;
    endpoint.registration = R"("registration_endpoint":null,)";
    EXPECT_THAT(endpoint.table(), ContainsRegex("warn  authorization server: registration +neither[^\n]*\n +do this: "
                                                "register a client[^\n]*\n +Codex: codex mcp add --oauth-client-id"));
    endpoint.registration = R"("client_id_metadata_document_supported":true,)";
    EXPECT_THAT(endpoint.table(),
                ContainsRegex("registration +only client id metadata documents[^\n]*\n[^\n]*\n +Gemini CLI: "));
}

TEST(DoctorExamination, MetadataThatNginxReadsIsReadHere) {
    Endpoint endpoint;
    for (const auto* odd : {R"("n":123456789012345678901234567890)", R"("s":"\ud800")", R"("o":{"a":1,"a":2})"}) {
        endpoint.registration = odd + std::string(R"(,"registration_endpoint":"https://as.example/reg",)");
        EXPECT_THAT(endpoint.table(), HasSubstr(" 0 warnings, 0 failed")) << odd;
    }
    endpoint.registration = R"("issuer":"https://as.example",)";
    EXPECT_THAT(endpoint.table(), ContainsRegex("FAIL  authorization server: metadata +found at none of"));
}

TEST(DoctorExamination, ATokenShowsWhichRevisionsAreSpoken) {
    Endpoint endpoint;
    endpoint.with_token = {{"initialize", Endpoint::error(400)}, {"server/discover", Endpoint::result()}};
    EXPECT_THAT(endpoint.table("good"), ContainsRegex("pass  your token +is accepted"));
    EXPECT_THAT(
        endpoint.table("good"),
        ContainsRegex("warn  clients: revisions +only 2026-07-28, which these do not support: Codex, Gemini CLI"));
    endpoint.with_token = {{"initialize", Endpoint::result()}, {"server/discover", Endpoint::error(200)}};
    EXPECT_THAT(endpoint.table("good"), ContainsRegex("pass  clients: revisions +up to 2025-11-25"));
    EXPECT_THAT(endpoint.table("bad"), ContainsRegex("FAIL  your token +status 401"));
}

TEST(DoctorExamination, NothingIsSaidOfRevisionsThatWereNotSeen) {
    Endpoint endpoint;
    EXPECT_THAT(endpoint.table(), Not(HasSubstr("revisions")));
    endpoint.open = {{"initialize", Endpoint::result()}};  // server/discover is refused
    EXPECT_THAT(endpoint.table(), Not(HasSubstr("revisions")));
}

TEST(DoctorExamination, AStreamMayBeginWithAnEmptyEvent) {
    Endpoint endpoint;
    HttpAnswer stream = Endpoint::result();
    stream.body = "id: 1\ndata: \n\nevent: message\ndata: " + stream.body + "\n\n";
    endpoint.with_token = {{"initialize", stream}, {"server/discover", Endpoint::error(400)}};
    EXPECT_THAT(endpoint.table("good"), HasSubstr("up to 2025-11-25"));
}

}  // namespace
}  // namespace cli::doctor
