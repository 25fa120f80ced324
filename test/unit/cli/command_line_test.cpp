#include "cli/command_line.h"

#include <gmock/gmock.h>

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cli/commands.h"

namespace cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string failure_of(std::vector<const char*> arguments) {
    CLI::App app("", "mcp-resource");
    app.require_subcommand(1);
    add_token(app);
    add_keys(app);
    add_check(app);
    arguments.insert(arguments.begin(), "mcp-resource");
    try {
        parse(app, static_cast<int>(arguments.size()), arguments.data());
    } catch (const Failure& failure) {
        return failure.text;
    }
    return "";
}

TEST(CommandLineTest, AMistakeIsNamedAndNoValueIsRepeated) {
    for (const std::vector<const char*>& arguments :
         std::vector<std::vector<const char*>>{{"token", "inspect", "eyJ-secret", "eyJ-secret"},
                                               {"token", "inspect", "--leeway", "eyJ-secret"},
                                               {"token", "inspect", "--leeway=eyJ-secret"},
                                               {"token", "inspect", "--tokn=eyJ-secret"},
                                               {"keys", "generate", "--algorithm", "eyJ-secret"},
                                               {"check", "eyJ-secret"}})
        EXPECT_THAT(failure_of(arguments), AllOf(Not(HasSubstr("secret")), HasSubstr("...")));
    EXPECT_THAT(failure_of({"token", "inspect", "--tokn=eyJ-secret"}), HasSubstr("--tokn"));
    EXPECT_THAT(failure_of({"eyJ-secret"}), Not(HasSubstr("secret")));
    EXPECT_THAT(failure_of({"check", "chekc"}), HasSubstr("chekc"));
    EXPECT_THAT(failure_of({"token", "mint", "--key", "x"}), HasSubstr("--issuer is required"));
}

}  // namespace
}  // namespace cli
