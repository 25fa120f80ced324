#include "cli/settings/reports.h"

#include <gmock/gmock.h>

#include <cstdlib>

namespace cli {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

TEST(ReportsTest, NothingButALogIsALog) {
    for (const std::string_view bad : {"",
                                       "off",
                                       "on",
                                       "stderr",
                                       "stdot",
                                       "STDOUT",
                                       "syslog",
                                       "syslog:",
                                       "syslog:facility=local7",
                                       "syslog:server=",
                                       "syslog:server=a b",
                                       "syslog:server=10.0.0.1:0",
                                       "syslog:server=::1",
                                       "syslog:server=http://10.0.0.1",
                                       "syslog:server=10.0.0.1;",
                                       "syslog:server=10.0.0.1,",
                                       "syslog:server=$host",
                                       "syslog:server=10.0.0.1,facility=local8",
                                       "syslog:server=10.0.0.1,severity=loud",
                                       "syslog:server=10.0.0.1,tag=a-b",
                                       "syslog:server=10.0.0.1,tag=",
                                       "syslog:server=10.0.0.1,server=10.0.0.2",
                                       "syslog:server=10.0.0.1,nohostname=on",
                                       "syslog:server=10.0.0.1,tag",
                                       "syslog:server=10.0.0.1,buffer=1k",
                                       "syslog:server=unix:run/log",
                                       "syslog:server=unix:/a$b",
                                       "https://logs.example.com/",
                                       "/var/log/$host.log",
                                       "/var/log/",
                                       "/dev/stdout",
                                       "/dev/null"})
        EXPECT_NE(audit_log_problem(bad), "") << bad;
    EXPECT_NE(audit_log_problem("syslog:server=10.0.0.1,tag=" + std::string(33, 'a')), "");
    for (const std::string_view good :
         {"stdout", "/var/log/mcp/audit.log", "./audit", "audit.log", "syslog:server=10.0.0.1",
          "syslog:server=logs.example.com:1514", "syslog:server=[::1]:514", "syslog:server=unix:/run/log.sock",
          "syslog:facility=local7,severity=notice,tag=mcp_1,nohostname,server=10.0.0.1"})
        EXPECT_EQ(audit_log_problem(good), "") << good;
}

TEST(ReportsTest, OnlyANameOfASyslogServerHasToBeLookedUp) {
    EXPECT_EQ(syslog_name("syslog:tag=a,server=logs.example.com:1514"), "logs.example.com");
    for (const std::string_view log : {"syslog:server=10.0.0.1:514", "syslog:server=[::1]",
                                       "syslog:server=unix:/run/log", "stdout", "/var/log/server=a"})
        EXPECT_EQ(syslog_name(log), "") << log;
}

TEST(ReportsTest, AnExporterIsAUrlWithAPathAndNothingSecret) {
    for (const std::string_view bad :
         {"", "collector:4318", "collector:4318/v1/traces", "grpc://collector:4317/x",
          "http://user:pw@collector/v1/traces", "http://collector:4318", "http://collector:4318/",
          "http://collector/v1/traces?key=s", "http://c/v1#x", "http://c/v1/traces; return 200"})
        EXPECT_NE(exporter_problem(bad), "") << bad;
    EXPECT_EQ(exporter_problem("https://otel.example.com/v1/traces"), "");
    EXPECT_TRUE(is_plain_http_to_others("http://collector:4318/v1/traces"));
    EXPECT_FALSE(is_plain_http_to_others("http://127.0.0.1:4318/v1/traces"));
    EXPECT_FALSE(is_plain_http_to_others("https://collector/v1/traces"));
}

TEST(ReportsTest, ASampleIsFromZeroToOne) {
    for (const std::string_view bad : {"", "-0.1", "1.1", "1.0001", "2", "10%", "0.", ".5", "0.1.2", "1e-3", "0x1",
                                       "0,5", "00", "0.5 ", "+1", "nan", "0.11111111111111111111"})
        EXPECT_NE(sample_problem(bad), "") << bad;
    for (const std::string_view good : {"0", "1", "0.0", "1.0", "0.5", "0.001"})
        EXPECT_EQ(sample_problem(good), "") << good;
}

TEST(ReportsTest, AServiceHasAName) {
    EXPECT_NE(service_problem(""), "");
    EXPECT_NE(service_problem(std::string(256, 'a')), "");
    EXPECT_EQ(service_problem("mcp gateway"), "");
}

using Told = std::vector<std::pair<std::string, std::string>>;

Told told(const Gateway& gateway) {
    static constexpr ReportNames names = {.log = "LOG",
                                          .identity = "IDENTITY",
                                          .key_file = "KEY",
                                          .required = "REQUIRED",
                                          .status_port = "STATUS",
                                          .listen_port = "LISTEN",
                                          .backend = "BACKEND"};
    Told found;
    check_reports(gateway, names,
                  [&](std::string_view name, const std::string& what) { found.emplace_back(name, what); });
    return found;
}

Gateway with(const Audit& audit) {
    Gateway gateway;
    gateway.port = 80;
    gateway.audit = audit;
    return gateway;
}

Audit audit(std::string log, std::string identity = "", std::string key = "", bool is_required = false) {
    return {
        .log = std::move(log), .identity = std::move(identity), .key_file = std::move(key), .is_required = is_required};
}

TEST(ReportsTest, HashesNeedAKey) {
    EXPECT_THAT(told(with(audit("stdout", "hash"))), ElementsAre(Pair("IDENTITY", HasSubstr("needs KEY"))));
    EXPECT_THAT(told(with(audit("stdout", "hash", "/k"))), IsEmpty());
    EXPECT_THAT(told(with(audit("stdout", "", "/k"))), IsEmpty());  // of sessions
}

TEST(ReportsTest, IdentitiesAreShownInRecordsOrOnThePage) {
    EXPECT_THAT(told(with(audit("", "plain"))), ElementsAre(Pair("IDENTITY", "has no effect without LOG or STATUS")));
    EXPECT_THAT(told(with(audit("", "", "/k"))), ElementsAre(Pair("KEY", "has no effect without LOG or STATUS")));
    Gateway gateway = with(audit("", "hash", "/k"));
    gateway.status = StatusListener{.port = 9464, .addresses = {}, .port_setting = {}, .address_setting = {}};
    EXPECT_THAT(told(gateway), IsEmpty());
}

TEST(ReportsTest, OnlyAFileCanBeRequired) {
    for (const std::string log : {"stdout", "syslog:server=10.0.0.1", ""})
        EXPECT_THAT(told(with(audit(log, "", "", true))), ElementsAre(Pair("REQUIRED", HasSubstr("needs a file"))))
            << log;
    EXPECT_THAT(told(with(audit("/var/log/audit.log", "", "", true))), IsEmpty());
}

TEST(ReportsTest, TheStatusPageIsNeverWhereClientsComeOrTheBackendIs) {
    Gateway gateway;
    gateway.port = 9464;
    gateway.status = StatusListener{.port = 9464, .addresses = {}, .port_setting = {}, .address_setting = {}};
    EXPECT_THAT(told(gateway), ElementsAre(Pair("STATUS", AllOf(HasSubstr("is 9464"), HasSubstr("port of LISTEN")))));
    gateway.port = 80;
    EXPECT_THAT(told(gateway), IsEmpty());
    Resource resource;
    resource.backend.host = "127.0.0.1";
    resource.backend.port = 9464;
    gateway.servers = {{.names = {}, .resources = {resource, resource}}};
    EXPECT_THAT(told(gateway), ElementsAre(Pair("STATUS", HasSubstr("port of BACKEND"))));
}

TEST(ReportsTest, RequestsAreObservedWhereSomethingIsMadeOfThat) {
    Gateway gateway;
    EXPECT_FALSE(observes(gateway));
    gateway.audit.emplace().identity = "plain";
    EXPECT_FALSE(observes(gateway));
    gateway.audit->log = "stdout";
    EXPECT_TRUE(observes(gateway));
    gateway.observe = false;
    EXPECT_FALSE(observes(gateway));
    gateway = {};
    gateway.tracing.emplace();
    EXPECT_TRUE(observes(gateway));
    gateway = {};
    gateway.status.emplace();
    EXPECT_TRUE(observes(gateway));
    gateway = {};
    gateway.observe = true;
    EXPECT_TRUE(observes(gateway));
}

// What the image says of itself, as long as this lives.
class ContainerVariable {
public:
    explicit ContainerVariable(bool is_set) {
        if (is_set)
            ::setenv("container", "oci", 1);
        else
            ::unsetenv("container");
    }
    ContainerVariable(const ContainerVariable&) = delete;
    ContainerVariable& operator=(const ContainerVariable&) = delete;
    ~ContainerVariable() { ::unsetenv("container"); }
};

std::vector<std::string> settled(bool is_in_image, std::vector<std::string> addresses, Findings& findings) {
    const ContainerVariable variable(is_in_image);
    Gateway gateway;
    gateway.status =
        StatusListener{.port = 9464, .addresses = std::move(addresses), .port_setting = {}, .address_setting = {}};
    settle_status(gateway, findings);
    return gateway.status->addresses;
}

TEST(ReportsTest, OutsideOfTheImageTheStatusPageIsForThisMachineAlone) {
    Findings host;
    EXPECT_THAT(settled(false, {}, host), ElementsAre("127.0.0.1"));
    EXPECT_THAT(host.derived,
                ElementsAre("status page http://127.0.0.1:9464/status, metrics http://127.0.0.1:9464/metrics"));
    Findings image;
    EXPECT_THAT(settled(true, {}, image), IsEmpty());
    EXPECT_THAT(image.derived, ElementsAre(HasSubstr("on port 9464 of all addresses")));
    Findings said;
    EXPECT_THAT(settled(true, {"10.0.0.5"}, said), ElementsAre("10.0.0.5"));
    Findings wrong;
    wrong.errors = {"x"};
    settled(false, {}, wrong);
    EXPECT_THAT(wrong.derived, IsEmpty());
}

}  // namespace
}  // namespace cli
