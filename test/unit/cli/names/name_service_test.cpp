#include "cli/names/name_service.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <future>
#include <map>
#include <optional>
#include <string>
#include <thread>

namespace cli {
namespace {

using namespace std::chrono_literals;
using testing::Eq;
using testing::Optional;

Found address(std::uint8_t last) {
    return {.outcome = dns::Outcome::found, .addresses = {{.type = dns::Type::a, .bytes = {10, 0, 0, last}}}};
}

const Found failed{.outcome = dns::Outcome::server_failed, .addresses = {}};
const Found unknown{.outcome = dns::Outcome::no_such_name, .addresses = {}};

constexpr int refused = -5;
constexpr int no_such_name = -3;
constexpr int server_failed = -2;

// One who asks; an answer is the last byte of its address, or the negated code of what went wrong.
class Asker {
public:
    explicit Asker(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        to.sin_port = htons(port);
        EXPECT_EQ(::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof(to)), 0);
    }

    void ask(const std::string& name) const {
        std::string packet("\0\1\1\0\0\1\0\0\0\0\0\0", 12);
        packet += static_cast<char>(name.size()) + name + std::string("\0\0\1\0\1", 5);
        send(packet);
    }
    void send(const std::string& packet) const { ::send(socket_.get(), packet.data(), packet.size(), 0); }

    std::optional<int> answer() const {
        std::array<char, 600> bytes{};
        const ssize_t size = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
        if (size < 12) return std::nullopt;
        const int code = bytes[3] & 0x0F;
        return code != 0 ? -code : bytes.at(static_cast<std::size_t>(size) - 1);
    }

private:
    Descriptor socket_;
};

class NameServiceTest : public testing::Test {
protected:
    NameService service(const std::vector<std::string>& names, NameService::Lookup lookup) {
        return {socket_.descriptor(), names, std::move(lookup), times_};
    }
    // What comes within a time in which much could come.
    static std::optional<int> soon(NameService& service, const Asker& asker) {
        for (int i = 0; i < 200; i++) {
            service.serve(5ms);
            if (const auto answer = asker.answer()) return answer;
        }
        return std::nullopt;
    }
    static std::optional<int> never(NameService& service, const Asker& asker) {
        for (int i = 0; i < 6; i++)
            service.serve(5ms);
        return asker.answer();
    }

    NameSocket socket_;
    Asker asker_{socket_.port()};
    NameTimes times_{.fresh = 1h, .failed = 0ms, .patience = 20ms, .stale = 1h};
};

TEST_F(NameServiceTest, ANameHasTheAddressThatTheSystemSays) {
    NameService names = service({"Backend."}, [](const std::string& name) {
        EXPECT_EQ(name, "Backend.");
        return address(7);
    });
    asker_.ask("backend");
    EXPECT_THAT(soon(names, asker_), Optional(7));
}

TEST_F(NameServiceTest, NoOtherNameIsLookedUp) {
    NameService names = service({"backend"}, [](const std::string&) {
        ADD_FAILURE();
        return address(7);
    });
    asker_.ask("elsewhere");
    EXPECT_THAT(soon(names, asker_), Optional(refused));
}

TEST_F(NameServiceTest, WhatIsNoQueryGetsNoAnswer) {
    NameService names = service({"backend"}, [](const std::string&) { return address(7); });
    for (const std::string& packet :
         {std::string(), std::string("x"), std::string(600, '\0'), std::string(512, '\xFF')})
        asker_.send(packet);
    EXPECT_EQ(never(names, asker_), std::nullopt);
    asker_.ask("backend");
    EXPECT_THAT(soon(names, asker_), Optional(7));
}

TEST_F(NameServiceTest, AnAnswerIsGoodForAWhile) {
    std::atomic<int> count = 0;
    NameService names =
        service({"backend"}, [&](const std::string&) { return address(static_cast<std::uint8_t>(++count)); });
    for (int i = 0; i < 3; i++) {
        asker_.ask("backend");
        EXPECT_THAT(soon(names, asker_), Optional(1));
    }
}

TEST_F(NameServiceTest, ThenANameIsLookedUpAgain) {
    times_.fresh = 1ms;
    std::atomic<int> count = 0;
    NameService names =
        service({"backend"}, [&](const std::string&) { return address(static_cast<std::uint8_t>(++count)); });
    asker_.ask("backend");
    EXPECT_THAT(soon(names, asker_), Optional(1));
    std::this_thread::sleep_for(2ms);
    asker_.ask("backend");
    EXPECT_THAT(soon(names, asker_), Optional(testing::Gt(1)));
}

TEST_F(NameServiceTest, ASlowNameDelaysNoOther) {
    std::promise<void> end;
    auto ended = end.get_future().share();
    NameService names = service({"slow", "fast"}, [ended](const std::string& name) {
        if (name == "slow") ended.wait();
        return address(name == "slow" ? 1 : 2);
    });
    asker_.ask("slow");
    EXPECT_EQ(never(names, asker_), std::nullopt);
    asker_.ask("fast");
    EXPECT_THAT(soon(names, asker_), Optional(2));
    end.set_value();
    EXPECT_THAT(soon(names, asker_), Optional(1));
}

TEST_F(NameServiceTest, AnOldAddressServesWhileTheSystemDoesNotAnswer) {
    times_.fresh = 1ms;
    std::promise<void> end;
    auto ended = end.get_future().share();
    std::atomic<bool> hangs = false;
    NameService names = service({"backend"}, [&, ended](const std::string&) {
        if (hangs) ended.wait();
        return address(hangs ? 8 : 7);
    });
    asker_.ask("backend");
    EXPECT_THAT(soon(names, asker_), Optional(7));
    hangs = true;
    std::this_thread::sleep_for(2ms);
    asker_.ask("backend");
    EXPECT_THAT(soon(names, asker_), Optional(7));
    end.set_value();
}

TEST_F(NameServiceTest, AFailureChangesNoAddressThatIsKnown) {
    times_.fresh = 1ms;
    times_.failed = 1h;
    std::atomic<bool> fails = false;
    NameService names = service({"backend"}, [&](const std::string&) { return fails ? failed : address(7); });
    asker_.ask("backend");
    EXPECT_THAT(soon(names, asker_), Optional(7));
    fails = true;
    std::this_thread::sleep_for(2ms);
    asker_.ask("backend");
    EXPECT_THAT(soon(names, asker_), Optional(7));
}

TEST_F(NameServiceTest, ANameThatIsGoneHasNoAddress) {
    times_.fresh = 1ms;
    std::atomic<bool> is_gone = false;
    NameService names = service({"backend"}, [&](const std::string&) { return is_gone ? unknown : address(7); });
    asker_.ask("backend");
    EXPECT_THAT(soon(names, asker_), Optional(7));
    is_gone = true;
    std::this_thread::sleep_for(2ms);
    asker_.ask("backend");
    EXPECT_THAT(soon(names, asker_), Optional(no_such_name));
}

TEST_F(NameServiceTest, ALookupThatThrowsIsOneThatFailed) {
    times_.failed = 1h;
    NameService names = service({"backend"}, [](const std::string&) -> Found { throw std::bad_alloc(); });
    asker_.ask("backend");
    EXPECT_THAT(soon(names, asker_), Optional(server_failed));
}

TEST_F(NameServiceTest, ManyQuestionsForOneNameAreOneLookupAndWaitInABoundedQueue) {
    std::promise<void> end;
    auto ended = end.get_future().share();
    std::atomic<int> count = 0;
    NameService names = service({"backend"}, [&, ended](const std::string&) {
        count++;
        ended.wait();
        return address(7);
    });
    for (int i = 0; i < 200; i++) {
        asker_.ask("backend");
        names.serve(0ms);
    }
    end.set_value();
    EXPECT_THAT(soon(names, asker_), Optional(7));
    int answers = 1;
    while (asker_.answer())
        answers++;
    EXPECT_EQ(answers, 64);
    EXPECT_EQ(count, 1);
}

}  // namespace
}  // namespace cli
