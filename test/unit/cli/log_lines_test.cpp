#include "cli/log_lines.h"

#include <gtest/gtest.h>

#include <string>

namespace cli {
namespace {

constexpr auto drops = LogLines::Overflow::drops;

std::string note(const std::string& count) {
    return "mcp-resource: " + count + " log lines dropped: standard output is not being read\n";
}

LogLines lines_for(std::size_t capacity, LogLines::Overflow overflow = drops) {
    return {capacity, overflow, "standard output is not being read"};
}

TEST(LogLinesTest, GivesWholeLinesHoweverTheyCome) {
    LogLines lines = lines_for(100);
    for (const char* piece : {"on", "e\ntw", "o\n", "\n", "thr"})
        lines.put(piece);
    EXPECT_EQ(lines.take(), "one\ntwo\n\n");
    EXPECT_TRUE(lines.is_empty());
    lines.put("ee\n");
    EXPECT_EQ(lines.take(), "three\n");
}

TEST(LogLinesTest, WhatHasBeenToldIsLeftOutOnce) {
    LogLines lines = lines_for(100);
    lines.omit({"told in a:1", "told in b:2"});
    for (const char* piece :
         {"one\nnginx: [warn] told i", "n a:1\nx told in b:2\ntold in a:1\nuntold in b:3\ntold", " in b:2\n"})
        lines.put(piece);
    EXPECT_EQ(lines.take(), "one\ntold in a:1\nuntold in b:3\ntold in b:2\n");
    lines.omit({"three"});
    lines.put("three");
    lines.finish();
    EXPECT_EQ(lines.take(), "");
}

TEST(LogLinesTest, TheLastLineGetsItsEnd) {
    LogLines lines = lines_for(100);
    lines.put("one\ntwo");
    lines.finish();
    lines.finish();
    EXPECT_EQ(lines.take(), "one\ntwo\n");
}

TEST(LogLinesTest, WhatNoWrittenLineTellsIsCountedOnce) {
    LogLines lines = lines_for(8);
    lines.put("one\ntwo\nthree\n");
    EXPECT_EQ(lines.unwritten(), 3U);
    const std::string taken = lines.take();
    lines.lose(taken);  // with the line that told of "three"
    lines.miss("four\nfive\n");
    EXPECT_EQ(lines.unwritten(), 5U);
    lines.lose(std::string_view(lines.take()).substr(0, 0));
    EXPECT_EQ(lines.unwritten(), 0U);
}

TEST(LogLinesTest, WhatDoesNotFitIsCountedWhereItIsMissing) {
    LogLines lines = lines_for(8);
    lines.put("one\ntwo\nthree\nfour\n");
    lines.put("x\n");  // it would not fit either
    EXPECT_EQ(lines.take(), "one\ntwo\n" + note("3"));
    EXPECT_TRUE(lines.is_empty());
    lines.put("six\n");
    EXPECT_EQ(lines.take(), "six\n");
}

TEST(LogLinesTest, NothingComesAfterAGapBeforeTheGapIsTold) {
    LogLines lines = lines_for(8);
    lines.put("1234567890\nab\n");
    lines.put("cd\n");
    EXPECT_EQ(lines.take(), note("3"));
}

TEST(LogLinesTest, ALineThatNeverEndsTakesNoMemory) {
    LogLines lines = lines_for(1000);
    for (int i = 0; i < 100; i++)
        lines.put(std::string(10'000, 'x'));
    lines.put("x\ngood\n");
    lines.finish();
    EXPECT_EQ(lines.take(), note("2"));
    lines.put("good\n");
    EXPECT_EQ(lines.take(), "good\n");
}

TEST(LogLinesTest, WhatCouldNotBeWrittenIsCounted) {
    LogLines lines = lines_for(8);
    lines.put("one\ntwo\n");
    lines.lose(lines.take());
    EXPECT_FALSE(lines.is_empty());
    lines.lose(lines.take());  // what tells of it is lost, too, and no line of the log
    EXPECT_EQ(lines.take(), note("2"));
    lines.lose("");
    EXPECT_TRUE(lines.is_empty());
}

TEST(LogLinesTest, ForAFileNothingIsDropped) {
    LogLines lines = lines_for(8, LogLines::Overflow::waits);
    EXPECT_FALSE(lines.must_wait());
    lines.put("one\ntwo\nthree\n");
    EXPECT_TRUE(lines.must_wait());
    EXPECT_EQ(lines.take(), "one\ntwo\nthree\n");
    EXPECT_FALSE(lines.must_wait());
    EXPECT_FALSE(lines_for(0).must_wait());
}

}  // namespace
}  // namespace cli
