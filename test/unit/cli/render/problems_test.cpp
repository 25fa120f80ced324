#include <gmock/gmock.h>

#include <string>

#include "support/gateways.h"

namespace cli {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

TEST(RenderProblemsTest, NginxAnswersWithJsonWhereTheModuleDoesNot) {
    const std::string text = text_of(gateway_to("10.0.0.1"));
    EXPECT_THAT(text, HasSubstr("error_page 494 =431 @mcp_problem;"));
    EXPECT_THAT(text, HasSubstr("            error_page 413 502 504 @mcp_problem;"));
}

// It leaves a status to the error_page that there is for it; of 413, only nginx' own.
TEST(RenderProblemsTest, TheModuleKeepsItsOwnRefusals) {
    const std::string text = text_of(gateway_to("10.0.0.1"));
    for (const std::string status : {"400", "401", "403", "405", "415", "429", "503"})
        EXPECT_THAT(text, Not(ContainsRegex("error_page[^=;]* " + status + "[ ;]"))) << status;
}

}  // namespace
}  // namespace cli
