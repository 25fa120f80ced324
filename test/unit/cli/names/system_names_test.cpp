#include "cli/names/system_names.h"

#include <gmock/gmock.h>

namespace cli {
namespace {

TEST(SystemNamesTest, AddressesAreNamesOfTheirOwn) {
    const Found found = ask_system("127.0.0.1");
    EXPECT_EQ(found.outcome, dns::Outcome::found);
    EXPECT_THAT(found.addresses, testing::ElementsAre(dns::Address{.type = dns::Type::a, .bytes = {127, 0, 0, 1}}));
}

TEST(SystemNamesTest, WhatStandsInEtcHostsIsFound) {
    EXPECT_THAT(ask_system("localhost").addresses, testing::Not(testing::IsEmpty()));
}

TEST(SystemNamesTest, WhatCannotBeANameIsUnknown) {
    const Found found = ask_system("not a name");
    EXPECT_EQ(found.outcome, dns::Outcome::no_such_name);
    EXPECT_THAT(found.addresses, testing::IsEmpty());
}

}  // namespace
}  // namespace cli
