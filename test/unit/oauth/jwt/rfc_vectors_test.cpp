// The examples of RFC 7515, 7520 and 8037. Most of their payloads are no JWT, so Jwk::verify reads them.
#include "support/rfc_vectors.h"

#include <gtest/gtest.h>

#include "base/base64url.h"
#include "support/outcome.h"
#include "support/token_minter.h"

namespace oauth::jwt {
namespace {

class RfcVectors : public testing::TestWithParam<support::RfcVector> {
protected:
    std::string_view verify(std::string_view signing_input) const {
        const std::span bytes(reinterpret_cast<const unsigned char*>(signature.data()), signature.size());
        return support::outcome(set.keys().front().verify(GetParam().algorithm, signing_input, bytes));
    }

    JwkSet set = support::read_jwks({std::string(GetParam().jwk)});
    std::string signature = base::base64url::decode(GetParam().signature).value();
};

TEST_P(RfcVectors, DoNotVerifyWithAnotherInput) {
    EXPECT_EQ(verify(GetParam().signing_input.substr(1)), "signature_invalid");
}

TEST_P(RfcVectors, DoNotVerifyWithAnotherSignature) {
    signature.back() = static_cast<char>(signature.back() ^ 1);
    EXPECT_EQ(verify(GetParam().signing_input), "signature_invalid");
}

TEST_P(RfcVectors, Verify) {
    EXPECT_EQ(verify(GetParam().signing_input), "ok");
}

INSTANTIATE_TEST_SUITE_P(Jwk, RfcVectors, testing::ValuesIn(support::rfc_vectors), [](const auto& test) {
    std::string text(test.param.source);
    std::ranges::replace_if(text, [](char c) { return c == ' ' || c == '.'; }, '_');
    return text;
});

}  // namespace
}  // namespace oauth::jwt
