#include "oauth/json/json_scan.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace oauth::json {
namespace {

TEST(JsonScan, AStringEndsAtTheFirstQuoteThatIsNotEscaped) {
    for (const std::string_view text : {R"("")", R"("a")", R"("\"")", R"("\\")", R"("\\\"")", R"("\u0022")", R"("\u")"})
        EXPECT_EQ(string_size(std::string(text) + ",\"b\""), text.size()) << text;
    for (const std::string_view text : {R"(")", R"("a)", R"("\")", R"("\)", R"("\\\")"})
        EXPECT_EQ(string_size(text), 0) << text;
}

}  // namespace
}  // namespace oauth::json
