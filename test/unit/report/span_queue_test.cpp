#include "report/span_queue.h"

#include <gtest/gtest.h>

#include <string>

namespace report {
namespace {

TEST(SpanQueue, DropsWhatIsMoreThanItHasRoomFor) {
    SpanQueue queue;
    for (std::size_t i = 0; i < SpanQueue::most_spans; i++)
        ASSERT_TRUE(queue.add("x"));
    EXPECT_FALSE(queue.add("y"));
    EXPECT_EQ(queue.size(), SpanQueue::most_spans);
    queue.take(1, 100);
    EXPECT_TRUE(queue.add("y"));
}

TEST(SpanQueue, DropsWhatIsMoreThanItsBytes) {
    SpanQueue queue;
    EXPECT_FALSE(queue.add(std::string(SpanQueue::most_bytes + 1, 'x')));
    EXPECT_TRUE(queue.add(std::string(SpanQueue::most_bytes, 'x')));
    EXPECT_FALSE(queue.add("x"));
    queue.take(1, 1);
    EXPECT_TRUE(queue.add("x"));
    queue.clear();
    EXPECT_TRUE(queue.add(std::string(SpanQueue::most_bytes, 'x')));
}

TEST(SpanQueue, GivesTheOldestFirstInBatches) {
    SpanQueue queue;
    for (const char* span : {"1", "22", "333", "4444"})
        queue.add(span);
    EXPECT_EQ(queue.take(2, 100), (std::vector<std::string>{"1", "22"}));
    EXPECT_EQ(queue.take(2, 6), (std::vector<std::string>{"333"})) << "no more bytes than asked for";
    EXPECT_EQ(queue.take(2, 1), (std::vector<std::string>{"4444"})) << "but one at least";
    EXPECT_TRUE(queue.take(2, 1).empty());
    EXPECT_TRUE(queue.empty());
}

}  // namespace
}  // namespace report
