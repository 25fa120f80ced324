#include "mcp/trace_context.h"

#include <gtest/gtest.h>

#include <string>

#include "base/escape.h"

namespace mcp {
namespace {

constexpr std::string_view example = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

std::string with(std::size_t place, char c) {
    std::string text(example);
    text[place] = c;
    return text;
}

// W3C Trace Context section 3.2

TEST(Traceparent, IsReadAndWrittenAlike) {
    const auto context = parse_traceparent(example);
    ASSERT_TRUE(context);
    EXPECT_EQ(base::hex(context->trace_id), "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_EQ(base::hex(context->span_id), "00f067aa0ba902b7");
    EXPECT_TRUE(context->is_sampled);
    EXPECT_EQ(traceparent(*context), example);
}

TEST(Traceparent, OfEveryOtherLengthIsRefused) {
    for (std::size_t length = 0; length < example.size(); length++)
        EXPECT_FALSE(parse_traceparent(example.substr(0, length))) << length;
    EXPECT_FALSE(parse_traceparent(std::string(example) + "0"));
    EXPECT_FALSE(parse_traceparent(std::string(example) + "-"));
    EXPECT_FALSE(parse_traceparent(std::string(example) + "-what-the-future-brings"));
    EXPECT_FALSE(parse_traceparent(" " + std::string(example)));
    EXPECT_FALSE(parse_traceparent(std::string(example) + " "));
}

TEST(Traceparent, WithAnyOtherCharacterAnywhereIsRefused) {
    for (std::size_t place = 0; place < example.size(); place++)
        for (const char c : {'G', 'A', 'F', 'g', ' ', '\0', '\n', '_', '\xE2'})
            EXPECT_FALSE(parse_traceparent(with(place, c))) << place << ' ' << c;
    for (const std::size_t separator : {2U, 35U, 52U})
        EXPECT_FALSE(parse_traceparent(with(separator, '0')));
}

TEST(Traceparent, OfZeroIdsIsRefused) {
    EXPECT_FALSE(parse_traceparent("00-00000000000000000000000000000000-00f067aa0ba902b7-01"));
    EXPECT_FALSE(parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01"));
}

TEST(Traceparent, OfVersionFfIsRefused) {
    EXPECT_FALSE(parse_traceparent("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
}

TEST(Traceparent, OfALaterVersionIsReadAsFarAsItIsKnown) {
    const std::string later = "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    ASSERT_TRUE(parse_traceparent(later));
    ASSERT_TRUE(parse_traceparent(later + "-what-the-future-brings"));
    EXPECT_FALSE(parse_traceparent(later + ".what-the-future-brings"));
    EXPECT_EQ(traceparent(*parse_traceparent(later + "-x")), example) << "we write version 00";
}

TEST(Traceparent, HasOneFlagThatIsKnown) {
    EXPECT_FALSE(parse_traceparent(with(54, '0'))->is_sampled);
    EXPECT_FALSE(parse_traceparent(with(54, '2'))->is_sampled);
    EXPECT_TRUE(parse_traceparent(with(54, '3'))->is_sampled);
    EXPECT_TRUE(parse_traceparent(with(53, 'f'))->is_sampled);
    EXPECT_EQ(traceparent(*parse_traceparent(with(53, 'f'))), example) << "others are not handed on";
}

// Section 3.3.1

TEST(Tracestate, OfKeysAndValuesIsHandedOn) {
    for (const char* text : {"rojo=00f067aa0ba902b7", "rojo=1,congo=t61rcWkgMzE", "fw529a3039@dt=FfffffeC,a=b",
                             "foo=1 \t , \t bar=2", "foo=1,", "a=1,,b=2", "0a=1", "a_-*/=!<>~ x"})
        EXPECT_TRUE(is_trace_state(text)) << text;
}

TEST(Tracestate, OfAnythingElseIsDropped) {
    for (const char* text : {"",
                             " ",
                             ",",
                             "foo",
                             "=1",
                             "foo=",
                             "foo =1",
                             "FOO=1",
                             "foo.fu=1",
                             "foo=1,foo=2",
                             "foo=bar=baz",
                             "foo@=1",
                             "@foo=1",
                             "foo@@bar=1",
                             "foo@bar@baz=1",
                             "foo=1\r\nX-Injected: 1",
                             "foo=\x7f",
                             "foo=\xE2\x80\xA8",
                             "foo=1;bar=2;bar=3,=",
                             "_a=1"})
        EXPECT_FALSE(is_trace_state(text)) << text;
}

TEST(Tracestate, IsBounded) {
    const auto of_size = [](std::size_t size) { return "a=" + std::string(size - 2, 'x'); };
    EXPECT_TRUE(is_trace_state(of_size(256) + "," + "b=" + std::string(253, 'y')));
    EXPECT_FALSE(is_trace_state(of_size(256) + "," + "b=" + std::string(254, 'y'))) << "513 bytes";
    EXPECT_FALSE(is_trace_state("a=" + std::string(257, 'x'))) << "a value has 256";
    EXPECT_TRUE(is_trace_state(std::string(256, 'a') + "=1"));
    EXPECT_FALSE(is_trace_state(std::string(257, 'a') + "=1"));
    EXPECT_TRUE(is_trace_state("t@" + std::string(14, 'v') + "=1"));
    EXPECT_FALSE(is_trace_state("t@" + std::string(15, 'v') + "=1"));
    std::string members;
    for (int i = 0; i < 32; i++)
        members += (i == 0 ? "" : ",") + ("k" + std::to_string(i)) + "=1";
    EXPECT_TRUE(is_trace_state(members));
    EXPECT_FALSE(is_trace_state(members + ",k32=1"));
}

// Sampling

TEST(TraceRatio, IsADecimalNumberFrom0To1) {
    for (const char* text : {"0", "1", "0.5", "1.0", ".25", "0.000001", "00.1"})
        EXPECT_TRUE(TraceRatio::parse(text)) << text;
    for (const char* text : {"", ".", "-0.1", "1.1", "2", "nan", "inf", "1e-3", "0x1p-1", "0.5 ", "10%", "0.5.5", "+1"})
        EXPECT_FALSE(TraceRatio::parse(text)) << text;
}

TraceId id_of(std::uint64_t last) {
    TraceId id{};
    for (std::size_t i = 0; i < 8; i++)
        id[15 - i] = static_cast<std::uint8_t>(last >> (8 * i));
    return id;
}

TEST(TraceRatio, ChoosesByTheLast56BitsOfTheTraceId) {
    constexpr std::uint64_t all = 0x00ffffffffffffff;
    constexpr std::uint64_t other_bits = 0xff00000000000000;
    EXPECT_FALSE(TraceRatio::parse("0")->includes(id_of(all)));
    EXPECT_FALSE(TraceRatio::parse("0")->includes(id_of(other_bits)));
    EXPECT_TRUE(TraceRatio::parse("1")->includes(id_of(0)));
    EXPECT_TRUE(TraceRatio::all().includes(id_of(0)));
    const auto half = *TraceRatio::parse("0.5");
    EXPECT_TRUE(half.includes(id_of(0x0080000000000000)));
    EXPECT_FALSE(half.includes(id_of(0x007fffffffffffff)));
    EXPECT_FALSE(half.includes(id_of(other_bits | 0x007fffffffffffff)));
}

}  // namespace
}  // namespace mcp
