#include "cli/names/dns_message.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace cli::dns {
namespace {

using testing::EndsWith;
using testing::SizeIs;

// A query for the address of "backend", as nginx sends it.
const std::string query("\x12\x34\x01\x00\0\1\0\0\0\0\0\0\7backend\0\0\1\0\1", 25);

std::optional<Question> parse(const std::string& packet) {
    return parse_query(std::as_bytes(std::span(packet)));
}

std::string changed(std::size_t position, char byte) {
    std::string packet = query;
    packet[position] = byte;
    return packet;
}

Address ipv4(std::uint8_t last) {
    return {.type = Type::a, .bytes = {10, 0, 0, last}};
}

TEST(DnsQueryTest, IsOneNameAndOneType) {
    const auto question = parse(query);
    ASSERT_TRUE(question);
    EXPECT_EQ(question->id, 0x1234);
    EXPECT_EQ(question->name, "backend");
    EXPECT_EQ(question->type, 1);
    EXPECT_EQ(question->section, query.substr(12));
}

TEST(DnsQueryTest, NamesAreComparedWithoutCase) {
    EXPECT_EQ(parse(changed(13, 'B'))->name, "backend");
}

TEST(DnsQueryTest, NothingIsReadOfAQueryThatIsCutAnywhere) {
    for (std::size_t size = 0; size < query.size(); size++)
        EXPECT_FALSE(parse(query.substr(0, size))) << size;
}

TEST(DnsQueryTest, WhatIsNoQueryIsNotAnswered) {
    EXPECT_FALSE(parse(changed(2, '\x81')));   // an answer: two that answer each other would never end
    EXPECT_FALSE(parse(changed(2, '\x11')));   // another operation
    EXPECT_FALSE(parse(changed(2, '\x03')));   // cut
    EXPECT_FALSE(parse(changed(5, '\0')));     // no question
    EXPECT_FALSE(parse(changed(5, '\2')));     // two
    EXPECT_FALSE(parse(changed(7, '\1')));     // with an answer
    EXPECT_FALSE(parse(changed(9, '\1')));     // with an authority
    EXPECT_FALSE(parse(changed(24, '\3')));    // not of the Internet
    EXPECT_FALSE(parse(changed(12, '\xC0')));  // a pointer
    EXPECT_FALSE(parse(changed(12, '\0')));    // the root
    EXPECT_FALSE(parse(query + "x"));
}

TEST(DnsQueryTest, WhatAnExtensionSaysIsNotLookedAt) {
    EXPECT_TRUE(parse(changed(11, '\1') + std::string("\0\0\x29\x10\0\0\0\0\0\0\0", 11)));
    EXPECT_FALSE(parse(changed(11, '\2')));
}

TEST(DnsQueryTest, ALabelHoldsNoDotAndNoEndOfAString) {
    EXPECT_FALSE(parse(changed(15, '.')));
    EXPECT_FALSE(parse(changed(15, '\0')));
}

TEST(DnsQueryTest, NamesHaveTheLengthThatDnsAllows) {
    const auto with_labels = [](std::size_t count) {
        std::string packet = query.substr(0, 12);
        for (std::size_t i = 0; i < count; i++)
            packet += '\x3F' + std::string(63, 'a');
        return packet + std::string("\0\0\1\0\1", 5);
    };
    EXPECT_TRUE(parse(with_labels(3)));
    EXPECT_FALSE(parse(with_labels(4)));
    const auto ending_with = [&](std::size_t size) {
        std::string packet = with_labels(3);
        packet.insert(packet.size() - 5, static_cast<char>(size) + std::string(size, 'a'));
        return packet;
    };
    EXPECT_EQ(parse(ending_with(61)).value_or(Question{}).name.size(), 253);
    EXPECT_FALSE(parse(ending_with(62)));
    EXPECT_FALSE(parse(query + std::string(largest_message, 'x')));
}

TEST(DnsAnswerTest, RepeatsTheQuestionAndSaysTheAddress) {
    const std::vector addresses = {ipv4(7)};
    const std::string expected = std::string("\x12\x34\x81\x80\0\1\0\1\0\0\0\0", 12) + query.substr(12) +
                                 std::string("\xC0\x0C\0\1\0\1\0\0\0\1\0\4\x0A\0\0\7", 16);
    EXPECT_EQ(answer(*parse(query), Outcome::found, addresses), expected);
}

TEST(DnsAnswerTest, HoldsAddressesOfTheKindThatWasAskedFor) {
    Address ipv6{.type = Type::aaaa, .bytes = {0xFD}};
    ipv6.bytes.back() = 1;
    const std::vector addresses = {ipv4(7), ipv6};
    const std::string six = answer(*parse(changed(22, '\x1C')), Outcome::found, addresses);
    EXPECT_EQ(six[7], 1);
    EXPECT_THAT(six, EndsWith(std::string("\0\x10\xFD\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 18)));
    const std::string mail = answer(*parse(changed(22, '\x0F')), Outcome::found, addresses);
    EXPECT_EQ(mail[7], 0);
    EXPECT_THAT(mail, SizeIs(query.size()));
}

TEST(DnsAnswerTest, SaysWhatWentWrong) {
    EXPECT_EQ(answer(*parse(query), Outcome::no_such_name, {})[3] & 0x0F, 3);
    EXPECT_EQ(answer(*parse(query), Outcome::server_failed, {})[3] & 0x0F, 2);
    EXPECT_EQ(answer(*parse(query), Outcome::refused, {})[3] & 0x0F, 5);
}

TEST(DnsAnswerTest, HoldsAsManyAddressesAsAMessageHasRoomFor) {
    std::vector<Address> addresses;
    for (int i = 0; i < 200; i++)
        addresses.push_back(ipv4(static_cast<std::uint8_t>(i)));
    const std::string message = answer(*parse(query), Outcome::found, addresses);
    EXPECT_LE(message.size(), largest_message);
    EXPECT_EQ(message[7], 30);
    EXPECT_EQ(message[2] & 0x02, 0);  // nothing that nginx would ask for again over TCP
}

}  // namespace
}  // namespace cli::dns
