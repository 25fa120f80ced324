#include "cli/files.h"

#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/escape.h"
#include "base/file_access.h"
#include "cli/commands.h"
#include "cli/descriptor.h"

namespace cli {
namespace {

constexpr std::size_t max_bytes = std::size_t{1024} * 1024;

// Gives the file its name, unless something has it: EEXIST.
bool give_name(int folder, const char* from, const char* to) noexcept {
    if (::renameat2(folder, from, folder, to, RENAME_NOREPLACE) == 0) return true;
    if (errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP) return false;
    return ::linkat(folder, from, folder, to, 0) == 0 && ::unlinkat(folder, from, 0) == 0;
}

// Regular files alone: a pipe would be waited for, and a device never ends.
Descriptor open_regular(const std::string& name, std::string& trouble) {
    Descriptor file(::open(name.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    struct stat information{};
    if (!file || ::fstat(file.get(), &information) != 0)
        trouble = base::why_not_opened(name, errno);
    else if (S_ISDIR(information.st_mode))
        trouble = "it is a folder, not a file";
    else if (!S_ISREG(information.st_mode))
        trouble = "it is not a regular file";
    return file;
}

// Up to the limit, whatever it is.
std::expected<std::string, std::string> read_all(int file) {
    std::string text;
    std::array<char, 8192> bytes{};
    for (;;) {
        const ssize_t size = ::read(file, bytes.data(), bytes.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return std::unexpected(std::strerror(errno));
        if (size == 0) return text;
        text.append(bytes.data(), static_cast<std::size_t>(size));
        if (text.size() > max_bytes) return std::unexpected("it is larger than 1 MB, so it cannot be what is meant");
    }
}

std::string folder_above(std::string name) {
    while (name.size() > 1 && name.ends_with('/'))
        name.pop_back();
    const std::size_t slash = name.rfind('/');
    return slash == std::string::npos ? "." : name.substr(0, std::max(slash, std::size_t{1}));
}

[[noreturn]] void fail_to_make(const std::string& what, const std::string& in_folder, int error) {
    fail_usage(what + ": " + base::why_not_made_in(in_folder, error));
}

}  // namespace

std::string why_unreadable(const std::string& name) {
    std::string trouble;
    open_regular(name, trouble);
    return trouble;
}

std::string why_unwritable(const std::string& name) {
    const auto may = [](const std::string& path, int how) {
        return ::faccessat(AT_FDCWD, path.c_str(), how, AT_EACCESS) == 0;
    };
    struct stat information{};
    if (::stat(name.c_str(), &information) == 0) {
        if (S_ISDIR(information.st_mode)) return "it is a folder, not a file";
        if (!S_ISREG(information.st_mode)) return "it is not a regular file";
        return may(name, W_OK) ? "" : std::string(std::strerror(errno)) + "; let this user write to it";
    }
    if (errno != ENOENT) return base::why_not_opened(name, errno);
    if (is_there(name)) return "it is a link to a file that does not exist; make that file, or remove the link";
    const std::string folder = folder_above(name);
    if (::stat(folder.c_str(), &information) != 0 && errno == ENOENT)
        return "its folder does not exist; make it, or mount a volume there";
    return may(folder, W_OK | X_OK) ? "" : base::why_not_made_in(folder, errno);
}

void require_private(const std::string& name) {
    struct stat information{};
    if (::lstat(name.c_str(), &information) != 0)
        fail_usage("cannot read " + name + ": " + base::why_not_opened(name, errno));
    const auto refuse = [&](const std::string& why) {
        fail_usage(name + " exists, and " + why + ": remove it, or name another folder");
    };
    if (!S_ISREG(information.st_mode)) refuse("is not a regular file");
    if (information.st_uid != ::geteuid()) refuse("belongs to another user");
    if ((information.st_mode & (S_IRWXG | S_IRWXO)) != 0) refuse("is open to others (it must have mode 600)");
}

bool write_all(int file, std::string_view text) noexcept {
    while (!text.empty()) {
        const ssize_t size = ::write(file, text.data(), text.size());
        if (size < 0 && errno != EINTR) return false;
        if (size > 0) text.remove_prefix(static_cast<std::size_t>(size));
    }
    return true;
}

std::string random_name() {
    std::array<unsigned char, 16> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
        fail(Exit::refused, "OpenSSL has no random numbers");
    return base::hex(bytes);
}

std::string read_file(const std::string& name, std::string_view whose) {
    auto text = name == "-" ? read_all(STDIN_FILENO) : content_of(name);
    if (text) return *std::move(text);
    const std::string what = name == "-"      ? "standard input"
                             : is_there(name) ? name
                                              : "the file that " + std::string(whose) + " names";
    fail_usage("cannot read " + what + ": " + text.error());
}

std::expected<std::string, std::string> content_of(const std::string& name) {
    std::string trouble;
    const Descriptor file = open_regular(name, trouble);
    if (!trouble.empty()) return std::unexpected(trouble);
    return read_all(file.get());
}

bool is_there(const std::string& name) noexcept {
    struct stat information{};
    return ::lstat(name.c_str(), &information) == 0;
}

void make_folder(const std::string& name) {
    if (::mkdir(name.c_str(), S_IRWXU) == 0 || errno == EEXIST) return;
    const int error = errno;
    fail_to_make("cannot make the folder " + name, folder_above(name), error);
}

void write_new_file(const std::string& folder, const std::string& name, std::string_view text, Access access) {
    const Descriptor place(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const std::string what = "cannot write " + folder + '/' + name;
    if (!place) fail_usage(what + ": " + base::why_not_opened(folder, errno));
    const std::string temporary = '.' + name + '.' + random_name();
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const Descriptor file(::openat(place.get(), temporary.c_str(), flags, static_cast<mode_t>(access)));
    if (!file) fail_to_make(what, folder, errno);
    if (write_all(file.get(), text) && ::fsync(file.get()) == 0 &&
        give_name(place.get(), temporary.c_str(), name.c_str())) {
        static_cast<void>(::fsync(place.get()));
        return;
    }
    const int error = errno;
    ::unlinkat(place.get(), temporary.c_str(), 0);
    fail_to_make(what, folder, error);
}

}  // namespace cli
