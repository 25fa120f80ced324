#include "cli/settings/ports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "cli/descriptor.h"

namespace cli {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> errors(const Gateway& gateway, Listeners others) {
    Findings findings;
    find_port_trouble(gateway, findings, others);
    return findings.errors;
}

Gateway at(const std::string& address, std::uint16_t port) {
    Gateway gateway;
    gateway.listen_addresses = {address};
    gateway.port = port;
    gateway.port_setting = "listen.port: ";
    return gateway;
}

TEST(PortsTest, APortThatAnybodyMayListenOnIsNoFinding) {
    for (const std::uint16_t port : std::initializer_list<std::uint16_t>{0, 61234}) {  // 0: the kernel chooses one
        Gateway gateway;
        gateway.port = port;
        EXPECT_THAT(errors(gateway, Listeners::may_be_there), IsEmpty());
    }
    EXPECT_THAT(errors(at("127.0.0.1", 0), Listeners::may_be_there), IsEmpty());  // a container may lack ::1
}

TEST(PortsTest, APortThatAnotherProgramHasIsToldWithTheSettingBeforeAStartAlone) {
    const Descriptor other(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    ASSERT_EQ(::bind(other.get(), generic, size) + ::listen(other.get(), 1), 0);
    ASSERT_EQ(::getsockname(other.get(), generic, &size), 0);
    const Gateway gateway = at("127.0.0.1", ntohs(address.sin_port));
    EXPECT_THAT(errors(gateway, Listeners::may_be_there), IsEmpty());
    EXPECT_THAT(errors(gateway, Listeners::must_not_be_there),
                ElementsAre(AllOf(HasSubstr("port " + std::to_string(gateway.port) + " is in use by another program"),
                                  HasSubstr("set listen.port: 8080"))));
}

TEST(PortsTest, AnAddressOfAnotherMachineIsTold) {
    EXPECT_THAT(errors(at("192.0.2.1", 61234), Listeners::may_be_there),
                ElementsAre("listen.addresses names \"192.0.2.1\", which is not an address of this machine"));
}

TEST(PortsTest, ThePortOfTheStatusPageIsToldByItsOwnSetting) {
    Gateway gateway = at("127.0.0.1", 0);
    gateway.status = StatusListener{.port = 61234,
                                    .addresses = {"192.0.2.1"},
                                    .port_setting = "status.port: ",
                                    .address_setting = "status.address"};
    EXPECT_THAT(errors(gateway, Listeners::may_be_there),
                ElementsAre("status.address names \"192.0.2.1\", which is not an address of this machine"));
}

}  // namespace
}  // namespace cli
