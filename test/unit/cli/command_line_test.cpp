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
                                               {"keys", "generate", "--algorithm", "eyJ-secret"},
                                               {"check", "eyJ-secret"}})
        EXPECT_THAT(failure_of(arguments), AllOf(Not(HasSubstr("secret")), HasSubstr("...")));
    EXPECT_THAT(failure_of({"token", "inspect", "--tokn=eyJ-secret"}),
                AllOf(HasSubstr("--tokn "), Not(HasSubstr("secret"))));
    EXPECT_THAT(failure_of({"eyJ-secret"}), Not(HasSubstr("secret")));
    EXPECT_THAT(failure_of({"check", "chekc"}), HasSubstr("chekc"));
    EXPECT_THAT(failure_of({"token", "mint", "--key", "x"}), HasSubstr("--issuer is required"));
}

TEST(CommandLineTest, TheNearestOptionIsNamed) {
    EXPECT_EQ(failure_of({"check", "--resouce", "eyJ-secret"}),
              "unknown option --resouce of `check`: did you mean --resource?");
    EXPECT_EQ(failure_of({"check", "--resouce=eyJ-secret"}),
              "unknown option --resouce of `check`: did you mean --resource?");
    EXPECT_EQ(failure_of({"token", "inspect", "--isuer", "x", "eyJ-secret"}),
              "unknown option --isuer of `token inspect`: did you mean --issuer?");
    EXPECT_EQ(failure_of({"token", "mint", "--isuer", "x"}),  // sooner than what is lacking then
              "unknown option --isuer of `token mint`: did you mean --issuer?");
    EXPECT_EQ(failure_of({"--hepl"}), "unknown option --hepl: did you mean --help?");
}

TEST(CommandLineTest, WhatIsNearToNothingIsNoGuess) {
    EXPECT_EQ(failure_of({"check", "--frobnicate"}),
              "unknown option --frobnicate of `check`; `mcp-resource check --help` lists the possible ones");
    EXPECT_EQ(failure_of({"check", "--rxsxuxce"}),  // three steps
              "unknown option --rxsxuxce of `check`; `mcp-resource check --help` lists the possible ones");
    EXPECT_EQ(failure_of({"check", "--xy"}),
              "unknown option --xy of `check`; `mcp-resource check --help` lists the possible ones");
    EXPECT_EQ(failure_of({"foo"}), "unknown command \"foo\"; `mcp-resource --help` lists the possible ones");
    EXPECT_EQ(failure_of({"token", "foo"}),
              "unknown command \"token foo\"; `mcp-resource token --help` lists the possible ones");
}

TEST(CommandLineTest, TheNearestCommandIsNamed) {
    EXPECT_EQ(failure_of({"chekc"}), "unknown command \"chekc\": did you mean \"check\"?");
    EXPECT_EQ(failure_of({"chekc", "--port", "80"}), "unknown command \"chekc\": did you mean \"check\"?");
    EXPECT_EQ(failure_of({"chekc", "--help"}), "unknown command \"chekc\": did you mean \"check\"?");
    EXPECT_EQ(failure_of({"token", "inspct", "eyJ-secret"}),
              "unknown command \"token inspct\": did you mean \"token inspect\"?");
}

TEST(CommandLineTest, WithoutACommandAllAreNamed) {
    EXPECT_EQ(failure_of({}), "give a command: token, keys, check; `mcp-resource --help` describes each");
    EXPECT_EQ(failure_of({"token"}),
              "give a command: token mint, token inspect; `mcp-resource token --help` describes each");
}

TEST(CommandLineTest, ATokenThatBeginsLikeAnOptionIsNotRepeated) {
    for (const std::vector<const char*>& arguments :
         std::vector<std::vector<const char*>>{{"token", "inspect", "-eyJ-secret"},
                                               {"token", "inspect", "--eyJ-secret"},
                                               {"token", "inspect", "--e_secret=x"},
                                               {"token", "inspect", "-secret"},
                                               {"-secret"}})
        EXPECT_THAT(failure_of(arguments), AllOf(Not(HasSubstr("secret")), HasSubstr("put -- before it")));
    EXPECT_THAT(failure_of({"token", "inspect", "--secret-secret-secret-secret-secret"}), Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace cli
