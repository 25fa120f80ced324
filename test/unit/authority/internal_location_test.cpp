#include "authority/internal_location.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

#include "ngx/string.h"
#include "support/nginx.h"

namespace authority {
namespace {

class InternalLocationTest : public testing::Test {
protected:
    InternalLocationTest() { in_server(0); }

    void in_server(std::size_t number) { request.get()->srv_conf = servers[number].data(); }
    // The header, and the name by which nginx chose the server: they differ where a request line has a URL.
    base::Sha256 place(std::string_view host, std::string_view name, const void* conf) {
        header.value = ngx::str(host);
        request.get()->headers_in.host = &header;
        request.get()->headers_in.server = ngx::str(name);
        return place_of(request.get(), conf);
    }

    support::Nginx nginx;
    support::FakeRequest request{nginx};
    ngx_table_elt_t header{};
    int here = 0, there = 0;  // two locations
    std::array<std::array<void*, 1>, 2> servers = {{{&here}, {&there}}};
};

// Else keys that one authorization server published would verify the tokens of another.
TEST_F(InternalLocationTest, WhateverMayLeadToAnotherServerIsAnotherPlace) {
    std::set<base::Sha256> places;
    const auto is_new = [&](const base::Sha256& place) { return places.insert(place).second; };
    EXPECT_TRUE(is_new(place("a.example", "a.example", &here)));
    EXPECT_FALSE(is_new(place("a.example", "a.example", &here))) << "the same is the same";
    EXPECT_TRUE(is_new(place("a.example", "a.example", &there)));
    EXPECT_TRUE(is_new(place("b.example", "a.example", &here)));
    EXPECT_TRUE(is_new(place("a.example", "b.example", &here)));
    EXPECT_TRUE(is_new(place("a.example:8080", "a.example", &here))) << "which $http_host has, too";
    request.get()->headers_in.host = nullptr;
    EXPECT_TRUE(is_new(place_of(request.get(), &here)));
}

// Else whoever spells it in a thousand ways has us ask a thousand times.
TEST_F(InternalLocationTest, AHostInAnySpellingIsOne) {
    EXPECT_EQ(place("MCP.Example:80", "mcp.example", &here), place("mcp.example:80", "mcp.example", &here));
}

TEST_F(InternalLocationTest, WhoAnswersIsTheSameForWhateverHostAClientMakesUp) {
    place("a.example", "a.example", &here);
    const base::Sha256 server = server_at(request.get(), "/_keys?of=$host");
    place("b.example", "b.example", &there);
    EXPECT_EQ(server_at(request.get(), "/_keys?of=$host"), server);
}

TEST_F(InternalLocationTest, WhoAnswersIsAnotherOneInAnotherServerAndByAnotherText) {
    const base::Sha256 server = server_at(request.get(), "/_keys");
    EXPECT_NE(server_at(request.get(), "/_keys/"), server);
    in_server(1);
    EXPECT_NE(server_at(request.get(), "/_keys"), server);
}

}  // namespace
}  // namespace authority
