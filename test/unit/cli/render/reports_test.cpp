#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "support/gateways.h"

namespace cli {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(RenderReportsTest, NothingIsSaidOfWhatNobodyAskedFor) {
    const std::string text = text_of(gateway_to("10.0.0.1"));
    for (const std::string name : {"mcp_observe", "mcp_audit", "mcp_status", "mcp_metrics", "mcp_trace"})
        EXPECT_THAT(text, Not(HasSubstr(name)));
}

TEST(RenderReportsTest, RecordsStandBesideTheAccessLog) {
    Gateway gateway = gateway_to("10.0.0.1");
    gateway.audit.emplace().log = "stdout";
    const std::string text = text_of(gateway);
    EXPECT_THAT(text, HasSubstr("access_log /dev/stdout mcp;"));
    EXPECT_THAT(text, HasSubstr("    log_format mcp_audit escape=none $mcp_audit;\n"
                                "    access_log /dev/stdout mcp_audit if=$mcp_audit;\n"));
    EXPECT_THAT(text, HasSubstr("mcp_audit identity=plain;"));
    EXPECT_THAT(text, HasSubstr("mcp_observe on;"));
    EXPECT_THAT(text, Not(HasSubstr("mcp_audit_required")));
    gateway.observe = false;
    EXPECT_THAT(text_of(gateway), Not(HasSubstr("mcp_observe")));
}

TEST(RenderReportsTest, AFileOfRecordsStaysOneParameter) {
    Gateway gateway = gateway_to("10.0.0.1");
    gateway.audit =
        Audit{.log = "/a b/x\"; return 200", .identity = "hash", .key_file = "/run/the key", .is_required = true};
    const std::string text = text_of(gateway);
    EXPECT_THAT(text, HasSubstr(R"(access_log "/a b/x\"; return 200" mcp_audit if=$mcp_audit;)"));
    EXPECT_THAT(text, HasSubstr("mcp_audit identity=hash \"key_file=/run/the key\";"));
    EXPECT_THAT(text, HasSubstr("mcp_audit_required on;"));
}

TEST(RenderReportsTest, TheStatusPageHasAServerOfItsOwn) {
    Gateway gateway = gateway_to("10.0.0.1");
    gateway.status = StatusListener{.port = 9464, .addresses = {}, .port_setting = {}, .address_setting = {}};
    const std::string text = text_of(gateway);
    const std::size_t own = text.find("        listen 9464;\n        listen [::]:9464;\n        access_log off;\n");
    ASSERT_NE(own, std::string::npos) << text;
    for (const std::string place : {"= /status {\n            mcp_status;", "= /status.json {\n            mcp_status;",
                                    "= /metrics {\n            mcp_metrics;"}) {
        EXPECT_GT(text.find(place), own) << place;
        EXPECT_EQ(text.find(place), text.rfind(place)) << place;
    }
    EXPECT_EQ(text.find("mcp_resource", own), std::string::npos);
    gateway.status->addresses = {"127.0.0.1"};
    EXPECT_THAT(text_of(gateway), HasSubstr("        listen 127.0.0.1:9464;\n        access_log off;\n"));
    EXPECT_THAT(text_of(gateway, {.has_ipv6 = false}), Not(HasSubstr("[::]:9464")));
}

TEST(RenderReportsTest, AStatusPageForThisMachineIsForNoNameOfAnother) {
    const std::string names = "server_name localhost 127.0.0.1 [::1];";
    Gateway gateway = gateway_to("10.0.0.1");
    gateway.status =
        StatusListener{.port = 9464, .addresses = {"127.0.0.1", "[::1]"}, .port_setting = {}, .address_setting = {}};
    const std::string text = text_of(gateway);
    EXPECT_THAT(text, HasSubstr("access_log off;\n        return 421;\n    }\n"));
    EXPECT_LT(text.find("return 421;"), text.find(names));
    for (const std::vector<std::string>& addresses :
         std::vector<std::vector<std::string>>{{}, {"10.0.0.5"}, {"127.0.0.1", "10.0.0.5"}}) {
        gateway.status->addresses = addresses;
        EXPECT_THAT(text_of(gateway), Not(HasSubstr(names)));
        EXPECT_THAT(text_of(gateway), Not(HasSubstr("return 421;")));
    }
}

TEST(RenderReportsTest, TracesGoWhereTheSettingsSay) {
    Gateway gateway = gateway_to("10.0.0.1");
    gateway.tracing = Tracing{.exporter = "http://127.0.0.1:4318/v1/traces",
                              .sample = "0.1",
                              .headers_file = "/run/secrets/h",
                              .service = "my gateway"};
    EXPECT_THAT(text_of(gateway), HasSubstr("mcp_trace_exporter http://127.0.0.1:4318/v1/traces sample=0.1 "
                                            "headers_file=/run/secrets/h \"service=my gateway\";"));
}

}  // namespace
}  // namespace cli
