#include "oauth/exchange/request.h"

#include <gtest/gtest.h>

namespace oauth::exchange {
namespace {

TEST(ExchangeRequestTest, TheFormHasWhatRfc8693Asks) {
    EXPECT_EQ(request_form("tok en", "https://api/?a=b", "a b"),
              "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&subject_token=tok+en"
              "&subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token"
              "&audience=https%3A%2F%2Fapi%2F%3Fa%3Db&scope=a+b");
}

TEST(ExchangeRequestTest, EmptyParametersAreLeftOut) {
    const auto form = request_form("t", "", "");
    EXPECT_EQ(form.find("audience"), std::string::npos);
    EXPECT_EQ(form.find("scope"), std::string::npos);
}

}  // namespace
}  // namespace oauth::exchange
