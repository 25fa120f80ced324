#include "cli/settings/file/reader.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "cli/settings/file/documents.h"

namespace cli {
namespace {

using file::errors_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view small = R"(listen: { port: 8080 }
resources:
  - url: https://mcp.example.com/mcp
    backend: http://127.0.0.1:3001
    authorization_servers: https://auth.example.com
    scopes: { required: mcp:read }
    tools: { "write_*": mcp:write }
)";

Gateway read(const std::string& text) {
    Findings findings;
    Gateway gateway = read_text(text, "/etc/mcp.yaml", findings);
    EXPECT_THAT(findings.errors, IsEmpty());
    return gateway;
}

// A file of the text in a folder of its own.
class FileTest : public testing::Test {
protected:
    FileTest() : folder_(testing::TempDir() + "mcp-file-" + std::to_string(::getpid())) {
        std::filesystem::create_directories(folder_);
    }
    ~FileTest() override { std::filesystem::remove_all(folder_); }

    std::string name(const std::string& base) const { return folder_ + '/' + base; }
    std::string write(std::string_view text) const {
        std::ofstream(name("mcp.yaml"), std::ios::binary) << text;
        return name("mcp.yaml");
    }
    static std::vector<std::string> errors(const std::string& path) {
        Findings findings;
        read_file(path, findings);
        return findings.errors;
    }

    std::string folder_;
};

TEST(ReaderTest, ASmallFileSaysWhatFollows) {
    const Gateway gateway = read(std::string(small));
    EXPECT_EQ(gateway.port, 8080);
    ASSERT_THAT(gateway.servers, SizeIs(1));
    EXPECT_THAT(gateway.servers[0].names, ElementsAre("mcp.example.com"));
    ASSERT_THAT(gateway.servers[0].resources, SizeIs(1));
    const Resource& resource = gateway.servers[0].resources[0];
    EXPECT_EQ(resource.origin, "resources[0]");
    EXPECT_EQ(resource.path, "/mcp");
    EXPECT_TRUE(resource.discovery);
    EXPECT_THAT(resource.required_scopes, ElementsAre("mcp:read"));
    ASSERT_THAT(resource.operation_scopes, SizeIs(1));
    EXPECT_EQ(resource.operation_scopes[0].selector, "tool");
    EXPECT_EQ(resource.operation_scopes[0].pattern, "write_*");
    EXPECT_EQ(resource.backend.host, "127.0.0.1");
    EXPECT_EQ(resource.backend.port, 3001);
    ASSERT_THAT(gateway.hosts, SizeIs(1));
    EXPECT_EQ(gateway.hosts[0].origin, "/etc/mcp.yaml:4:14: resources[0].backend");
}

TEST(ReaderTest, AllMistakesAreToldAtOnceInTheOrderOfTheFile) {
    EXPECT_THAT(
        errors_of(R"(listen: { port: 0 }
resources:
  - url: https://mcp.example.com/mcp#x
    backend: 127.0.0.1
    tools:
      "write_*": [mcp:read mcp:write]
    levay: 30s
)"),
        ElementsAre(HasSubstr("/etc/mcp.yaml:1:17: listen.port: \"0\" is not a valid number; expected a port"),
                    HasSubstr("/etc/mcp.yaml:3:10: resources[0].url: "), HasSubstr(":4:14: resources[0].backend: "),
                    "/etc/mcp.yaml:6:19: resources[0].tools.\"write_*\"[0]: \"mcp:read mcp:write\" has a space; "
                    "expected one scope like mcp:read; several are a list: [mcp:read, mcp:write]",
                    "/etc/mcp.yaml:7:5: resources[0].levay: is not a known key; did you mean \"leeway\"?"));
}

TEST(ReaderTest, WhatIsNeededIsMissedAtItsMapping) {
    EXPECT_THAT(errors_of("listen: { port: 80 }\n"), ElementsAre(HasSubstr(":1:1: needs \"resources\": ")));
    EXPECT_THAT(errors_of("resources:\n  - backend: http://x\n"),
                ElementsAre(HasSubstr(":2:5: resources[0]: needs \"url\": a URL like https://mcp.example.com/mcp")));
    EXPECT_THAT(errors_of("resources:\n  - { url: https://x/mcp, backend: http://x }\n"),
                ElementsAre(HasSubstr(":2:5: resources[0]: needs \"authorization_servers\"")));
    EXPECT_THAT(errors_of("tls: { key: /k }\n" + std::string(small)),
                ElementsAre(HasSubstr(":1:6: tls: needs \"certificate\"")));
    EXPECT_THAT(errors_of(""), ElementsAre("/etc/mcp.yaml: is empty; it needs at least \"resources\""));
    EXPECT_THAT(errors_of("just text\n"), ElementsAre(HasSubstr("is not a mapping")));
}

TEST(ReaderTest, OneAndAListMeanTheSame) {
    for (const std::string value : {"mcp:read", "[mcp:read]"})
        EXPECT_THAT(read(file::document({{"url", "https://a/mcp"},
                                         {"backend", "http://b"},
                                         {"authorization_servers", "[https://c]"},
                                         {"scopes", "{ required: " + value + " }"}}))
                        .servers[0]
                        .resources[0]
                        .required_scopes,
                    ElementsAre("mcp:read"));
    EXPECT_THAT(read("resources: " + file::flow(file::plain_resource())).servers, SizeIs(1));
}

TEST(ReaderTest, BooleansAndNumbersAreWhatPeopleWrite) {
    for (const std::string value : {"true", "yes", "on", "\"on\""}) {
        auto resource = file::plain_resource();
        resource["keys"] = "{ file: /keys/jwks.json }";
        resource["insecure_skip_issuer_check"] = value;
        EXPECT_TRUE(read(file::document(resource)).servers[0].resources[0].skip_issuer_check) << value;
    }
    auto resource = file::plain_resource();
    resource["name"] = "2026";
    resource["audiences"] = "[api, 12345]";
    const Resource read_one =
        read(file::document(resource, {{"listen", "{ port: \"8080\" }"}})).servers[0].resources[0];
    EXPECT_EQ(read_one.names[0].text, "2026");
    EXPECT_THAT(read_one.audiences, ElementsAre("api", "12345"));
}

TEST(ReaderTest, AResourcesOwnKeyReplacesTheDefault) {
    const Gateway gateway = read(R"(
defaults: { authorization_servers: https://auth.example.com, leeway: 30s, tools: { a: x, b: y } }
resources:
  - { url: https://a.example.com/mcp, backend: http://a }
  - { url: https://b.example.com/mcp, backend: http://b, leeway: 10s, tools: { c: z }, authorization_servers: https://other.example.com }
)");
    const Resource& a = gateway.servers[0].resources[0];
    const Resource& b = gateway.servers[1].resources[0];
    EXPECT_EQ(a.leeway, "30s");
    EXPECT_EQ(b.leeway, "10s");
    EXPECT_THAT(a.operation_scopes, SizeIs(2));
    EXPECT_THAT(b.operation_scopes, SizeIs(1));
    EXPECT_THAT(b.authorization_servers, ElementsAre("https://other.example.com"));
}

TEST(ReaderTest, AMistakeInTheDefaultsIsToldOnce) {
    EXPECT_THAT(errors_of("defaults: { leeway: 2h, backend: http://x }\n" + std::string(small)),
                ElementsAre(HasSubstr("defaults.leeway: \"2h\" is too long"),
                            HasSubstr("defaults.backend: is not a known key")));
}

TEST(ReaderTest, ResourcesOfOneHostShareAServer) {
    const Gateway gateway = read(R"(
defaults: { authorization_servers: https://auth.example.com }
resources:
  - { url: https://MCP.example.com/a, backend: http://a }
  - { url: https://mcp.example.com/b, backend: http://b }
  - { url: https://other.example.com, backend: unix:/run/c.sock }
)");
    ASSERT_THAT(gateway.servers, SizeIs(2));
    EXPECT_THAT(gateway.servers[0].resources, SizeIs(2));
    EXPECT_EQ(gateway.servers[1].resources[0].path, "/");
    EXPECT_EQ(gateway.servers[1].resources[0].backend.host, "/run/c.sock");
    EXPECT_EQ(gateway.port, 80);
}

// nginx would ignore one of them, and its rules with it.
TEST(ReaderTest, HostNamesAreComparedAsNginxDoes) {
    const auto errors = [](const std::string& a, const std::string& b, const std::string& path = "/mcp") {
        const std::string common = ", backend: http://b, authorization_servers: https://c }\n";
        return errors_of("resources:\n  - { url: https://one.example.com/mcp, path: /mcp, server_names: " + a + common +
                         "  - { url: https://two.example.com/mcp, path: " + path + ", server_names: " + b + common);
    };
    EXPECT_THAT(errors("a.example.com", "b.example.com"), IsEmpty());
    EXPECT_THAT(errors("a.example.com", "A.example.com", "/b"), IsEmpty());
    EXPECT_THAT(errors("a.example.com", "A.example.com"), ElementsAre(HasSubstr("is at the same place as")));
    EXPECT_THAT(errors("a.example.com", "a.example.com."), ElementsAre(HasSubstr("is at the same place as")));
    EXPECT_THAT(errors("a.example.com", "a.example.com", "/MCP"), ElementsAre(HasSubstr("is at the same place as")));
    EXPECT_THAT(errors(".example.com", "[\"*.example.com\", example.com]"),
                ElementsAre(HasSubstr("is at the same place as")));
    for (const std::string other : {"example.com", "\"*.example.com\""})
        EXPECT_THAT(errors(".example.com", other), ElementsAre(HasSubstr("shares some of its host names"))) << other;
}

TEST(ReaderTest, WhatLooksLikeAListIsToldHowOneIsWritten) {
    EXPECT_THAT(errors_of(std::string(small) + "    prompts: { a: s }\n").size(), 0U);
    const std::string resource =
        "resources:\n  - url: https://a/mcp\n    backend: http://b\n    authorization_servers: "
        "https://c\n    scopes: { required: mcp:read, mcp:write }\n";
    EXPECT_THAT(errors_of(resource), ElementsAre(HasSubstr("several values are a list: [a, b]")));
}

TEST(ReaderTest, TwoResourcesAtOnePlaceAreToldByName) {
    const std::string start =
        "defaults: { authorization_servers: https://auth.example.com }\nresources:\n"
        "  - { url: https://a.example.com/mcp, backend: http://a }\n";
    EXPECT_THAT(errors_of(start + "  - { url: https://a.example.com/mcp, backend: http://b }\n"),
                ElementsAre(HasSubstr(":4:12: resources[1].url: is at the same place as resources[0]")));
    EXPECT_THAT(errors_of(start + "  - { url: https://a.example.com/mcp, path: /x, backend: http://b }\n"),
                ElementsAre(HasSubstr("is the URL of resources[0], too")));
    EXPECT_THAT(
        errors_of(start +
                  "  - { url: https://a.example.com/b, server_names: [a.example.com, b], backend: http://b }\n"),
        ElementsAre(HasSubstr("shares some of its host names")));
}

TEST(ReaderTest, RelativePathsBeginAtTheFolderOfTheFile) {
    auto resource = file::plain_resource();
    resource["keys"] = "[{ file: keys/../jwks.json }]";
    const Gateway gateway = read(file::document(resource));
    EXPECT_EQ(gateway.servers[0].resources[0].key_sets[0].file_or_url, "/etc/jwks.json");
    ASSERT_THAT(gateway.files, SizeIs(1));
    EXPECT_EQ(gateway.files[0].path, "/etc/jwks.json");
    EXPECT_THAT(gateway.files[0].origin, HasSubstr("resources[0].keys[0].file"));
}

TEST(ReaderTest, TheHostThatABackendSees) {
    const auto host_of = [](const std::string& backend) {
        auto resource = file::plain_resource();
        resource["backend"] = backend;
        return read(file::document(resource)).servers[0].resources[0].backend.host_header;
    };
    EXPECT_EQ(host_of("http://a:3001"), "");
    EXPECT_EQ(host_of("{ url: http://a:3001, host: client }"), "");
    EXPECT_EQ(host_of("{ url: http://a:3001, host: backend }"), "a:3001");
    EXPECT_EQ(host_of("{ url: https://a, host: backend }"), "a");
    EXPECT_EQ(host_of("{ url: unix:/run/a.sock, host: backend }"), "localhost");
    EXPECT_EQ(host_of("{ url: https://a, host: b.example.com:8443 }"), "b.example.com:8443");
}

TEST(ReaderTest, PlainHttpIsWarnedAboutUnlessItIsThisMachine) {
    auto resource = file::plain_resource();
    resource["authorization_servers"] = "http://auth.example.com";
    EXPECT_THAT(file::findings_of(file::document(resource)).warnings, ElementsAre(HasSubstr("is plain http")));
    resource["authorization_servers"] = "http://127.0.0.1:9000";
    EXPECT_THAT(file::findings_of(file::document(resource)).warnings, IsEmpty());
}

TEST_F(FileTest, IsReadWithWhatStandsBesideIt) {
    const std::string path = write(small);
    EXPECT_THAT(errors(path), IsEmpty());
    Findings findings;
    EXPECT_EQ(read_file(path, findings).include_folder, "");
    std::filesystem::create_directory(name("include.d"));
    EXPECT_EQ(read_file(path, findings).include_folder, name("include.d"));
}

TEST_F(FileTest, WhatIsNoSettingsFileIsOneClearLineAndNoWait) {
    EXPECT_THAT(errors(name("none.yaml")), ElementsAre(HasSubstr("cannot be read: No such file")));
    EXPECT_THAT(errors(folder_), ElementsAre(HasSubstr("is a folder")));
    ASSERT_EQ(::mkfifo(name("pipe").c_str(), 0600), 0);
    EXPECT_THAT(errors(name("pipe")), ElementsAre(HasSubstr("is not a regular file")));
    EXPECT_THAT(errors("/dev/zero"), ElementsAre(HasSubstr("is not a regular file")));
    EXPECT_THAT(errors(write(std::string(10'000'000, '#'))), ElementsAre(HasSubstr("is larger than 1 MB")));
    EXPECT_THAT(errors(write(std::string("\x89PNG\r\n\x1A\n\0\0", 10))), ElementsAre(HasSubstr("is binary")));
    EXPECT_THAT(errors(write("")), ElementsAre(HasSubstr("is empty")));
}

}  // namespace
}  // namespace cli
