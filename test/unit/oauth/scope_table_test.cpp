#include "oauth/scope_table.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string_view>

namespace oauth {
namespace {

ScopeSet set_of(ScopeTable& table, std::initializer_list<std::string_view> names) {
    ScopeSet scopes;
    for (const auto name : names)
        scopes.insert(*table.intern(name));
    return scopes;
}

// SPEC 19
TEST(ScopeTable, knows_all_that_a_set_of_scopes_implies) {
    ScopeTable table;
    const ScopeSet admin = set_of(table, {"admin"});
    const ScopeSet other = set_of(table, {"other"});
    table.imply(*table.intern("admin"), *table.intern("write"));
    table.imply(*table.intern("write"), *table.intern("read"));
    EXPECT_FALSE(table.compile());
    EXPECT_EQ(table.names(table.with_implied(admin)), "admin write read");
    EXPECT_EQ(table.names(table.with_implied(other)), "other");
    EXPECT_EQ(table.names(table.with_implied({})), "");
}

TEST(ScopeTable, refuses_a_scope_that_implies_itself) {
    ScopeTable table;
    table.imply(*table.intern("a"), *table.intern("b"));
    table.imply(*table.intern("b"), *table.intern("a"));
    EXPECT_TRUE(table.compile());
}

}  // namespace
}  // namespace oauth
