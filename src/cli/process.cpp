#include "cli/process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string_view>
#include <system_error>
#include <thread>

#include "cli/commands.h"
#include "cli/descriptor.h"
#include "cli/terminal.h"

namespace cli {
namespace {

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

int wait_for(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0)
        if (errno != EINTR) fail("waitpid");
    return status_of(status);
}

std::string read_all(int from) {
    std::string text;
    std::array<char, 4096> bytes{};
    for (;;) {
        const ssize_t size = ::read(from, bytes.data(), bytes.size());
        if (size > 0) text.append(bytes.data(), static_cast<std::size_t>(size));
        if (size == 0 || (size < 0 && errno != EINTR)) return text;
    }
}

}  // namespace

int status_of(int wait_status) noexcept {
    return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

pid_t fork_child(int death, Group group, const std::function<int()>& body) {
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child < 0) fail("fork");
    if (child > 0) {
        if (group == Group::its_own) ::setpgid(child, child);  // whoever is first
        return child;
    }
    if (group == Group::its_own) ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, death);
    if (::getppid() != parent) ::_exit(127);  // it ended before we asked to be told
    const int status = body();
    static_cast<void>(std::fflush(stdout));
    ::_exit(status);
}

std::optional<std::vector<pid_t>> children_of(pid_t process) {
    const std::string pid = std::to_string(process);
    std::ifstream children("/proc/" + pid + "/task/" + pid + "/children");
    if (!children) return std::nullopt;
    std::vector<pid_t> pids;
    for (pid_t child = 0; children >> child;)
        pids.push_back(child);
    return pids;
}

void execute(const Command& command) {
    std::vector<char*> arguments;
    for (const std::string& argument : command)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    ::execvp(arguments[0], arguments.data());
    complain("cannot start " + command[0] + ": " + std::strerror(errno));
    ::_exit(127);
}

Outcome run_to_end(const Command& command, int folder) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe2");
    const Descriptor from(ends[0]);
    Descriptor to(ends[1]);
    const pid_t child = fork_child(SIGKILL, Group::ours, [&]() -> int {
        ::dup2(to.get(), STDOUT_FILENO);
        ::dup2(to.get(), STDERR_FILENO);
        if (folder != AT_FDCWD && ::fchdir(folder) != 0) return 127;
        execute(command);
    });
    to.close();
    std::string output = read_all(from.get());
    return {.status = wait_for(child), .output = std::move(output)};
}

void end_group(pid_t leader) noexcept {
    ::kill(-leader, SIGKILL);
    for (int attempt = 0; attempt < 200 && ::waitpid(-leader, nullptr, WNOHANG) >= 0; attempt++)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

int run_until_signal(const PendingSignals& signals, std::initializer_list<int> ending,
                     const std::function<void()>& body) {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    const pid_t child = fork_child(SIGKILL, Group::its_own, [&] {
        signals.restore();
        return status_after(body);
    });
    std::vector<int> wanted(ending);
    wanted.push_back(SIGCHLD);
    int status = 0;
    for (;;) {
        const int number = PendingSignals::wait_for(wanted);
        const pid_t ended = number == SIGCHLD ? ::waitpid(child, &status, WNOHANG) : child;
        if (ended < 0 && errno != EINTR) fail("waitpid");
        if (ended != child) continue;
        end_group(child);
        return number == SIGCHLD ? status_of(status) : 128 + number;
    }
}

}  // namespace cli
