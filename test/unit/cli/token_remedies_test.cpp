#include "cli/token_remedies.h"

#include <gmock/gmock.h>

#include <string>

namespace cli {
namespace {

using oauth::Error;
using testing::HasSubstr;

TEST(TokenRemediesTest, EveryReasonHasOne) {
    for (int number = 0; number <= static_cast<int>(Error::key_pem_invalid); ++number)
        EXPECT_FALSE(remedy_for(static_cast<Error>(number)).empty()) << number;
}

TEST(TokenRemediesTest, WhatClientsGetMostHasItsOwn) {
    for (const Error error : {Error::expired, Error::issuer_not_accepted, Error::audience_not_accepted,
                              Error::scope_insufficient, Error::key_not_found, Error::signature_invalid,
                              Error::token_inactive, Error::token_not_compact_jws, Error::server_refuses_client})
        EXPECT_EQ(remedy_for(error).find("TROUBLESHOOTING"), std::string_view::npos) << describe(error).name;
    EXPECT_THAT(std::string(remedy_for(Error::key_revoked)), HasSubstr("docs/REASONS.md"));
}

}  // namespace
}  // namespace cli
