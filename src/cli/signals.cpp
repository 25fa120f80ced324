#include "cli/signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace cli {
namespace {

template <class Numbers>
sigset_t set_of(const Numbers& numbers) noexcept {
    sigset_t set{};
    sigemptyset(&set);
    for (const int number : numbers)
        sigaddset(&set, number);
    return set;
}

// SIGPIPE: a reader of ours that is gone is an error of write().
constexpr std::initializer_list<int> all = {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD, SIGPIPE};

void act(int number, void (*action)(int)) noexcept {
    static_cast<void>(std::signal(number, action));  // all of them can be handled
}

// What would end nginx' supervisor, and means nothing to it.
void ignore_what_means_nothing() noexcept {
    for (const int number : {SIGHUP, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGIO, SIGSTKFLT})
        act(number, SIG_IGN);
    for (int number = SIGRTMIN; number <= SIGRTMAX; number++)
        act(number, SIG_IGN);
}

extern "C" void end_by_signal(int number) {
    ::_exit(128 + number);
}

}  // namespace

void prepare_signals(std::string_view subcommand) noexcept {
    act(SIGCHLD, SIG_DFL);  // ignored, as some parents leave it, children could not be waited for
    act(SIGXFSZ, SIG_IGN);  // a file at its limit is an error of write(), like a full disk
    const bool is_first_process = ::getpid() == 1;
    for (const int number : {SIGTERM, SIGINT, SIGQUIT, SIGHUP})
        if (is_first_process) act(number, end_by_signal);
    if (subcommand == "run" || subcommand == "nginx") ignore_what_means_nothing();
}

PendingSignals::PendingSignals() {
    const sigset_t set = set_of(all);
    if (::sigprocmask(SIG_BLOCK, &set, &before_) != 0) throw std::system_error(errno, std::generic_category());
    descriptor_ = Descriptor(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
    if (!descriptor_) throw std::system_error(errno, std::generic_category(), "signalfd");
}

void PendingSignals::restore() const noexcept {
    for (const int number : {SIGTERM, SIGINT, SIGQUIT})
        act(number, SIG_DFL);
    ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

int PendingSignals::take() const noexcept {
    signalfd_siginfo information{};
    const bool taken = ::read(descriptor_.get(), &information, sizeof(information)) == sizeof(information);
    return taken ? static_cast<int>(information.ssi_signo) : 0;
}

int PendingSignals::wait_for(const std::vector<int>& numbers) noexcept {
    const sigset_t set = set_of(numbers);
    int number = 0;
    while ((number = ::sigwaitinfo(&set, nullptr)) < 0)
        if (errno != EINTR) return SIGTERM;
    return number;
}

}  // namespace cli
