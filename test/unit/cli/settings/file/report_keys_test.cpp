#include "cli/settings/file/report_keys.h"

#include <gmock/gmock.h>

#include "cli/settings/file/documents.h"

namespace cli::file {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

std::string document_of(const std::string& keys) {
    return "{ " + keys + ", resources: " + flow(plain_resource()) + " }\n";
}

std::vector<std::string> errors_with(const std::string& keys) {
    return errors_of(document_of(keys));
}

Gateway gateway_with(const std::string& keys) {
    Findings findings;
    Gateway gateway = read_text(document_of(keys), "/etc/mcp.yaml", findings);
    EXPECT_THAT(findings.errors, IsEmpty());
    return gateway;
}

TEST(ReportKeysTest, AMistakeIsToldWithItsPlace) {
    EXPECT_THAT(errors_with("audit: { log: stdout, identity: hash }"),
                ElementsAre(AllOf(StartsWith("/etc/mcp.yaml:1:"), HasSubstr("audit.identity: needs audit.key_file"))));
    EXPECT_THAT(errors_with("status: { port: 80 }"),
                ElementsAre(AllOf(StartsWith("/etc/mcp.yaml:1:19: status.port: is 80"), HasSubstr("listen.port"))));
    EXPECT_THAT(errors_with("audit: { required: on }"), ElementsAre(HasSubstr("audit.required: needs a file")));
    EXPECT_THAT(errors_with("audit: { log: off }, status: { port: 0 }, tracing: { exporter: a, sample: 2 }"),
                ElementsAre(HasSubstr("audit.log: \"off\""), HasSubstr("status.port:"), HasSubstr("tracing.exporter:"),
                            HasSubstr("tracing.sample:")));
}

TEST(ReportKeysTest, WhatAFlowMappingCutsIsToldAsThat) {
    EXPECT_THAT(errors_with("audit: { log: syslog:server=10.0.0.1,facility=local7 }"), Not(IsEmpty()));
    EXPECT_EQ(gateway_with("audit: { log: \"syslog:server=10.0.0.1,facility=local7\" }").audit->log,
              "syslog:server=10.0.0.1,facility=local7");
}

TEST(ReportKeysTest, AFileOfRecordsStandsBesideTheSettings) {
    const Gateway gateway = gateway_with("audit: { log: log/audit.log, required: on }");
    EXPECT_EQ(gateway.audit->log, "/etc/log/audit.log");
    EXPECT_TRUE(gateway.audit->is_required);
    ASSERT_TRUE(gateway.written_file);
    EXPECT_EQ(gateway.written_file->path, "/etc/log/audit.log");
    EXPECT_THAT(gateway.written_file->origin, AllOf(StartsWith("/etc/mcp.yaml:1:"), HasSubstr("audit.log")));
    EXPECT_THAT(gateway.files, IsEmpty());
}

TEST(ReportKeysTest, StandardOutputIsNoFile) {
    const Gateway gateway = gateway_with("audit: { log: stdout }, observe: off");
    EXPECT_EQ(gateway.audit->log, "stdout");
    EXPECT_FALSE(gateway.written_file);
    EXPECT_EQ(gateway.observe, false);
}

TEST(ReportKeysTest, AServerOfSyslogMustBeKnown) {
    const Gateway gateway = gateway_with("audit: { log: \"syslog:server=logs.example.com\" }");
    ASSERT_EQ(gateway.hosts.size(), 2U);  // the backend first
    EXPECT_EQ(gateway.hosts.back().host, "logs.example.com");
    EXPECT_THAT(gateway.hosts.back().origin, HasSubstr("audit.log"));
}

TEST(ReportKeysTest, CredentialsOfAnExporterAreNotShown) {
    EXPECT_THAT(errors_with("tracing: { exporter: \"https://user:hunter2@otel.example.com/v1/traces\" }"),
                ElementsAre(AllOf(HasSubstr("tracing.exporter"), Not(HasSubstr("hunter2")))));
}

}  // namespace
}  // namespace cli::file
