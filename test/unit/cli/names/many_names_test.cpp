#include "cli/names/many_names.h"

#include <gmock/gmock.h>

#include <atomic>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

TEST(ManyNamesTest, EachIsLookedUpOnceAndAllSideBySide) {
    std::vector<std::string> names;
    for (int i = 0; i < 300; i++)
        names.push_back("s" + std::to_string(i % 150));
    std::atomic<int> count = 0;
    const auto lookup = [&](const std::string& name) {
        count++;
        std::this_thread::sleep_for(milliseconds(100));
        return name == "s7" ? "no such name" : "";
    };
    const auto before = steady_clock::now();
    const auto reasons = look_up_all(names, lookup);
    EXPECT_LT(steady_clock::now() - before, milliseconds(5000));  // one by one: 15 s
    EXPECT_EQ(count, 150);
    EXPECT_EQ(reasons.size(), 150U);
    EXPECT_EQ(reasons.at("s7"), "no such name");
    EXPECT_EQ(reasons.at("s8"), "");
}

TEST(ManyNamesTest, AllTogetherHaveATime) {
    static std::timed_mutex never;  // a thread waits for it when the test has ended
    const std::lock_guard lock(never);
    const auto lookup = [](const std::string& name) {
        if (name != "good") static_cast<void>(never.try_lock_for(std::chrono::seconds(2)));
        return std::string();
    };
    const auto before = steady_clock::now();
    EXPECT_THAT(look_up_all({"slow", "good", "slower"}, lookup, {.at_once = 2, .longest = milliseconds(100)}),
                ElementsAre(Pair("good", ""), Pair("slow", HasSubstr("no answer within 0 s")),
                            Pair("slower", HasSubstr("no answer"))));
    EXPECT_LT(steady_clock::now() - before, milliseconds(1500));
}

TEST(ManyNamesTest, ALookupThatFailsOtherwiseIsToldOfItsName) {
    const auto lookup = [](const std::string&) -> std::string { throw std::runtime_error("broken"); };
    EXPECT_THAT(look_up_all({"a"}, lookup), ElementsAre(Pair("a", "broken")));
    EXPECT_THAT(look_up_all({}, lookup), ElementsAre());
}

TEST(ManyNamesTest, TheSystemIsAsked) {
    EXPECT_EQ(why_unknown("127.0.0.1"), "");
    EXPECT_NE(why_unknown("no-such-host.invalid"), "");
}

}  // namespace
}  // namespace cli
