#include "cli/doctor/clients.h"

#include <gmock/gmock.h>

#include <set>

namespace cli::doctor {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

TEST(DoctorClients, EachIsNamedOnce) {
    std::set<std::string_view> names;
    for (const Client& client : clients())
        EXPECT_TRUE(names.insert(client.name).second) << client.name;
    EXPECT_GE(names.size(), 7u);
}

TEST(DoctorClients, AreNamedInTheOrderOfTheTable) {
    EXPECT_EQ(names_of_clients([](const Client& client) { return client.name.starts_with('m'); }), "mcporter, mcp-use");
    EXPECT_EQ(names_of_clients([](const Client&) { return false; }), "");
}

TEST(DoctorClients, WhoHasAMetadataDocumentNeedsNoIdWhereItIsTaken) {
    const Registration documents = {.takes_metadata_documents = true};
    EXPECT_THAT(who_needs_an_id({}), Contains(HasSubstr("Codex: codex mcp add --oauth-client-id")));
    EXPECT_THAT(who_needs_an_id(documents), Not(Contains(HasSubstr("Codex"))));
    EXPECT_THAT(who_needs_an_id(documents), Not(Contains(HasSubstr("Copilot"))));
    EXPECT_THAT(who_needs_an_id(documents), Contains(HasSubstr("Gemini CLI: oauth.clientId")));
}

TEST(DoctorClients, TheRedirectUriMayDependOnWhetherTheServerNamesItself) {
    EXPECT_THAT(who_needs_an_id({.names_itself = true}),
                Contains(testing::EndsWith("redirect URI http://127.0.0.1:*/callback")));
    EXPECT_THAT(who_needs_an_id({.names_itself = false}),
                Contains(HasSubstr("redirect URI http://127.0.0.1:*/callback/ID")));
}

TEST(DoctorClients, WhoHasNoSettingForAnIdStandsInOneLine) {
    EXPECT_THAT(who_needs_an_id({}), Contains("No way to enter an id is known of: mcporter, mcp-use, Pydantic AI"));
}

}  // namespace
}  // namespace cli::doctor
