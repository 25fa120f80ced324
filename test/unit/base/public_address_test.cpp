#include "base/public_address.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <string>
#include <vector>

namespace base {
namespace {

bool is_public(const std::string& text) {
    std::array<unsigned char, 16> bytes{};
    const bool ipv6 = text.contains(':');
    if (inet_pton(ipv6 ? AF_INET6 : AF_INET, text.c_str(), bytes.data()) != 1) ADD_FAILURE() << text;
    return base::is_public_address(std::span(bytes).first(ipv6 ? 16 : 4));
}

// The first and the last of each range.
const std::vector<std::string> non_public_ipv4 = {
    "0.0.0.0",         "0.255.255.255",   "10.0.0.0",        "10.255.255.255",  "100.64.0.0",  "100.127.255.255",
    "127.0.0.1",       "127.255.255.255", "169.254.0.0",     "169.254.169.254", "172.16.0.0",  "172.31.255.255",
    "192.0.0.0",       "192.0.0.255",     "192.0.2.0",       "192.0.2.255",     "192.88.99.1", "192.168.0.0",
    "192.168.255.255", "198.18.0.0",      "198.19.255.255",  "198.51.100.7",    "203.0.113.7", "224.0.0.1",
    "239.255.255.255", "240.0.0.0",       "255.255.255.255",
};

// The neighbours of those ranges.
const std::vector<std::string> public_ipv4 = {
    "1.0.0.0",         "9.255.255.255",  "11.0.0.0",        "100.63.255.255",  "100.128.0.0",
    "126.255.255.255", "128.0.0.0",      "169.253.255.255", "169.255.0.0",     "172.15.255.255",
    "172.32.0.0",      "192.0.1.0",      "192.0.3.0",       "192.88.98.255",   "192.167.255.255",
    "192.169.0.0",     "198.17.255.255", "198.20.0.0",      "223.255.255.255", "8.8.8.8",
};

// SPEC 53
TEST(PublicAddress, PrivateLoopbackAndLinkLocalIpv4IsNot) {
    for (const auto& address : non_public_ipv4)
        EXPECT_FALSE(is_public(address)) << address;
}

TEST(PublicAddress, TheNeighboursOfThoseRangesAre) {
    for (const auto& address : public_ipv4)
        EXPECT_TRUE(is_public(address)) << address;
}

TEST(PublicAddress, OfIpv6OnlyGlobalUnicastIs) {
    for (const char* address :
         {"::", "::1", "fe80::1", "febf::1", "fec0::1", "fc00::1", "fdff::1", "ff02::1", "100::1", "4000::1",
          "1fff:ffff::1", "64:ff9b:1::1", "2001::1", "2001:1ff::1", "2001:db8::1", "3fff::1", "3fff:0fff::1"})
        EXPECT_FALSE(is_public(address)) << address;
    for (const char* address : {"2000::1", "2001:200::1", "2001:4860:4860::8888", "2606:4700::1", "3fff:1000::1"})
        EXPECT_TRUE(is_public(address)) << address;
}

TEST(PublicAddress, AnIpv4AddressInIpv6ClothingIsWhatItIs) {
    for (const std::string prefix : {"::ffff:", "64:ff9b::"}) {
        for (const auto& address : non_public_ipv4)
            EXPECT_FALSE(is_public(prefix + address)) << prefix + address;
        for (const auto& address : public_ipv4)
            EXPECT_TRUE(is_public(prefix + address)) << prefix + address;
    }
    EXPECT_FALSE(is_public("2002:7f00:1::1"));    // 6to4 of 127.0.0.1
    EXPECT_FALSE(is_public("2002:a9fe:a9fe::"));  // 6to4 of 169.254.169.254
    EXPECT_TRUE(is_public("2002:808:808::"));
    EXPECT_FALSE(is_public("::8.8.8.8"));  // IPv4-compatible, withdrawn
}

TEST(PublicAddress, BytesOfAnotherLengthAreNone) {
    const std::array<unsigned char, 17> bytes{8, 8, 8, 8};
    for (const std::size_t size : {0, 1, 3, 5, 15, 16, 17})
        EXPECT_FALSE(base::is_public_address(std::span(bytes).first(size))) << size;
}

TEST(PublicAddress, ASocketAddressIsJudgedByItsFamily) {
    sockaddr_storage storage{};
    auto& address = reinterpret_cast<sockaddr&>(storage);
    const auto is_public_at = [&](int family, const char* text, void* place) {
        storage.ss_family = static_cast<sa_family_t>(family);
        inet_pton(family, text, place);
        return base::is_public_address(address);
    };
    auto& v4 = reinterpret_cast<sockaddr_in&>(storage).sin_addr;
    EXPECT_TRUE(is_public_at(AF_INET, "8.8.8.8", &v4));
    EXPECT_FALSE(is_public_at(AF_INET, "127.0.0.1", &v4));
    auto& v6 = reinterpret_cast<sockaddr_in6&>(storage).sin6_addr;
    EXPECT_TRUE(is_public_at(AF_INET6, "2606:4700::1", &v6));
    EXPECT_FALSE(is_public_at(AF_INET6, "::1", &v6));
    storage.ss_family = AF_UNIX;
    EXPECT_FALSE(base::is_public_address(address));
}

}  // namespace
}  // namespace base
