#include "cli/state_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/folders.h"
#include "cli/healthcheck.h"
#include "cli/render/render.h"

namespace cli {
namespace {

constexpr const char* not_ours = " is a file that this command did not make";
const std::string lock_name = "run.lock";
const std::string home_name = "nginx-home";
constexpr std::size_t longest_pid = 32;
constexpr std::size_t longest_file = std::size_t{16} << 20U;  // of ours

// What the one who has the lock has written into it.
std::string holder(int file) {
    std::array<char, 32> text{};
    const ssize_t size = ::pread(file, text.data(), text.size(), 0);
    const std::string_view digits(text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    const std::string pid(digits.substr(0, digits.find_first_not_of("0123456789")));
    return pid.empty() ? "another `mcp-resource run`" : "`mcp-resource run` with pid " + pid;
}

// The first `size` bytes of a regular file; none when it is something else, or cannot be read.
std::optional<std::string> beginning(int folder, const std::string& name, std::size_t size) {
    constexpr int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    const Descriptor file(::openat(folder, name.c_str(), flags));
    struct stat information{};
    if (!file || ::fstat(file.get(), &information) != 0 || !S_ISREG(information.st_mode)) return std::nullopt;
    std::string text(std::min(size, static_cast<std::size_t>(information.st_size)), '\0');
    const ssize_t read = ::pread(file.get(), text.data(), text.size(), 0);
    if (read < 0) return std::nullopt;
    text.resize(static_cast<std::size_t>(read));
    return text;
}

// Of the private folder in one that others can write to.
std::string own_name() {
    return "mcp-resource-" + std::to_string(::geteuid());
}

bool is_name_of_ours(std::string name) {
    if (const std::string_view end = StateFolder::unfinished; name.ends_with(end))
        name.resize(name.size() - end.size());
    const auto names = {conf_file, next_conf_file, pid_file,    names_file,      told_file,
                        lock_name, home_name,      health_file, next_health_file};
    return std::ranges::find(names, name) != names.end();
}

// Empty: whoever was to write it was ended before.
bool is_pid(std::string_view text) noexcept {
    return text.size() < longest_pid && text.find_first_not_of("0123456789\n") == std::string_view::npos;
}

// A fork that outlives us by what it takes to remove the folder. Its own session: what kills our group does not kill
// it.
void wait_and_remove(int alive, int folder, int parent, const std::string& name) noexcept {
    ::setsid();
    sigset_t all{};
    sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, nullptr);
    char byte = 0;
    while (::read(alive, &byte, 1) < 0 && errno == EINTR) {
    }
    remove_folder(folder, parent, name);
    ::_exit(0);
}

}  // namespace

StateFolder::StateFolder(std::string name, Descriptor folder) noexcept
    : name_(std::move(name)), folder_(std::move(folder)) {}

StateFolder StateFolder::at(const std::string& path) {
    Descriptor folder = open_folder(path);
    std::string name = path;
    if (!is_private(information_on(folder, path))) {
        const std::string own = own_name();
        name += '/' + own;
        folder = open_own_folder(folder, own, S_IRWXU, name);
    }
    return {std::move(name), std::move(folder)};
}

StateFolder StateFolder::locked(const std::string& path) {
    StateFolder state = at(path);
    state.require_ours();
    state.lock();
    return state;
}

// Neither a link nor a pipe in its place is waited for, or written to.
void StateFolder::lock() {
    const std::string file = name_ + '/' + lock_name;
    constexpr int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    lock_ = Descriptor(::openat(folder_.get(), lock_name.c_str(), flags, S_IRUSR | S_IWUSR));
    if (!lock_) fail_with_errno("cannot open " + file);
    const auto information = information_on(lock_, file);
    if (!S_ISREG(information.st_mode) || information.st_uid != ::geteuid() || information.st_nlink != 1)
        fail_unusable(file + not_ours);
    if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0)
        fail_usage(name_ + " is in use by " + holder(lock_.get()) +
                   "; end that one, or name another folder with --state");
    if (!is_pid(beginning(folder_.get(), lock_name, longest_pid).value_or(""))) fail_unusable(file + not_ours);
    const std::string pid = std::to_string(::getpid()) + '\n';
    if (::ftruncate(lock_.get(), 0) != 0 || !write_all(lock_.get(), pid)) fail_with_errno("cannot write " + file);
}

bool StateFolder::is_in_use() const {
    const std::string text = beginning(folder_.get(), lock_name, longest_pid).value_or("");
    pid_t pid = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), pid);
    return error == std::errc() && pid > 0 && ::kill(pid, 0) == 0;
}

// Links and pipes are no files that anybody has written: they are replaced.
void StateFolder::require_ours() const {
    const auto conf = beginning(folder_.get(), conf_file, marker.size());
    if (conf && !marker.starts_with(*conf)) fail_unusable(name_ + '/' + conf_file + not_ours);
    const auto pid = beginning(folder_.get(), pid_file, longest_pid);
    if (pid && !is_pid(*pid)) fail_unusable(name_ + '/' + pid_file + not_ours);
}

void StateFolder::remove(const std::string& name) const {
    if (::unlinkat(folder_.get(), name.c_str(), 0) != 0 && errno != ENOENT)
        fail_with_errno("cannot remove " + name_ + '/' + name);
}

void StateFolder::rename(const std::string& from, const std::string& to) const {
    if (::renameat(folder_.get(), from.c_str(), folder_.get(), to.c_str()) != 0)
        fail_with_errno("cannot write " + name_ + '/' + to);
}

// A reader sees what was there, or all that is new; and where the disk is full, what was there stays.
void StateFolder::write(const std::string& name, std::string_view text) const {
    const std::string aside = name + unfinished;
    remove(aside);
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const Descriptor file(::openat(folder_.get(), aside.c_str(), flags, S_IRUSR | S_IWUSR));
    if (!file || !write_all(file.get(), text)) {
        const int error = errno;
        ::unlinkat(folder_.get(), aside.c_str(), 0);
        errno = error;
        fail_with_errno("cannot write " + name_ + '/' + name);
    }
    rename(aside, name);
}

bool StateFolder::is_file_of(const std::string& state, const std::string& path) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    const fs::path file = fs::weakly_canonical(path, ignored);
    const fs::path folder = fs::weakly_canonical(state, ignored);
    return std::ranges::any_of(std::array{folder, folder / own_name()}, [&](const fs::path& place) {
        return file.parent_path() == place / home_name ||
               (file.parent_path() == place && is_name_of_ours(file.filename()));
    });
}

std::optional<std::string> StateFolder::read(const std::string& name) const {
    return beginning(folder_.get(), name, longest_file);
}

Descriptor StateFolder::home() const {
    const std::string path = name_ + '/' + home_name;
    Descriptor home = open_own_folder(folder_, home_name, S_IRWXU | S_IXGRP | S_IXOTH, path);
    for (const std::string_view kind : temporary_files) {
        const std::string name = temporary_folder(kind);
        struct stat information{};
        if (::fstatat(home.get(), name.c_str(), &information, AT_SYMLINK_NOFOLLOW) == 0 &&
            !S_ISDIR(information.st_mode) && ::unlinkat(home.get(), name.c_str(), 0) != 0)
            fail_with_errno(std::string("cannot remove ").append(path).append("/").append(name));
    }
    return home;
}

TemporaryFolder::TemporaryFolder(const std::string& path)
    : parent_(open_folder(path)), name_("mcp-resource-check-" + random_name()), folder_(path + '/' + name_, {}) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail_with_errno("cannot make a pipe");
    const Descriptor seen(ends[0]);
    folder_.folder_ = make_own_folder(parent_, name_, folder_.name_);
    alive_ = Descriptor(ends[1]);
    remover_ = ::fork();
    if (remover_ < 0) {
        remove_folder(folder_.folder_.get(), parent_.get(), name_);
        fail_with_errno("cannot start a process");
    }
    if (remover_ == 0) {
        alive_.close();
        wait_and_remove(seen.get(), folder_.folder_.get(), parent_.get(), name_);
    }
}

TemporaryFolder::~TemporaryFolder() {
    alive_.close();
    while (::waitpid(remover_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

}  // namespace cli
