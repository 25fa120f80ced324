#include "oauth/error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace oauth {
namespace {

constexpr std::size_t count = static_cast<std::size_t>(Error::key_pem_invalid) + 1;

std::vector<Error> all_errors() {
    std::vector<Error> errors;
    for (std::size_t i = 0; i < count; ++i)
        errors.push_back(static_cast<Error>(i));
    return errors;
}

std::vector<Error> errors_between(Error first, Error last) {
    std::vector<Error> errors;
    for (auto i = static_cast<std::size_t>(first); i <= static_cast<std::size_t>(last); ++i)
        errors.push_back(static_cast<Error>(i));
    return errors;
}

// The enumerator's own name, as the compiler spells it in the name of this function: "... E = oauth::Error::internal;
// ..."
template <Error E>
std::string_view enumerator() {
    std::string_view text = __PRETTY_FUNCTION__;
    text.remove_prefix(text.find("Error::") + std::string_view("Error::").size());
    return text.substr(0, text.find_first_of(";]"));
}

template <std::size_t... I>
std::vector<std::string_view> enumerators(std::index_sequence<I...>) {
    return {enumerator<static_cast<Error>(I)>()...};
}

void expect_refusal(Error error, int http_status, std::string_view oauth_error) {
    EXPECT_EQ(describe(error).http_status, http_status) << describe(error).name;
    EXPECT_EQ(describe(error).oauth_error, oauth_error) << describe(error).name;
}

TEST(Error, EveryErrorIsNamedAfterItsEnumerator) {
    const auto names = enumerators(std::make_index_sequence<count>{});
    for (const Error error : all_errors())
        EXPECT_EQ(describe(error).name, names[static_cast<std::size_t>(error)]);
}

TEST(Error, EveryErrorHasATextOfItsOwn) {
    std::set<std::string_view> texts;
    for (const Error error : all_errors()) {
        EXPECT_FALSE(describe(error).text.empty()) << describe(error).name;
        EXPECT_TRUE(texts.insert(describe(error).text).second) << describe(error).text;
    }
}

// SPEC 66, RFC 6750 section 3: error_description is of %x20-21 / %x23-5B / %x5D-7E.
TEST(Error, TextsHoldOnlyWhatAnErrorDescriptionMayHold) {
    for (const Error error : all_errors())
        for (const char c : describe(error).text)
            EXPECT_TRUE(c >= 0x20 && c <= 0x7E && c != '"' && c != '\\') << describe(error).text;
}

// SPEC 65
int status_of(const ErrorInfo& info) {
    if (info.oauth_error == "invalid_request") return 400;
    if (info.oauth_error == "invalid_token") return 401;
    if (info.oauth_error == "insufficient_scope") return 403;
    return 0;
}

TEST(Error, EveryOAuthCodeHasItsOwnStatus) {
    for (const Error error : all_errors()) {
        const ErrorInfo& info = describe(error);
        if (info.oauth_error.empty()) continue;
        EXPECT_EQ(info.http_status, status_of(info)) << info.name;
    }
}

// SPEC 14, 83
TEST(Error, WhateverIsWrongWithATokenIsAnInvalidToken) {
    for (const Error error : errors_between(Error::token_too_large, Error::requirement_failed))
        expect_refusal(error, 401, "invalid_token");
}

// SPEC 64
TEST(Error, ARequestWithoutCredentialsGetsNoCode) {
    expect_refusal(Error::credentials_missing, 401, "");
}

TEST(Error, ABearerSchemeWithoutAUsableTokenIsAnInvalidToken) {
    expect_refusal(Error::credentials_malformed, 401, "invalid_token");
}

// SPEC 67
TEST(Error, TwoTokensAreAnInvalidRequest) {
    expect_refusal(Error::request_ambiguous, 400, "invalid_request");
}

// SPEC 15
TEST(Error, AMissingScopeIsForbidden) {
    expect_refusal(Error::scope_insufficient, 403, "insufficient_scope");
}

// SPEC 87
TEST(Error, KeysAndDocumentsAreNotTheClientsFault) {
    expect_refusal(Error::keys_unavailable, 503, "");
    for (const Error error : errors_between(Error::document_too_large, Error::key_pem_invalid))
        expect_refusal(error, 503, "");
}

// SPEC 85, 87
TEST(Error, OnlyAnInactiveOrForeignTokenIsBlamedOnTheToken) {
    expect_refusal(Error::token_inactive, 401, "invalid_token");
    expect_refusal(Error::token_kind_refused, 401, "invalid_token");
    for (const Error error : errors_between(Error::server_not_asked, Error::answer_claim_invalid))
        expect_refusal(error, 503, "");
    expect_refusal(Error::exchange_refused, 502, "");
    expect_refusal(Error::exchange_answer_invalid, 503, "");
}

TEST(Error, OurOwnFailuresAreInternalErrors) {
    expect_refusal(Error::internal, 500, "");
    expect_refusal(Error::out_of_memory, 500, "");
}

TEST(Error, AValueOutsideTheEnumIsAnInternalError) {
    EXPECT_EQ(describe(static_cast<Error>(count)).name, "internal");
    EXPECT_EQ(describe(static_cast<Error>(255)).name, "internal");
}

}  // namespace
}  // namespace oauth
