#include "base/ip_address.h"

#include <gtest/gtest.h>

#include <string_view>

namespace base {
namespace {

TEST(IpAddressTest, UnusualSpellingsOfIpv4AreNotTheUsualOne) {
    for (const std::string_view host :
         {"", "1", "1.2.3", "1.2.3.4.5", "1.2.3.4.", "01.2.3.4", "1.2.3.04", "256.1.1.1", "1.2.3.256", "0x1.2.3.4",
          "1..2.3", "1.2.3.-4", "1.2.3.+4", "1.2.3. 4", "a.b.c.d"})
        EXPECT_FALSE(base::is_usual_ipv4(host)) << host;
    for (const std::string_view host : {"0.0.0.0", "127.0.0.1", "255.255.255.255"})
        EXPECT_TRUE(base::is_usual_ipv4(host)) << host;
}

TEST(IpAddressTest, AHostEndsInANumberAsTheUrlStandardSaysIt) {
    for (const std::string_view host : {"1", "127.1", "a.1", "0x", "0X7f", "a.0xFf", "1.", "a.09", "1.2.3.4"})
        EXPECT_TRUE(base::ends_in_number(host)) << host;
    for (const std::string_view host : {"", ".", "a", "1a", "1.a", "0xg", "x0", "1..", "a.-1"})
        EXPECT_FALSE(base::ends_in_number(host)) << host;
}

// RFC 5952
TEST(IpAddressTest, Ipv6HasOneUsualSpelling) {
    for (const std::string_view address :
         {"", ":", "::0", "0:0:0:0:0:0:0:1", "::0001", "2001:DB8::1", "2001:db8:0:0::1", "::1%1", "fe80::1%eth0",
          "::127.1", "1.2.3.4", "::g", "1:2:3:4:5:6:7:8:9", "::ffff:7f00:1",
          "1:2:3:4:5:6:7:8:1:2:3:4:5:6:7:8:1:2:3:4:5:6:7:8"})
        EXPECT_FALSE(base::is_usual_ipv6(address)) << address;
    EXPECT_FALSE(base::is_usual_ipv6(std::string_view("::1\0", 4)));
    for (const std::string_view address : {"::", "::1", "2001:db8::1", "1:2:3:4:5:6:7:8", "::ffff:127.0.0.1"})
        EXPECT_TRUE(base::is_usual_ipv6(address)) << address;
}

}  // namespace
}  // namespace base
