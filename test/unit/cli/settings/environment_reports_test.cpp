#include "cli/settings/environment_reports.h"

#include <gmock/gmock.h>

#include "cli/settings/reports.h"
#include "mcp/audit_record.h"

namespace cli {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Read {
    Gateway gateway;
    Findings findings;
};

Read read(const Environment& environment) {
    Read read;
    read.gateway.port = 80;
    read_reports(Values(environment, read.findings), read.gateway);
    return read;
}

std::vector<std::string> errors(const Environment& environment) {
    return read(environment).findings.errors;
}

TEST(EnvironmentReportsTest, NothingIsReportedThatNobodyAskedFor) {
    const auto [gateway, findings] = read({});
    EXPECT_FALSE(gateway.audit || gateway.status || gateway.tracing || gateway.observe || observes(gateway));
    EXPECT_THAT(findings.errors, IsEmpty());
    EXPECT_FALSE(read({{"MCP_AUDIT_REQUIRED", "off"}}).gateway.audit);
}

TEST(EnvironmentReportsTest, AllMistakesAreToldAtOnce) {
    EXPECT_THAT(errors({{"MCP_OBSERVE", "yes"},
                        {"MCP_AUDIT_LOG", "syslog:server=10.0.0.1,level=info"},
                        {"MCP_AUDIT_IDENTITY", "hashed"},
                        {"MCP_AUDIT_REQUIRED", "true"},
                        {"MCP_STATUS_PORT", "65536"},
                        {"MCP_STATUS_ADDRESS", "0.0.0.0:9464"},
                        {"MCP_TRACE_EXPORTER", "collector:4318"},
                        {"MCP_TRACE_SAMPLE", "1.5"},
                        {"MCP_TRACE_HEADERS_FILE", "Authorization: hunter2"}}),
                ElementsAre(HasSubstr("MCP_OBSERVE must be \"on\" or \"off\""),
                            AllOf(HasSubstr("MCP_AUDIT_LOG"), HasSubstr("is none of server=")),
                            HasSubstr("MCP_AUDIT_IDENTITY must be \"plain\" or \"hash\""),
                            HasSubstr("MCP_AUDIT_REQUIRED must be"), HasSubstr("MCP_STATUS_PORT must be a port"),
                            HasSubstr("MCP_STATUS_ADDRESS must be addresses"), HasSubstr("MCP_TRACE_EXPORTER"),
                            HasSubstr("MCP_TRACE_SAMPLE"),
                            AllOf(HasSubstr("MCP_TRACE_HEADERS_FILE"), Not(HasSubstr("hunter2")))));
}

TEST(EnvironmentReportsTest, NoValueOfALogBecomesConfiguration) {
    for (const std::string log : {"stdout; return 200", "/a$host", "off", "syslog:server=10.0.0.1 x", "audit.log",
                                  "/var/log/x\" escape=none", "/dev/stderr"}) {
        const bool is_carried = log.starts_with("/var/");  // quoted, as one parameter
        EXPECT_EQ(errors({{"MCP_AUDIT_LOG", log}}).empty(), is_carried) << log;
    }
}

TEST(EnvironmentReportsTest, WhatNginxNeedsIsKnown) {
    const Gateway gateway = read({{"MCP_AUDIT_LOG", "/var/log/mcp/audit.log"},
                                  {"MCP_AUDIT_IDENTITY", "hash"},
                                  {"MCP_AUDIT_KEY_FILE", "/run/secrets/key"},
                                  {"MCP_TRACE_EXPORTER", "https://otel.example.com/v1/traces"},
                                  {"MCP_TRACE_HEADERS_FILE", "/run/secrets/headers"}})
                                .gateway;
    EXPECT_EQ(gateway.written_file->path, "/var/log/mcp/audit.log");
    ASSERT_EQ(gateway.files.size(), 2U);
    EXPECT_EQ(gateway.files[0].least_bytes, mcp::shortest_audit_key);
    EXPECT_TRUE(gateway.files[0].may_be_secret && gateway.files[1].may_be_secret);
    const Gateway syslog = read({{"MCP_AUDIT_LOG", "syslog:server=logs.example.com"}}).gateway;
    EXPECT_FALSE(syslog.written_file);
    ASSERT_EQ(syslog.hosts.size(), 1U);
    EXPECT_EQ(syslog.hosts.front().host, "logs.example.com");
}

TEST(EnvironmentReportsTest, WhatHasNoEffectIsTold) {
    EXPECT_THAT(read({{"MCP_STATUS_ADDRESS", "0.0.0.0"}, {"MCP_TRACE_SAMPLE", "0.1"}}).findings.warnings,
                ElementsAre(HasSubstr("MCP_STATUS_ADDRESS has no effect without MCP_STATUS_PORT"),
                            HasSubstr("MCP_TRACE_SAMPLE has no effect without MCP_TRACE_EXPORTER")));
    EXPECT_THAT(errors({{"MCP_AUDIT_REQUIRED", "on"}}), ElementsAre(HasSubstr("MCP_AUDIT_LOG is not set")));
    EXPECT_THAT(errors({{"MCP_STATUS_PORT", "80"}}), ElementsAre(HasSubstr("the port of MCP_LISTEN_PORT")));
}

TEST(EnvironmentReportsTest, PlainHttpToAnotherMachineIsWarnedOf) {
    EXPECT_THAT(read({{"MCP_TRACE_EXPORTER", "http://collector:4318/v1/traces"}}).findings.warnings,
                ElementsAre(HasSubstr("is plain http")));
}

TEST(EnvironmentReportsTest, CredentialsOfAnExporterAreNotShown) {
    EXPECT_THAT(errors({{"MCP_TRACE_EXPORTER", "https://user:hunter2@otel.example.com/v1/traces"}}),
                ElementsAre(AllOf(HasSubstr("MCP_TRACE_EXPORTER"), Not(HasSubstr("hunter2")))));
    EXPECT_THAT(errors({{"MCP_TRACE_EXPORTER", "https://otel.example.com/v1/traces?key=hunter2"}}),
                ElementsAre(AllOf(HasSubstr("has a query"), Not(HasSubstr("hunter2")))));
}

}  // namespace
}  // namespace cli
