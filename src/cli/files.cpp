#include "cli/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "cli/commands.h"

namespace cli {
namespace {

constexpr std::size_t max_bytes = std::size_t{1024} * 1024;

class File {
public:
    explicit File(int descriptor) noexcept : descriptor_(descriptor) {}
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        if (descriptor_ > STDERR_FILENO) ::close(descriptor_);
    }
    int get() const noexcept { return descriptor_; }

private:
    int descriptor_;
};

[[noreturn]] void fail_with_errno(const std::string& what) {
    const int error = errno;
    fail_usage(what + ": " + std::strerror(error));
}

}  // namespace

std::string read_file(const std::string& name) {
    const File file(name == "-" ? STDIN_FILENO : ::open(name.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) fail_with_errno("cannot read " + name);
    std::string text;
    std::array<char, 8192> bytes{};
    for (;;) {
        const ssize_t size = ::read(file.get(), bytes.data(), bytes.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) fail_with_errno("cannot read " + name);
        if (size == 0) return text;
        text.append(bytes.data(), static_cast<std::size_t>(size));
        if (text.size() > max_bytes) fail_usage(name + " is larger than 1 MB: it cannot be what is meant");
    }
}

bool is_there(const std::string& name) noexcept {
    struct stat information{};
    return ::lstat(name.c_str(), &information) == 0;
}

void write_new_file(const std::string& name, std::string_view text, Access access) {
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const File file(::open(name.c_str(), flags, static_cast<mode_t>(access)));
    if (file.get() < 0 || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        fail_with_errno("cannot write " + name);
}

}  // namespace cli
