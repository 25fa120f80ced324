#include "cli/log_carrier.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>

namespace cli {
namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

class LogCarrierTest : public testing::Test {
protected:
    LogCarrierTest() {
        static_cast<void>(std::signal(SIGPIPE, SIG_IGN));  // a thread may still write when its reader is gone
        std::array<int, 2> ends{};
        EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
        reader_ = Descriptor(ends[0]);
        output_ = ends[1];  // left open: a thread may still write to it
    }

    LogCarrier carrier() const { return {output_, "standard output", std::make_shared<std::mutex>()}; }
    static void write(const LogCarrier& carrier, std::string_view text) {
        ASSERT_EQ(::write(carrier.child_end(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
    }
    std::string read() const {
        std::string text(65'536, '\0');
        text.resize(static_cast<std::size_t>(::read(reader_.get(), text.data(), text.size())));
        return text;
    }

    Descriptor reader_;
    int output_ = -1;
};

TEST_F(LogCarrierTest, CarriesLinesAndTheLastOneWithoutAnEnd) {
    LogCarrier carried = carrier();
    write(carried, "one\ntwo\nthr");
    carried.carry();
    carried.close_child_end();
    carried.finish();
    EXPECT_EQ(read(), "one\ntwo\nthr\n");
    EXPECT_EQ(carried.source(), -1);
}

TEST_F(LogCarrierTest, WaitsForNobodyWhoDoesNotRead) {
    LogCarrier carried = carrier();
    const std::string line = std::string(99, 'x') + '\n';
    const auto begin = steady_clock::now();
    for (int i = 0; i < 100'000; i++) {
        write(carried, line);
        if (i % 100 == 0) carried.carry();
    }
    EXPECT_LT(steady_clock::now() - begin, 10s);
    const auto end = steady_clock::now();
    carried.close_child_end();
    carried.finish();
    EXPECT_LT(steady_clock::now() - end, 1s);
}

TEST_F(LogCarrierTest, GoesOnTakingLinesWhenTheReaderIsGone) {
    LogCarrier carried = carrier();
    reader_.close();
    for (int i = 0; i < 100; i++) {
        write(carried, std::string(50'000, 'x') + '\n');
        carried.carry();
    }
    carried.close_child_end();
    carried.finish();
}

// /dev/full fails with ENOSPC, as a disk does.
TEST_F(LogCarrierTest, ADiskThatIsFullStopsNobody) {
    const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    ASSERT_GE(full, 0);
    LogCarrier carried(full, "standard output", std::make_shared<std::mutex>());
    for (int i = 0; i < 200; i++) {
        write(carried, std::string(50'000, 'x') + '\n');
        carried.carry();
    }
    carried.close_child_end();
    carried.finish();
}

}  // namespace
}  // namespace cli
