#include "cli/supervisor.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

#include "cli/commands.h"
#include "cli/log_carrier.h"
#include "cli/workers.h"

namespace cli {
namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

// `docker stop` gives us ten seconds. It is not nginx that counts them: its worker_shutdown_timeout is for a reload,
// too.
constexpr auto longest_grace = 8s;
constexpr auto longest_stop = 9s;
constexpr auto longest_end = 2s;  // when asked twice
constexpr auto one_moment = 300ms;
constexpr auto tick = 50ms;
constexpr auto pause = 2ms;  // while lines come: many are carried at once, for much less than one by one

constexpr auto pause_of_helper = 1s;
constexpr auto longest_taking = 10s;  // nginx tries for 2.5 s to get a port

constexpr auto longest_start = 5s;
constexpr auto last_nudge = 1s;

std::shared_ptr<std::mutex> turn_beside(int one, int other, const std::shared_ptr<std::mutex>& turn) {
    struct stat a{};
    struct stat b{};
    const bool same = ::fstat(one, &a) == 0 && ::fstat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
    return same ? turn : std::make_shared<std::mutex>();
}

class Supervisor {
public:
    Supervisor(const PendingSignals& signals, const Companions& companions)
        : signals_(signals), companions_(companions) {}

    int run(const Command& command, int folder) {
        ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // nginx' workers are ours when it is gone
        helper_ = companions_.start_names();
        errors_.omit(companions_.told());
        start(command, folder);
        while (!has_ended_) {
            wait();
            output_.carry();
            errors_.carry();
            tell_broken();
            for (int number = 0; (number = signals_.take()) != 0;)
                handle(number);
            deliver();
        }
        return finish();
    }

private:
    void start(const Command& command, int folder) {
        nginx_ = fork_child(SIGTERM, Group::its_own, [&]() -> int {
            ::dup2(output_.child_end(), STDOUT_FILENO);
            ::dup2(errors_.child_end(), STDERR_FILENO);
            if (::fchdir(folder) != 0) return 127;
            signals_.restore();
            execute(command);
        });
        output_.close_child_end();
        errors_.close_child_end();
    }

    void wait() {
        std::array<pollfd, 3> sources = {pollfd{.fd = signals_.descriptor(), .events = POLLIN, .revents = 0},
                                         pollfd{.fd = output_.source(), .events = POLLIN, .revents = 0},
                                         pollfd{.fd = errors_.source(), .events = POLLIN, .revents = 0}};
        if (std::exchange(is_busy_, false)) ::poll(sources.data(), 1, static_cast<int>(pause.count()));
        const bool is_waiting = sources[1].fd < 0 || sources[2].fd < 0;  // for room
        const bool ticks = is_waiting || asked_ != 0 || reload_ || reopen_ || nudge_at_ || helper_at_ || told_at_;
        ::poll(sources.data(), sources.size(), ticks ? static_cast<int>(tick.count()) : -1);
        is_busy_ = sources[1].revents != 0 || sources[2].revents != 0;
    }

    void handle(int number) {
        if (number == SIGCHLD) return collect();
        if (number == SIGUSR2) errors_.add("mcp-resource: SIGUSR2 is ignored: to upgrade the binary, restart `run`");
        if (number == SIGHUP) reload_ = true;
        if (number == SIGUSR1) reopen_ = true;
        if (number == SIGTERM || number == SIGINT || number == SIGQUIT) end(number);
    }

    // `timeout` and its like send a signal to us and to our group: twice in one moment is once.
    void end(int number) {
        const auto now = steady_clock::now();
        if (asked_ != 0 && now < asked_at_ + one_moment) return;
        const auto end = now + (asked_ == 0 ? longest_stop : longest_end);
        kill_at_ = std::min(kill_at_.value_or(end), end);
        cut_at_ = now + longest_grace;
        asked_at_ = now;
        send(asked_ == 0 ? SIGQUIT : SIGTERM);
        asked_ = number;
    }

    // nginx starts its workers with signals blocked until it waits for them: from then on none is lost.
    bool is_waiting_for_signals() {
        const auto has_workers = [&] {
            const auto children = children_of(nginx_);
            return children && !children->empty();
        };
        if (!is_ready_) is_ready_ = has_workers() || steady_clock::now() > started_ + longest_start;
        return is_ready_;
    }

    // What comes before that, but when nginx has its handlers, is seen with the next one only: SIGIO, which means
    // nothing to nginx.
    void send(int number) {
        if (!is_waiting_for_signals()) nudge_in(tick);
        ::kill(nginx_, number);
    }

    void nudge_in(std::chrono::milliseconds delay) {
        nudge_delay_ = delay;
        nudge_at_ = steady_clock::now() + delay;
    }

    // Orphans. nginx itself stays a zombie, so that its process group keeps its number.
    void collect() {
        for (;;) {
            siginfo_t ended{};
            if (::waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) != 0) {
                has_ended_ = errno == ECHILD;  // nobody will ever tell
                return;
            }
            if (ended.si_pid == 0) return;
            has_ended_ = ended.si_pid == nginx_;
            if (has_ended_) return;
            int status = 0;
            ::waitpid(ended.si_pid, &status, WNOHANG);
            if (ended.si_pid == helper_) miss_helper();
            if (ended.si_pid == reloader_) end_reload(status_of(status));
        }
    }

    void miss_helper() {
        helper_ = 0;
        helper_at_ = steady_clock::now() + pause_of_helper;
        errors_.add("mcp-resource: the process that looks up the names of backends has ended; it is started again");
    }

    // What came meanwhile is looked at afterwards.
    void begin_reload() {
        if (!companions_.start_reload) {
            reload_ = false;
            return send(SIGHUP);
        }
        if (reloader_ != 0 || told_at_) return;
        reload_ = false;
        or_go_on([&] { reloader_ = companions_.start_reload(); });
    }

    void end_reload(int status) {
        end_group(std::exchange(reloader_, 0));
        if (status != 0) return go_on("");
        or_go_on([&] {
            if (companions_.take_names()) replace_helper();
            const auto children = children_of(nginx_);
            if (!children) companions_.on_taken();  // nobody will ever know
            errors_.omit(companions_.told());
            if (children) expect_workers(*children);
            send(SIGHUP);
        });
    }

    void expect_workers(const Workers::Pids& children) {
        workers_.expect_others(children);
        watches_ = true;
        is_taken_ = false;
        told_at_ = steady_clock::now();
    }

    void go_on(const std::string& why) {
        errors_.add("mcp-resource: " + why + "nginx continues with its current settings");
    }

    template <class Action>
    void or_go_on(Action action) {
        try {
            action();
        } catch (const std::system_error& error) {
            go_on("no process can be started (" + error.code().message() + "): ");
        } catch (const Failure& failure) {
            go_on(failure.text + ": ");
        }
    }

    void replace_helper() {
        const pid_t former = std::exchange(helper_, companions_.start_names());
        if (former > 0) ::kill(-former, SIGKILL);
        helper_at_.reset();
    }

    void start_helper() {
        helper_at_.reset();
        try {
            helper_ = companions_.start_names();
            misses_helper_ = false;
        } catch (const std::system_error& error) {
            if (!std::exchange(misses_helper_, true))
                errors_.add("mcp-resource: the process that looks up the names of backends cannot be started (" +
                            error.code().message() + "); it is tried every second");
            helper_at_ = steady_clock::now() + pause_of_helper;
        }
    }

    void take() {
        is_taken_ = true;
        told_at_.reset();
        try {
            companions_.on_taken();
        } catch (const Failure& failure) {
            errors_.add("mcp-resource: " + failure.text);
        }
    }

    // nginx tells in its log alone whether it has taken what it has read.
    void watch_workers() {
        if (!watches_) return;
        const auto children = children_of(nginx_);
        if (children) workers_.look(*children);
        if (!is_taken_ && workers_.have_come()) take();
        if (told_at_ && steady_clock::now() > *told_at_ + longest_taking) {
            told_at_.reset();
            go_on("nginx has not taken the new settings (it says above why): ");
        }
        if (workers_.are_alone()) {
            watches_ = false;
            companions_.on_settled();
        }
    }

    // What comes before nginx has its handlers would end it, and is kept.
    void deliver() {
        watch_workers();
        if ((reload_ || reopen_) && is_waiting_for_signals()) {
            if (reload_) begin_reload();
            if (std::exchange(reopen_, false)) send(SIGUSR1);
        }
        const auto now = steady_clock::now();
        if (helper_at_ && now >= *helper_at_) start_helper();
        if (nudge_at_ && now >= *nudge_at_) {
            ::kill(nginx_, SIGIO);
            nudge_at_.reset();
            if (nudge_delay_ < last_nudge) nudge_in(2 * nudge_delay_);
        }
        if (cut_at_ && now > *cut_at_) {
            cut_at_.reset();
            send(SIGTERM);
        }
        if (kill_at_ && now > *kill_at_) ::kill(-nginx_, SIGKILL);
    }

    // Workers outlive an nginx that was killed, and would go on serving with nobody to end them.
    int finish() {
        ::kill(-nginx_, SIGKILL);  // before its number can be another's
        for (const pid_t companion : {helper_, reloader_})
            if (companion > 0) end_group(companion);
        int status = 0;
        if (::waitpid(nginx_, &status, 0) != nginx_) status = SIGKILL;  // as sent: it is certainly no success
        end_group(nginx_);
        output_.finish();
        errors_.finish();
        tell_losses();
        const bool before_it_served = asked_ != 0 && WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL;
        return before_it_served ? 128 + asked_ : status_of(status);
    }

    // Whoever cannot be told on one stream is told on the other.
    void tell_broken() {
        if (output_.breaks()) errors_.add("mcp-resource: standard output cannot be written: its log lines are dropped");
        if (errors_.breaks()) output_.add("mcp-resource: standard error cannot be written: its log lines are dropped");
    }

    void tell_losses() {
        const auto told = [](std::size_t lost, const std::string& stream) {
            return "mcp-resource: " + std::to_string(lost) + " log lines dropped: " + stream + " cannot be written";
        };
        const std::size_t output = output_.unwritten();
        const std::size_t errors = errors_.unwritten();
        if (output > 0) errors_.add(told(output, "standard output"));
        if (errors > 0) output_.add(told(errors, "standard error"));
        errors_.finish();
        output_.finish();
    }

    const PendingSignals& signals_;
    std::shared_ptr<std::mutex> turn_ = std::make_shared<std::mutex>();
    LogCarrier output_{STDOUT_FILENO, "standard output", turn_};
    LogCarrier errors_{STDERR_FILENO, "standard error", turn_beside(STDOUT_FILENO, STDERR_FILENO, turn_)};
    const Companions& companions_;
    pid_t nginx_ = 0;
    pid_t helper_ = 0;  // 0: there is none
    std::optional<steady_clock::time_point> helper_at_;
    bool misses_helper_ = false;  // and that has been told
    pid_t reloader_ = 0;
    Workers workers_;
    bool watches_ = false;                             // there may be workers of former settings
    bool is_taken_ = true;                             // those that nginx was told to read last
    std::optional<steady_clock::time_point> told_at_;  // nginx, and nobody knows yet what became of it
    bool has_ended_ = false;
    bool is_busy_ = false;  // there were lines
    bool reload_ = false;
    bool reopen_ = false;
    int asked_ = 0;  // the signal that asked us to end
    steady_clock::time_point asked_at_;
    std::optional<steady_clock::time_point> cut_at_;  // what is still under way then
    std::optional<steady_clock::time_point> kill_at_;
    const steady_clock::time_point started_ = steady_clock::now();
    bool is_ready_ = false;
    std::optional<steady_clock::time_point> nudge_at_;
    std::chrono::milliseconds nudge_delay_{};
};

}  // namespace

int supervise(const Command& command, int folder, const PendingSignals& signals, const Companions& companions) {
    return Supervisor(signals, companions).run(command, folder);
}

}  // namespace cli
