#include "mcp/operation_pattern.h"

#include <gmock/gmock.h>

namespace mcp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST(OperationPatternTest, MethodsWhoseOperationsHaveANameAndThatBothPatternsMatch) {
    EXPECT_THAT(named_methods(tool_methods, "*"), ElementsAre("tools/call"));
    EXPECT_THAT(named_methods(tool_methods, "tools/*"), ElementsAre("tools/call"));
    EXPECT_THAT(named_methods("*/get", prompt_methods), ElementsAre("prompts/get"));
    EXPECT_THAT(named_methods(resource_methods, "*subscribe"),
                UnorderedElementsAre("resources/subscribe", "resources/unsubscribe"));
}

// A limit of such requests would count nothing.
TEST(OperationPatternTest, NoneWhereNoRequestIsMeant) {
    for (const std::string_view method : {"tools/list", "prompts/get", "ping", "TOOLS/CALL", "tools/call/", ""})
        EXPECT_THAT(named_methods(tool_methods, method), IsEmpty()) << method;
    EXPECT_THAT(named_methods(resource_methods, "resources/list"), IsEmpty());
}

}  // namespace
}  // namespace mcp
