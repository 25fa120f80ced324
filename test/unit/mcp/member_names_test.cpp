#include "mcp/member_names.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace mcp {
namespace {

constexpr std::array<KnownName, 2> known{
    {{.exact = "taskId", .folded = "taskid"}, {.exact = "_meta", .folded = "meta"}}};

bool is_clear(std::string_view object) {
    const auto document = oauth::json::Document::parse(object);
    EXPECT_TRUE(document) << object;
    std::array<std::optional<oauth::json::Value>, known.size()> found;
    return document && find_members(document->root(), known, found);
}

TEST(MemberNamesTest, FoldingIsWhatTheMostTolerantReaderDoes) {
    const auto with = [](std::string_view name) { return "{\"" + std::string(name) + "\":1}"; };
    for (const std::string_view name : {"taskid", "TASKID", "task_id", "task-id", "_taskId_", "ta\xC5\xBFkid",
                                        "tas\xE2\x84\xAAid", "task\xC4\xB0\x64", "task\xC4\xB1\x64", "taskid\\u0000x"})
        EXPECT_FALSE(is_clear(with(name))) << name;
    for (const std::string_view name : {"", "taski", "taskidd", "task id", "t\xC3\xA4skid"})
        EXPECT_TRUE(is_clear(with(name))) << name;
}

TEST(MemberNamesTest, TwoNamesThatFoldToTheSameAreUnclear) {
    for (const char* object : {R"({"a":1,"A":1})", R"({"ab":1,"a_b":1})", R"({"ab":1,"ab\u0000c":1})",
                               R"({"":1,"\u0000":1})", R"({"_":1,"-":1})", R"({"x":1,"AbC":1,"y":1,"aBc":1})"})
        EXPECT_FALSE(is_clear(object)) << object;
    EXPECT_TRUE(is_clear(R"({"a":1,"B":1,"\u00e9":1,"\u00c9":1,"":1})"));
}

TEST(MemberNamesTest, AKnownNameIsClearInItsOwnSpellingOnly) {
    EXPECT_TRUE(is_clear(R"({"taskId":1,"_meta":1,"progressToken":1})"));
    for (const char* object : {R"({"taskid":1})", R"({"TaskId":1})", R"({"task_id":1})", R"({"meta":1})",
                               R"({"__meta":1})", R"({"taskId":1,"taskID":1})", R"({"taskId\u0000":1})"})
        EXPECT_FALSE(is_clear(object)) << object;
}

TEST(MemberNamesTest, APrototypeIsUnclearAndWhatIsNoObjectHasNoNames) {
    EXPECT_FALSE(is_clear(R"({"__proto__":{}})"));
    EXPECT_TRUE(is_clear(R"({"proto":{}})"));
    EXPECT_TRUE(is_clear(R"([{"a":1,"A":1}])"));
    EXPECT_TRUE(is_clear("1"));
}

TEST(MemberNamesTest, KnownMembersAreFoundWhereverTheyStand) {
    const auto document = oauth::json::Document::parse(R"({"a":0,"_meta":1,"b":2,"taskId":"x"})");
    std::array<std::optional<oauth::json::Value>, known.size()> found;
    ASSERT_TRUE(find_members(document->root(), known, found));
    EXPECT_EQ(found[0]->string(), "x");
    EXPECT_EQ(found[1]->integer(), 1);
}

}  // namespace
}  // namespace mcp
