#include "base/file_access.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

namespace base {
namespace {

FileReader ourselves() {
    FileReader reader{.user = ::geteuid(),
                      .group = ::getegid(),
                      .groups = {},
                      .in_kubernetes = std::getenv("KUBERNETES_SERVICE_HOST") != nullptr};
    const int count = ::getgroups(0, nullptr);
    if (count <= 0) return reader;
    reader.groups.resize(static_cast<std::size_t>(count));
    reader.groups.resize(static_cast<std::size_t>(std::max(::getgroups(count, reader.groups.data()), 0)));
    return reader;
}

bool is_in_group(const FileReader& reader, gid_t group) {
    return reader.group == group || std::ranges::find(reader.groups, group) != reader.groups.end();
}

// As the kernel judges without capabilities: the first class that fits decides alone.
bool permits(const FileOwner& file, const FileReader& reader) {
    if (file.user == reader.user) return (file.mode & S_IRUSR) != 0;
    if (is_in_group(reader, file.group)) return (file.mode & S_IRGRP) != 0;
    return (file.mode & S_IROTH) != 0;
}

std::string octal(mode_t mode) {
    std::array<char, 8> text{};
    static_cast<void>(std::snprintf(text.data(), text.size(), "%03o", static_cast<unsigned>(mode & 0777U)));
    return text.data();
}

std::string whose(const std::string& what, const FileOwner& file, const FileReader& reader) {
    return what + " belongs to user " + std::to_string(file.user) + " and group " + std::to_string(file.group) +
           ", has mode " + octal(file.mode) + ", and this is user " + std::to_string(reader.user);
}

// The first folder on the way that we may not search.
std::string closed_folder(const std::string& name) {
    for (std::size_t slash = name.find('/', 1); slash != std::string::npos; slash = name.find('/', slash + 1)) {
        std::string folder = name.substr(0, slash);
        if (::faccessat(AT_FDCWD, folder.c_str(), X_OK, AT_EACCESS) != 0 && errno == EACCES) return folder;
    }
    return {};
}

FileOwner owner_of(const struct stat& status) noexcept {
    return {.user = status.st_uid, .group = status.st_gid, .mode = status.st_mode};
}

}  // namespace

std::string what_to_change(const FileOwner& file, const FileReader& reader) {
    const std::string user = std::to_string(reader.user);
    const std::string told = whose("it", file, reader) + ": ";
    if (permits(file, reader))
        return "its mode would let user " + user +
               " read it, so something else does not; with SELinux mount it with `:z`";
    if (reader.in_kubernetes)
        return told + "set fsGroup: " + std::to_string(reader.group) +
               " in the pod's securityContext, and defaultMode: 0440 in the volume of the secret";
    if (file.user == reader.user) return told + "chmod 600 it";
    if ((file.mode & S_IRGRP) != 0 && file.group != 0 && !is_in_group(reader, file.group))
        return told + "add its group (`docker run --group-add " + std::to_string(file.group) +
               "`, group_add in Compose)";
    const std::string give = "give it to this user (`chown " + user + "` on the host)";
    if (file.user == 0) return told + give;
    const std::string owner = std::to_string(file.user);
    return told + "run as its owner (`docker run --user " + owner + "`, `user: \"" + owner + "\"` in Compose), or " +
           give;
}

std::string why_not_opened(const std::string& name, int error) {
    std::string plain = std::generic_category().message(error);
    if (error != EACCES) return plain;
    struct stat status{};
    if (::stat(name.c_str(), &status) == 0) return plain + "; " + what_to_change(owner_of(status), ourselves());
    const std::string folder = closed_folder(name);
    if (folder.empty() || ::stat(folder.c_str(), &status) != 0) return plain;
    return plain + "; " + whose("a folder that leads to it", owner_of(status), ourselves()) +
           ": let this user enter it (`chmod o+x`), or mount the file itself";
}

std::string why_not_made_in(const std::string& folder, int error) {
    std::string plain = std::generic_category().message(error);
    if (error != EACCES) return plain;
    const std::string name = folder.empty() ? "." : folder;
    struct stat status{};
    if (::stat(name.c_str(), &status) != 0) return why_not_opened(name, error);
    const FileReader reader = ourselves();
    return plain + "; " + whose("the folder", owner_of(status), reader) + ": let this user write to it (`chown " +
           std::to_string(reader.user) + "`), or name another folder";
}

std::string_view better_mode(const FileOwner& file, const FileReader& reader, bool read_only) {
    if ((file.mode & S_IROTH) == 0 || read_only) return {};
    if (reader.user == 0 || file.user == reader.user) return "0600";
    return (file.mode & S_IRGRP) != 0 && is_in_group(reader, file.group) ? "0640" : "";
}

std::string_view better_mode(const std::string& name) {
    struct stat status{};
    struct statvfs place{};
    if (::stat(name.c_str(), &status) != 0 || ::statvfs(name.c_str(), &place) != 0) return {};
    return better_mode(owner_of(status), ourselves(), (place.f_flag & ST_RDONLY) != 0);
}

}  // namespace base
