#include "cli/process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <system_error>

namespace cli {
namespace {

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

int status_of(int wait_status) noexcept {
    return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

int wait_for(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0)
        if (errno != EINTR) fail("waitpid");
    return status_of(status);
}

// Calls take(std::string_view) with what comes, until the end.
template <class Take>
void read_all(int from, Take take) {
    std::array<char, 4096> bytes{};
    for (;;) {
        const ssize_t size = ::read(from, bytes.data(), bytes.size());
        if (size > 0) take(std::string_view(bytes.data(), static_cast<std::size_t>(size)));
        if (size == 0 || (size < 0 && errno != EINTR)) return;
    }
}

void write_all(int to, std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        const ssize_t size = ::write(to, bytes.data(), bytes.size());
        if (size > 0) bytes.remove_prefix(static_cast<std::size_t>(size));
        if (size < 0 && errno != EINTR) return;
    }
}

bool is_socket(int file) noexcept {
    struct stat information{};
    return ::fstat(file, &information) == 0 && S_ISSOCK(information.st_mode);
}

// nginx opens its access log by name, and /dev/stdout has none that opens while it is a socket, as under systemd: then
// nginx gets a pipe, and a process of ours carries on what comes out of it until nginx is gone.
void give_openable_stdout() {
    if (!is_socket(STDOUT_FILENO)) return;
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe2");
    const pid_t carrier = ::fork();
    if (carrier < 0) fail("fork");
    if (carrier == 0) {
        ::close(ends[1]);
        read_all(ends[0], [](std::string_view bytes) { write_all(STDOUT_FILENO, bytes); });
        ::_exit(0);
    }
    ::close(ends[0]);
    ::dup2(ends[1], STDOUT_FILENO);
    ::close(ends[1]);
}

// Blocks the signals that supervise() waits for; the child gets them again.
class BlockedSignals {
public:
    BlockedSignals() {
        sigemptyset(&set_);
        for (const int number : {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGCHLD})
            sigaddset(&set_, number);
        if (::sigprocmask(SIG_BLOCK, &set_, &before_) != 0) fail("sigprocmask");
    }
    BlockedSignals(const BlockedSignals&) = delete;
    BlockedSignals& operator=(const BlockedSignals&) = delete;
    ~BlockedSignals() { restore(); }

    void restore() const noexcept { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }
    int next() const noexcept { return ::sigwaitinfo(&set_, nullptr); }

private:
    sigset_t set_{};
    sigset_t before_{};
};

// The child gets a process group of its own: Ctrl-C reaches us, and we let it finish.
pid_t start_child(const Command& command, const BlockedSignals& signals) {
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child < 0) fail("fork");
    if (child > 0) return child;
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(127);  // it ended before we asked to be told
    give_openable_stdout();
    signals.restore();
    execute(command);
}

}  // namespace

void execute(const Command& command) {
    std::vector<char*> arguments;
    for (const std::string& argument : command)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    ::execvp(arguments[0], arguments.data());
    static_cast<void>(std::fprintf(stderr, "mcp-resource: cannot start %s: %s\n", arguments[0], std::strerror(errno)));
    ::_exit(127);
}

Outcome run_to_end(const Command& command) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe2");
    const pid_t child = ::fork();
    if (child < 0) fail("fork");
    if (child == 0) {
        ::dup2(ends[1], STDOUT_FILENO);
        ::dup2(ends[1], STDERR_FILENO);
        execute(command);
    }
    ::close(ends[1]);
    std::string output;
    read_all(ends[0], [&](std::string_view bytes) { output.append(bytes); });
    ::close(ends[0]);
    return {.status = wait_for(child), .output = std::move(output)};
}

int supervise(const Command& command) {
    const BlockedSignals signals;
    const pid_t child = start_child(command, signals);
    bool ending = false;
    for (;;) {
        const int number = signals.next();
        if (number == SIGCHLD) {
            int status = 0;
            for (pid_t ended = 0; (ended = ::waitpid(-1, &status, WNOHANG)) > 0;)
                if (ended == child) return status_of(status);
        } else if (number == SIGHUP || number == SIGUSR1) {
            ::kill(child, number);
        } else if (number > 0) {
            ::kill(child, ending ? SIGTERM : SIGQUIT);
            ending = true;
        }
    }
}

}  // namespace cli
