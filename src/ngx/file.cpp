#include "ngx/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/file_access.h"
#include "base/text.h"

namespace ngx {
namespace {

std::unexpected<std::string> system_error() {
    return std::unexpected(std::generic_category().message(errno));
}

FileStamp stamp_of(const struct stat& status) noexcept {
    return {status.st_dev,          status.st_ino,         status.st_size,        status.st_mtim.tv_sec,
            status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec};
}

class Descriptor {
public:
    explicit Descriptor(int number) noexcept : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    int number() const noexcept { return number_; }

private:
    int number_;
};

std::expected<std::string, std::string> read_all(int descriptor, std::size_t expected_bytes, std::size_t max_bytes) {
    std::string content;
    content.reserve(std::min(expected_bytes, max_bytes) + 4096);  // grown, it would leave copies of a secret behind
    std::size_t size = 0;
    for (;;) {
        content.resize(size + 4096);
        const ssize_t got = ::read(descriptor, content.data() + size, content.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return system_error();
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
        if (size > max_bytes) return std::unexpected("it is larger than " + std::to_string(max_bytes) + " bytes");
    }
    content.resize(size);
    return content;
}

constexpr std::size_t max_secret_bytes = 4096;
constexpr std::size_t max_private_bytes = std::size_t{64} * 1024;

base::Secret read_secret(const std::string& path, std::size_t max_bytes) {
    auto file = read_file(path, max_bytes);
    if (!file) throw ConfigError("cannot read " + in_quotes(path) + ": " + file.error());
    return base::Secret::taken(std::move(file->content));
}

void warn_if_others_can_read(const Arguments& arguments, const std::string& name) {
    const std::string_view better = base::better_mode(name);
    if (!better.empty())
        arguments.warn("every user of this machine can read " + in_quotes(name) + "; its mode should be " +
                       std::string(better));
}

}  // namespace

std::expected<FileStamp, std::string> stamp_file(const std::string& name) {
    struct stat status{};
    if (::stat(name.c_str(), &status) != 0) return system_error();
    return stamp_of(status);
}

std::expected<File, std::string> read_file(const std::string& name, std::size_t max_bytes) {
    const Descriptor file(::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));  // a FIFO would block nginx
    if (file.number() < 0) return std::unexpected(base::why_not_opened(name, errno));
    struct stat status{};
    if (::fstat(file.number(), &status) != 0) return system_error();
    if (!S_ISREG(status.st_mode)) return std::unexpected("it is not a regular file");
    auto content = read_all(file.number(), static_cast<std::size_t>(status.st_size), max_bytes);
    if (!content) return std::unexpected(std::move(content.error()));
    return File{stamp_of(status), *std::move(content)};
}

base::Secret read_private_file(const Arguments& arguments, std::string_view name) {
    const std::string path = arguments.file_name(name);
    auto content = read_secret(path, max_private_bytes);
    warn_if_others_can_read(arguments, path);
    return content;
}

base::Secret read_secret_file(const Arguments& arguments, std::string_view name) {
    const std::string path = arguments.file_name(name);
    const auto content = read_secret(path, max_secret_bytes);
    std::string_view secret = content.reveal();
    secret = secret.substr(0, secret.find_last_not_of("\r\n") + 1);
    if (secret.empty()) throw ConfigError("the secret in " + in_quotes(path) + " is empty");
    if (base::has_control_characters(secret))
        throw ConfigError("the secret in " + in_quotes(path) + " has a line break or another control character");
    warn_if_others_can_read(arguments, path);
    return base::Secret(secret);
}

}  // namespace ngx
