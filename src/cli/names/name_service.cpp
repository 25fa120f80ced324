#include "cli/names/name_service.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "base/ascii.h"
#include "cli/names/dns_message.h"
#include "cli/process.h"

namespace cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t most_waiting = 64;   // of one name: more than nginx has workers
constexpr std::size_t most_at_once = 256;  // packets, before answers that are due
constexpr in_addr_t loopback_net = 0x7F;   // its first byte

struct Waiting {
    dns::Question question;
    sockaddr_in asker{};
    steady_clock::time_point since;
};

struct Entry {
    std::string name;
    bool has_thread = false;
    bool is_wanted = false;
    bool is_running = false;
    Found last;
    std::optional<steady_clock::time_point> ended_at;  // of the last lookup
    Found good;                                        // the last one that found something
    steady_clock::time_point good_at;
    std::vector<Waiting> waiting;
};

std::string key_of(std::string_view name) {
    std::string key(name);
    if (key.ends_with('.')) key.pop_back();
    std::ranges::transform(key, key.begin(), base::to_lower);
    return key;
}

bool is_loopback(const sockaddr_in& address) noexcept {
    return address.sin_family == AF_INET && ntohl(address.sin_addr.s_addr) >> 24U == loopback_net;
}

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

// Shared with the threads: one may hang in a lookup when the service ends.
struct NameService::State {
    State(int number, Lookup how, NameTimes limits)
        : socket(number), lookup(std::move(how)), times(limits), done(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        if (!done) fail("eventfd");
    }

    const int socket;
    const Lookup lookup;
    const NameTimes times;
    const Descriptor done;  // readable when a lookup has ended
    std::mutex mutex{};     // of what stands below
    std::condition_variable changed{};
    std::map<std::string, Entry> entries{};
    bool has_ended = false;

    void reply(const Waiting& waiting, dns::Outcome outcome, std::span<const dns::Address> addresses) const {
        const std::string message = dns::answer(waiting.question, outcome, addresses);
        ::sendto(socket, message.data(), message.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                 reinterpret_cast<const sockaddr*>(&waiting.asker), sizeof(waiting.asker));
    }
    void reply(const Waiting& waiting, const Found& found) const { reply(waiting, found.outcome, found.addresses); }

    bool has_good(const Entry& entry, steady_clock::time_point now) const {
        return !entry.good.addresses.empty() && now < entry.good_at + times.stale;
    }

    // What may be said of a name without asking; null: nothing.
    const Found* known(const Entry& entry, steady_clock::time_point now) const {
        if (!entry.ended_at) return nullptr;
        const bool has_failed = entry.last.outcome == dns::Outcome::server_failed;
        if (now >= *entry.ended_at + (has_failed ? times.failed : times.fresh)) return nullptr;
        return has_failed && has_good(entry, now) ? &entry.good : &entry.last;
    }

    static void take(Entry& entry, Found found) {
        const auto now = steady_clock::now();
        entry.is_running = false;
        entry.ended_at = now;
        entry.last = std::move(found);
        if (entry.last.outcome == dns::Outcome::found) {
            entry.good = entry.last;
            entry.good_at = now;
        } else if (entry.last.outcome == dns::Outcome::no_such_name) {
            entry.good = {};
        }
    }

    // False: there is no thread to be had at the moment.
    static bool want(const std::shared_ptr<State>& self, Entry& entry) {
        if (entry.is_wanted || entry.is_running) return true;
        if (!entry.has_thread) try {
                std::thread(look_up, self, std::ref(entry)).detach();
                entry.has_thread = true;
            } catch (const std::system_error&) {
                return false;
            }
        entry.is_wanted = true;
        self->changed.notify_all();
        return true;
    }

    // A thread's life.
    static void look_up(const std::shared_ptr<State>& self, Entry& entry) noexcept {
        std::unique_lock lock(self->mutex);
        for (;;) {
            self->changed.wait(lock, [&] { return entry.is_wanted || self->has_ended; });
            if (self->has_ended) return;
            entry.is_wanted = false;
            entry.is_running = true;
            lock.unlock();
            Found found = look_up_once(*self, entry.name);
            lock.lock();
            take(entry, std::move(found));
            static_cast<void>(::eventfd_write(self->done.get(), 1));
        }
    }

    static Found look_up_once(const State& self, const std::string& name) noexcept {
        try {
            return self.lookup(name);
        } catch (...) {
            return {};
        }
    }

    static void take_question(const std::shared_ptr<State>& self, Waiting waiting) {
        const auto found = self->entries.find(waiting.question.name);
        if (found == self->entries.end()) return self->reply(waiting, dns::Outcome::refused, {});
        Entry& entry = found->second;
        if (const Found* known = self->known(entry, waiting.since)) return self->reply(waiting, *known);
        if (entry.waiting.size() >= most_waiting) return;  // whoever asked asks again
        if (!want(self, entry)) return self->reply(waiting, dns::Outcome::server_failed, {});
        entry.waiting.push_back(std::move(waiting));
    }

    void answer_waiting(Entry& entry, steady_clock::time_point now) const {
        const Found* known = this->known(entry, now);
        std::erase_if(entry.waiting, [&](const Waiting& waiting) {
            const bool is_too_long = now >= waiting.since + times.patience && has_good(entry, now);
            if (known == nullptr && !is_too_long) return false;
            reply(waiting, known != nullptr ? *known : entry.good);
            return true;
        });
    }

    // How long nothing becomes due by time alone.
    milliseconds until_due(steady_clock::time_point now, milliseconds longest) const {
        for (const auto& [key, entry] : entries)
            for (const Waiting& waiting : entry.waiting)
                if (has_good(entry, now))
                    longest = std::min(longest, std::chrono::ceil<milliseconds>(waiting.since + times.patience - now));
        return std::max(longest, milliseconds(0));
    }
};

NameService::NameService(int socket, const std::vector<std::string>& names, Lookup lookup, NameTimes times)
    : state_(std::make_shared<State>(socket, std::move(lookup), times)) {
    for (const std::string& name : names)
        state_->entries[key_of(name)].name = name;
}

NameService::~NameService() {
    const std::lock_guard lock(state_->mutex);
    state_->has_ended = true;
    state_->changed.notify_all();
}

void NameService::serve(milliseconds longest) {
    std::unique_lock lock(state_->mutex);
    longest = state_->until_due(steady_clock::now(), longest);
    lock.unlock();
    std::array<pollfd, 2> sources = {pollfd{.fd = state_->socket, .events = POLLIN, .revents = 0},
                                     pollfd{.fd = state_->done.get(), .events = POLLIN, .revents = 0}};
    ::poll(sources.data(), sources.size(), static_cast<int>(longest.count()));
    eventfd_t count = 0;
    ::eventfd_read(state_->done.get(), &count);
    lock.lock();
    receive();
    const auto now = steady_clock::now();
    for (auto& [key, entry] : state_->entries) {
        state_->answer_waiting(entry, now);
        if (!entry.waiting.empty()) State::want(state_, entry);
    }
}

void NameService::receive() {
    std::array<std::byte, dns::largest_message + 1> packet{};  // one that is cut is too large
    for (std::size_t count = 0; count < most_at_once; count++) {
        sockaddr_in asker{};
        socklen_t size = sizeof(asker);
        const ssize_t received = ::recvfrom(state_->socket, packet.data(), packet.size(), MSG_DONTWAIT,
                                            reinterpret_cast<sockaddr*>(&asker), &size);
        if (received < 0) return;
        if (size != sizeof(asker) || !is_loopback(asker)) continue;
        auto question = dns::parse_query(std::span(packet).first(static_cast<std::size_t>(received)));
        if (question) State::take_question(state_, {*std::move(question), asker, steady_clock::now()});
    }
}

NameSocket::NameSocket() : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (!socket_ || ::bind(socket_.get(), generic, size) != 0 || ::getsockname(socket_.get(), generic, &size) != 0)
        fail("a UDP socket on 127.0.0.1, for the names of backends");
    port_ = ntohs(address.sin_port);
}

pid_t start_name_service(const NameSocket& socket, const std::vector<std::string>& names) {
    if (names.empty()) return 0;
    return fork_child(SIGKILL, Group::its_own, [&]() noexcept -> int {
        constexpr int kept = 3;
        ::prctl(PR_SET_NAME, "mcp-names");
        if (socket.descriptor() != kept && ::dup2(socket.descriptor(), kept) < 0) return 1;
        const int nothing = ::open("/dev/null", O_RDWR);
        for (const int ours : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
            if (nothing < 0 || ::dup2(nothing, ours) < 0) ::close(ours);
        ::closefrom(kept + 1);
        try {
            NameService service(kept, names);
            for (;;)
                service.serve(std::chrono::hours(1));
        } catch (...) {
            return 1;  // it is started again
        }
    });
}

}  // namespace cli
