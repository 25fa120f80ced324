#include "authority/secret_file.h"

#include <sys/stat.h>

#include "base/text.h"
#include "ngx/file.h"

namespace authority {
namespace {

constexpr std::size_t max_secret_bytes = 4096;

void warn_if_others_can_read(const ngx::Arguments& arguments, const std::string& name) {
    struct stat status{};
    if (::stat(name.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0)
        arguments.warn("everybody on this machine can read " + ngx::in_quotes(name) + "; its mode should be 0600");
}

}  // namespace

base::Secret read_secret_file(const ngx::Arguments& arguments, std::string_view name) {
    const std::string path = arguments.file_name(name);
    const auto file = ngx::read_file(path, max_secret_bytes);
    if (!file) throw ngx::ConfigError("cannot read " + ngx::in_quotes(path) + ": " + file.error());
    std::string_view secret = file->content;
    secret = secret.substr(0, secret.find_last_not_of("\r\n") + 1);
    if (secret.empty()) throw ngx::ConfigError("the secret in " + ngx::in_quotes(path) + " is empty");
    if (base::has_control_characters(secret))
        throw ngx::ConfigError("the secret in " + ngx::in_quotes(path) +
                               " has a line break or another control character");
    warn_if_others_can_read(arguments, path);
    return base::Secret(secret);
}

}  // namespace authority
