#include "cli/settings/environment_reader.h"

#include <gmock/gmock.h>

#include <string>
#include <utility>

#include "cli/settings/needs.h"

namespace cli {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Environment jwt_environment() {
    return {{"MCP_AUTH_MODE", "jwt"},
            {"MCP_SERVER_NAME", "mcp.example.com"},
            {"MCP_CANONICAL_URI", "https://mcp.example.com/mcp"},
            {"MCP_METADATA_URI", "https://mcp.example.com/.well-known/oauth-protected-resource"},
            {"MCP_AUTHORIZATION_SERVER", "https://auth.example.com"},
            {"MCP_REQUIRED_SCOPE", "mcp:read"},
            {"MCP_SCOPES_SUPPORTED", "mcp:read,mcp:write"},
            {"MCP_BACKEND", "backend:3001"},
            {"MCP_JWT_KEY_FILE", "/keys/jwks.json"}};
}

Environment with(const std::string& name, const std::string& value, Environment environment = jwt_environment()) {
    environment[name] = value;
    return environment;
}

Environment introspect_environment() {
    Environment environment = with("MCP_AUTH_MODE", "introspect");
    environment.erase("MCP_JWT_KEY_FILE");
    environment["MCP_INTROSPECT_ENDPOINT"] = "https://auth.example.com/introspect";
    environment["MCP_CLIENT_ID"] = "gateway";
    environment["MCP_CLIENT_SECRET_FILE"] = "/keys/secret";
    return environment;
}

Findings findings_of(const Environment& environment) {
    Findings findings;
    read_gateway(environment, findings);
    return findings;
}

std::vector<std::string> errors(const std::string& name, const std::string& value) {
    return findings_of(with(name, value)).errors;
}

TEST(EnvironmentReaderTest, EveryRequiredVariableIsMissedByName) {
    for (const Environment& complete : {jwt_environment(), introspect_environment()}) {
        EXPECT_THAT(findings_of(complete).errors, IsEmpty());
        EXPECT_THAT(findings_of(complete).warnings, IsEmpty());
        for (const auto& [name, value] : complete) {
            Environment incomplete = complete;
            incomplete.erase(name);
            EXPECT_THAT(findings_of(incomplete).errors, ElementsAre(name + " is required but not set"));
            EXPECT_THAT(findings_of(with(name, "", complete)).errors, ElementsAre(name + " is required but not set"));
        }
    }
}

TEST(EnvironmentReaderTest, AllMistakesAreToldAtOnce) {
    EXPECT_EQ(findings_of({}).errors.size(), 8U);
    Environment environment = jwt_environment();
    environment["MCP_BACKEND"] = "x";
    environment["MCP_TLS"] = "yes";
    environment["MCP_LISTEN_PORT"] = "0";
    EXPECT_EQ(findings_of(environment).errors.size(), 3U);
}

TEST(EnvironmentReaderTest, ANameThatIsNearlyRightIsAMistake) {
    EXPECT_THAT(errors("MCP_TLZ", "on"), ElementsAre("MCP_TLZ is not a setting; did you mean MCP_TLS?"));
    EXPECT_THAT(errors("MCP_JWT_KEYFILE", "on"), ElementsAre(HasSubstr("did you mean MCP_JWT_KEY_FILE?")));
    EXPECT_THAT(errors("MCP_RATELIMIT_ENABLE", "on"), ElementsAre(HasSubstr("did you mean MCP_RATELIMIT_ENABLED?")));
    const Findings others = findings_of(with("MCP_SOMETHING_ELSE", "10.0.0.1"));
    EXPECT_THAT(others.errors, IsEmpty());
    EXPECT_THAT(others.warnings, ElementsAre(HasSubstr("MCP_SOMETHING_ELSE is not a setting and has no effect")));
    EXPECT_THAT(findings_of(with("MCP_\n\x1b[1m", "x")).warnings, ElementsAre(AllOf(HasSubstr("MCP_??[1m"))));
}

TEST(EnvironmentReaderTest, WhatOthersCallItIsToldOurName) {
    for (const auto& [name, meant] : std::initializer_list<std::pair<const char*, const char*>>{
             {"MCP_METRICS", "MCP_STATUS_PORT"},
             {"MCP_METRICS_PORT", "MCP_STATUS_PORT"},
             {"MCP_METRICS_ADDRESS", "MCP_STATUS_ADDRESS"},
             {"MCP_METRICS_ENABLED", "MCP_STATUS_PORT"},
             {"MCP_PROMETHEUS_PORT", "MCP_STATUS_PORT"},
             {"MCP_TRACING", "MCP_TRACE_EXPORTER"},
             {"MCP_TRACING_EXPORTER", "MCP_TRACE_EXPORTER"},
             {"MCP_TRACING_SAMPLE", "MCP_TRACE_SAMPLE"},
             {"MCP_TRACING_HEADERS_FILE", "MCP_TRACE_HEADERS_FILE"},
             {"MCP_TRACING_ENDPOINT", "MCP_TRACE_EXPORTER"},
             {"MCP_TRACE_URL", "MCP_TRACE_EXPORTER"},
             {"MCP_OTEL_EXPORTER_OTLP_ENDPOINT", "MCP_TRACE_EXPORTER"},
             {"MCP_RECORD_LOG", "MCP_AUDIT_LOG"},
             {"MCP_AUDIT_FILE", "MCP_AUDIT_LOG"}})
        EXPECT_THAT(errors(name, "x"),
                    ElementsAre(name + std::string(" is not a setting; did you mean ") + meant + "?"));
    EXPECT_THAT(findings_of(with("MCP_TRACERS", "x")).errors, IsEmpty());
}

TEST(EnvironmentReaderTest, ASecretInTheEnvironmentIsRefused) {
    Environment environment = introspect_environment();
    environment.erase("MCP_CLIENT_SECRET_FILE");
    environment["MCP_CLIENT_SECRET"] = "shh";
    EXPECT_THAT(findings_of(environment).errors,
                ElementsAre(AllOf(HasSubstr("MCP_CLIENT_SECRET is refused"), HasSubstr("MCP_CLIENT_SECRET_FILE"),
                                  Not(HasSubstr("shh")))));
    EXPECT_THAT(errors("MCP_CLIENT_SECRET", "shh"), ElementsAre(HasSubstr("MCP_CLIENT_SECRET is refused")));
}

// What the module would refuse: nginx would name a line of a file that nobody wrote.
TEST(EnvironmentReaderTest, WhatADirectiveOfOursRefusesIsToldByItsVariable) {
    std::string many;
    for (int i = 0; i < 300; i++)
        many += "s" + std::to_string(i) + ' ';
    const auto asked = [](const std::string& name, const std::string& value) {
        return findings_of(with(name, value, introspect_environment())).errors;
    };
    for (const auto& [name, value] :
         std::vector<std::pair<std::string, std::string>>{{"MCP_CLIENT_ID", "$x"},
                                                          {"MCP_CLIENT_ID", std::string(1500, '"')},
                                                          {"MCP_REQUIRED_SCOPE", "on"},
                                                          {"MCP_REQUIRED_SCOPE", "$x"},
                                                          {"MCP_REQUIRED_SCOPE", "a,b"},
                                                          {"MCP_REQUIRED_SCOPE", many},
                                                          {"MCP_SCOPES_SUPPORTED", "$x"},
                                                          {"MCP_SCOPES_SUPPORTED", "on"},
                                                          {"MCP_ISSUER", "https://a/*"},
                                                          {"MCP_ISSUER", "on"},
                                                          {"MCP_ISSUER", "a\"b"},
                                                          {"MCP_ISSUER", "$x"},
                                                          {"MCP_RESOLVER", "valid=30s"},
                                                          {"MCP_RESOLVER", "$x"},
                                                          {"MCP_SERVER_NAME", "~x"},
                                                          {"MCP_RESOURCE_PATH", "/healthz/"}})
        EXPECT_THAT(asked(name, value), ElementsAre(testing::StartsWith(name + ' '))) << value;
    EXPECT_THAT(asked("MCP_REQUIRED_SCOPE", "https://api.example.com/a?b=c"), IsEmpty());
    EXPECT_THAT(asked("MCP_BACKEND", "http://backend:3001"), IsEmpty());
}

TEST(EnvironmentReaderTest, ANameServersNameMustBeKnownWhenNginxStarts) {
    Findings findings;
    const Gateway gateway = read_gateway(with("MCP_RESOLVER", "10.0.0.2 dns.example:53 valid=30s"), findings);
    ASSERT_EQ(gateway.hosts.size(), 1U);
    EXPECT_EQ(gateway.hosts.front().origin, "MCP_RESOLVER");
    EXPECT_EQ(gateway.hosts.front().host, "dns.example");
}

TEST(EnvironmentReaderTest, ServersAreNamedAsNginxComparesThem) {
    Findings findings;
    const Gateway gateway = read_gateway(with("MCP_SERVER_NAME", "MCP.Example.com. *.Example.com"), findings);
    EXPECT_THAT(gateway.servers.front().names, ElementsAre("mcp.example.com", "*.example.com"));
}

struct BadValue {
    std::string name;
    std::string value;
};

class BadValueTest : public testing::TestWithParam<BadValue> {};

TEST_P(BadValueTest, IsRefusedAndItsVariableNamed) {
    EXPECT_THAT(errors(GetParam().name, GetParam().value), ElementsAre(HasSubstr(GetParam().name)));
}

INSTANTIATE_TEST_SUITE_P(
    EnvironmentReader, BadValueTest,
    testing::Values(
        BadValue{"MCP_AUTH_MODE", "none"}, BadValue{"MCP_SERVER_NAME", "~^.*$"},
        BadValue{"MCP_SERVER_NAME", "a;return 200"}, BadValue{"MCP_SERVER_NAME", "$host"},
        BadValue{"MCP_CANONICAL_URI", "/mcp"}, BadValue{"MCP_CANONICAL_URI", "https://h/mcp#x"},
        BadValue{"MCP_CANONICAL_URI", "https://h/mcp/"}, BadValue{"MCP_METADATA_URI", "https://mcp.example.com"},
        BadValue{"MCP_METADATA_URI", "https://mcp.example.com/mcp"},
        BadValue{"MCP_METADATA_URI", "https://other.example.com/x"},
        BadValue{"MCP_METADATA_URI", "http://mcp.example.com/x"},
        BadValue{"MCP_METADATA_URI", "https://mcp.example.com/healthz"}, BadValue{"MCP_AUTHORIZATION_SERVER", "auth"},
        BadValue{"MCP_AUTHORIZATION_SERVER", ","}, BadValue{"MCP_REQUIRED_SCOPE", "a\"b"},
        BadValue{"MCP_REQUIRED_SCOPE", " "}, BadValue{"MCP_REQUIRED_SCOPE", "mcp:read,mcp:write"},
        BadValue{"MCP_REQUIRED_SCOPE", "mcp:read tool=x"}, BadValue{"MCP_SCOPES_SUPPORTED", "a \"b"},
        BadValue{"MCP_SCOPES_SUPPORTED", ", ,"}, BadValue{"MCP_SERVER_NAME", "a,b"}, BadValue{"MCP_SERVER_NAME", " "},
        BadValue{"MCP_SERVER_NAME", "*."}, BadValue{"MCP_ISSUER", ","}, BadValue{"MCP_ISSUER", "https://a https://b"},
        BadValue{"MCP_RATELIMIT_ENABLED", "on"}, BadValue{"MCP_RATELIMIT_ENABLED", "yes"},
        BadValue{"MCP_METADATA_URI", "https://mcp.example.com/readyz"}, BadValue{"MCP_RESOURCE_PATH", "/healthz/"},
        BadValue{"MCP_RESOURCE_PATH", "/readyz"}, BadValue{"MCP_BEARER_METHODS_SUPPORTED", ","},
        BadValue{"MCP_BACKEND", "127.0.0.1:80"}, BadValue{"MCP_BACKEND", "localhost:80"},
        BadValue{"MCP_BACKEND", "unix:x.sock"}, BadValue{"MCP_BACKEND", "unix:/run/$x"},
        BadValue{"MCP_BACKEND", "unix:/run/x:y"}, BadValue{"MCP_RESOLVER", "valid=30s"},
        BadValue{"MCP_RESOLVER", "10.0.0.2 valid=500ms"}, BadValue{"MCP_RESOLVER", "10.0.0.2 ipv6=maybe"},
        BadValue{"MCP_BACKEND", "host"}, BadValue{"MCP_BACKEND", "host:0"}, BadValue{"MCP_BACKEND", "host:65536"},
        BadValue{"MCP_BACKEND", "host:80x"}, BadValue{"MCP_BACKEND", "http://host:80/x"},
        BadValue{"MCP_BACKEND", "host:80/path"}, BadValue{"MCP_BACKEND", "$host:80"},
        BadValue{"MCP_BACKEND", "[::g]:80"}, BadValue{"MCP_LISTEN_PORT", "0"},
        BadValue{"MCP_LISTEN_PORT", "80 default"}, BadValue{"MCP_LISTEN_PORT", "-1"}, BadValue{"MCP_TLS", "yes"},
        BadValue{"MCP_RESOURCE_PATH", "mcp"}, BadValue{"MCP_RESOURCE_PATH", "/mcp//"},
        BadValue{"MCP_RESOURCE_PATH", "/a//b"}, BadValue{"MCP_RESOURCE_PATH", "/../x"},
        BadValue{"MCP_RESOURCE_PATH", "/mcp(|x)"}, BadValue{"MCP_RESOURCE_PATH", "/healthz"},
        BadValue{"MCP_BEARER_METHODS_SUPPORTED", "header,query"}, BadValue{"MCP_WORKER_PROCESSES", "0"},
        BadValue{"MCP_WORKER_PROCESSES", "2;"}, BadValue{"MCP_RESOLVER", "dns example;com"},
        BadValue{"MCP_RESOLVER", "10.0.0.1:x"}, BadValue{"MCP_RESOLVER", "10.0.0.1 valid=x"},
        BadValue{"MCP_JWT_KEY_FILE", "keys.json"}, BadValue{"MCP_JWT_KEY_FILE", "/keys/$host"},
        BadValue{"MCP_DISCOVERY", "true"}, BadValue{"MCP_ACCEPT_ANY_ISSUER", "1"}));

class HostileValueTest : public testing::TestWithParam<std::string> {};

// Whatever stands in a variable: it is refused with its name, or it is nothing but a value.
TEST_P(HostileValueTest, IsRefusedInEveryVariable) {
    for (const auto& [name, value] : introspect_environment()) {
        const auto found = findings_of(with(name, GetParam(), introspect_environment())).errors;
        EXPECT_THAT(found, testing::Contains(HasSubstr(name))) << name;
    }
}

INSTANTIATE_TEST_SUITE_P(EnvironmentReader, HostileValueTest,
                         testing::Values("a\nb", "a\rb", "\x01", "\x7f", "a\tb", "\xff", "\xc3(",
                                         std::string(std::size_t{64} * 1024, 'a'), std::string("\xed\xa0\x80")));

TEST(EnvironmentReaderTest, ReadsWhatIsThere) {
    Environment environment = introspect_environment();
    environment["MCP_AUTH_MODE"] = "auto";
    environment["MCP_JWKS_URI"] = "https://auth.example.com/jwks";
    environment["MCP_REQUIRED_SCOPE"] = "a  b";
    environment["MCP_SCOPES_SUPPORTED"] = "a,, b ,";
    environment["MCP_BACKEND"] = "https://[::1]:8443";
    environment["MCP_TLS"] = "on";
    environment["MCP_SSL_CERT_FILE"] = "/c";
    environment["MCP_SSL_CERT_KEY_FILE"] = "/k";
    environment["MCP_RESOLVER"] = "10.0.0.2 [fd00::2]:53";
    Findings findings;
    const Gateway gateway = read_gateway(environment, findings);
    EXPECT_THAT(findings.errors, IsEmpty());
    ASSERT_EQ(gateway.servers.size(), 1U);
    EXPECT_THAT(gateway.servers.front().names, ElementsAre("mcp.example.com"));
    ASSERT_EQ(gateway.servers.front().resources.size(), 1U);
    const Resource& resource = gateway.servers.front().resources.front();
    EXPECT_THAT(resource.required_scopes, ElementsAre("a", "b"));
    EXPECT_THAT(resource.supported_scopes, ElementsAre("a", "b"));
    EXPECT_EQ(resource.backend.host, "[::1]");
    EXPECT_EQ(resource.backend.port, 8443);
    EXPECT_EQ(resource.backend.transport, Backend::Transport::https);
    EXPECT_EQ(gateway.port, 443);
    EXPECT_THAT(gateway.resolvers, ElementsAre("10.0.0.2", "[fd00::2]:53"));
    ASSERT_EQ(resource.key_sets.size(), 1U);
    EXPECT_EQ(resource.key_sets.front().file_or_url, "https://auth.example.com/jwks");
    ASSERT_TRUE(resource.introspection);
    EXPECT_EQ(resource.introspection->max_ttl, "60s");
}

Resource resource_of(const Environment& environment) {
    Findings findings;
    const Gateway gateway = read_gateway(environment, findings);
    EXPECT_THAT(findings.errors, IsEmpty());
    return gateway.servers.empty() ? Resource() : gateway.servers.front().resources.front();
}

struct Spelling {
    std::string name;
    std::string value;
};

class SpellingTest : public testing::TestWithParam<Spelling> {};

TEST_P(SpellingTest, IsTakenWithoutAWord) {
    const Findings findings = findings_of(with(GetParam().name, GetParam().value, introspect_environment()));
    EXPECT_THAT(findings.errors, IsEmpty());
    EXPECT_THAT(findings.warnings, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    EnvironmentReader, SpellingTest,
    testing::Values(Spelling{"MCP_SERVER_NAME", "mcp.example.com  mcp.internal *.example.com"},
                    Spelling{"MCP_SERVER_NAME", "_"}, Spelling{"MCP_SERVER_NAME", "mcp.*"},
                    Spelling{"MCP_SERVER_NAME", ".example.com"}, Spelling{"MCP_SCOPES_SUPPORTED", "mcp:read mcp:write"},
                    Spelling{"MCP_SCOPES_SUPPORTED", "mcp:read, mcp:write ,"}, Spelling{"MCP_RESOURCE_PATH", "/mcp/"},
                    Spelling{"MCP_RESOLVER", "10.0.0.2 valid=30s ipv6=off"},
                    Spelling{"MCP_RESOLVER", "kube-dns.kube-system.svc.cluster.local:53 valid=1m30s"},
                    Spelling{"MCP_INTROSPECT_CACHE_MAX_TTL", "1m30s"}, Spelling{"MCP_INTROSPECT_CACHE_MAX_TTL", "1w"},
                    Spelling{"MCP_INTROSPECT_CACHE_MAX_TTL", "0"}, Spelling{"MCP_BACKEND", "unix:/run/mcp.sock"},
                    Spelling{"MCP_RATELIMIT_ENABLED", "off"}, Spelling{"MCP_CANONICAL_URI", "https://mcp.example.com"},
                    Spelling{"MCP_CANONICAL_URI", "https://mcp.example.com/mcp/files"}));

TEST(EnvironmentReaderTest, AScopeThatNobodyIsToldOfIsWarnedAbout) {
    const Findings findings = findings_of(with("MCP_SCOPES_SUPPORTED", "mcp:write"));
    EXPECT_THAT(findings.errors, IsEmpty());
    EXPECT_THAT(findings.warnings, ElementsAre(AllOf(HasSubstr("MCP_REQUIRED_SCOPE names \"mcp:read\""),
                                                     HasSubstr("MCP_SCOPES_SUPPORTED"))));
}

TEST(EnvironmentReaderTest, APathThatClientsDoNotAskIsWarnedAbout) {
    for (const std::string path : {"/other", "/mcpx", "/"}) {
        const Findings findings = findings_of(with("MCP_CANONICAL_URI", "https://mcp.example.com/x" + path));
        EXPECT_THAT(findings.errors, IsEmpty());
        EXPECT_THAT(findings.warnings, ElementsAre(HasSubstr("MCP_CANONICAL_URI has the path"))) << path;
    }
}

TEST(EnvironmentReaderTest, APathWithASlashIsThePath) {
    EXPECT_EQ(resource_of(with("MCP_RESOURCE_PATH", "/mcp/")).path, "/mcp");
    EXPECT_EQ(resource_of(with("MCP_RESOURCE_PATH", "/")).path, "/");
    const Environment both =
        with("MCP_CANONICAL_URI", "https://mcp.example.com/mcp/", with("MCP_RESOURCE_PATH", "/mcp/"));
    EXPECT_EQ(resource_of(both).uri->path(), "/mcp/");
}

TEST(EnvironmentReaderTest, WhatIsShorterThanASecondIsNotKeptLonger) {
    for (const auto& [said, meant] :
         {std::pair("500ms", "0s"), std::pair("1s500ms", "1s"), std::pair("1m30s", "1m30s")})
        EXPECT_EQ(
            resource_of(with("MCP_INTROSPECT_CACHE_MAX_TTL", said, introspect_environment())).introspection->max_ttl,
            meant);
    for (const std::string wrong : {"s", "1s1m", "1m1m", "1 0", "10 s", "123456789s", "1ms1s", "-1s", "1.5s"})
        EXPECT_THAT(findings_of(with("MCP_INTROSPECT_CACHE_MAX_TTL", wrong, introspect_environment())).errors,
                    ElementsAre(HasSubstr("must be a time")))
            << wrong;
}

TEST(EnvironmentReaderTest, LimitsThatAreNotThereAreNotPromised) {
    Environment environment = with("MCP_RATELIMIT_RATE", "100r/m");
    EXPECT_THAT(findings_of(environment).warnings, ElementsAre(HasSubstr("MCP_RATELIMIT_RATE has no effect")));
    environment["MCP_RATELIMIT_ENABLED"] = "on";
    EXPECT_THAT(findings_of(environment).errors,
                ElementsAre(AllOf(HasSubstr("MCP_RATELIMIT_ENABLED is on"), HasSubstr("cannot limit rates"))));
}

TEST(EnvironmentReaderTest, KeysComeFromOnePlace) {
    EXPECT_THAT(errors("MCP_DISCOVERY", "on"), ElementsAre(HasSubstr("one of three ways")));
    EXPECT_THAT(errors("MCP_JWKS_URI", "https://a/b"), ElementsAre(HasSubstr("one of three ways")));
    EXPECT_THAT(errors("MCP_AUTHORIZATION_SERVER", "https://a,https://b"), ElementsAre(HasSubstr("MCP_ISSUER")));
    Environment two = with("MCP_AUTHORIZATION_SERVER", "https://a,https://b");
    EXPECT_THAT(findings_of(with("MCP_ISSUER", "https://a", two)).errors, IsEmpty());
    two.erase("MCP_JWT_KEY_FILE");
    two["MCP_DISCOVERY"] = "on";
    EXPECT_THAT(findings_of(two).errors, IsEmpty());
    EXPECT_THAT(findings_of(with("MCP_ISSUER", "https://a", two)).errors, ElementsAre(HasSubstr("MCP_ISSUER")));
    EXPECT_THAT(findings_of(with("MCP_ACCEPT_ANY_ISSUER", "on", two)).errors,
                ElementsAre(HasSubstr("MCP_ACCEPT_ANY_ISSUER")));
    EXPECT_THAT(findings_of(with("MCP_ISSUER", "https://a", with("MCP_AUTHORIZATION_SERVER", "https://a", two))).errors,
                IsEmpty());
}

TEST(EnvironmentReaderTest, PlainHttpAndAnyIssuerAreWarnedAbout) {
    auto plain = with("MCP_METADATA_URI", "http://h.example.com/m", introspect_environment());
    plain["MCP_CANONICAL_URI"] = "http://h.example.com/mcp";
    EXPECT_THAT(findings_of(plain).errors, IsEmpty());
    EXPECT_THAT(findings_of(plain).warnings, ElementsAre(HasSubstr("is plain http"), HasSubstr("is plain http")));
    for (const std::string name : {"MCP_AUTHORIZATION_SERVER", "MCP_INTROSPECT_ENDPOINT"}) {
        const Findings findings = findings_of(with(name, "http://h.example.com/x", introspect_environment()));
        EXPECT_THAT(findings.errors, IsEmpty());
        EXPECT_THAT(findings.warnings, ElementsAre(HasSubstr("is plain http"))) << name;
    }
    EXPECT_THAT(
        findings_of(with("MCP_ISSUER", "urn:x", with("MCP_ACCEPT_ANY_ISSUER", "on"))).errors,
        ElementsAre("MCP_ISSUER has no effect together with MCP_ACCEPT_ANY_ISSUER=on; leave one of the two out"));
    EXPECT_THAT(findings_of(with("MCP_ACCEPT_ANY_ISSUER", "on")).warnings, ElementsAre(HasSubstr("not checked")));
    EXPECT_THAT(findings_of(with("MCP_CLIENT_ID", "x")).warnings, ElementsAre("MCP_CLIENT_ID has no effect with "
                                                                              "MCP_AUTH_MODE=jwt"));
}

// What a variable should not have been may be a secret that stands in the wrong one.
TEST(EnvironmentReaderTest, NoMessageShowsASecret) {
    const std::vector<std::string> secrets = {"hunter2-secret@x y",
                                              "https://user:secret@as.example/x?key=secret#secret",
                                              R"({"keys":[{"k":"secret"}]})", "http://as.example/?key=secret"};
    Environment complete = introspect_environment();
    complete.merge(jwt_environment());
    complete["MCP_AUTH_MODE"] = "auto";
    for (const auto& [name, unused] : complete) {
        for (const std::string& secret : secrets) {
            if (name == "MCP_SERVER_NAME" || name == "MCP_AUTH_MODE" || name.ends_with("SCOPE") ||
                name.starts_with("MCP_SCOPES"))
                continue;
            const Findings findings = findings_of(with(name, secret, complete));
            EXPECT_THAT(findings.errors, Not(testing::Contains(HasSubstr("secret@")))) << name;
            EXPECT_THAT(findings.errors, Not(testing::Contains(HasSubstr("=secret")))) << name;
            EXPECT_THAT(findings.errors, Not(testing::Contains(HasSubstr("{")))) << name;
            EXPECT_THAT(findings.warnings, Not(testing::Contains(HasSubstr("=secret")))) << name;
        }
    }
}

TEST(EnvironmentReaderTest, ASecretInsteadOfTheNameOfItsFileIsNotShown) {
    for (const char* secret : {"hunter2", "/hunter2"}) {
        Findings findings;
        find_missing(read_gateway(with("MCP_CLIENT_SECRET_FILE", secret, introspect_environment()), findings),
                     findings);
        EXPECT_THAT(findings.errors, Not(testing::Contains(HasSubstr("hunter2"))));
        EXPECT_THAT(findings.errors, testing::Contains(HasSubstr("MCP_CLIENT_SECRET_FILE")));
    }
}

}  // namespace
}  // namespace cli
