#include "cli/folders.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <deque>
#include <memory>
#include <string_view>

#include "cli/commands.h"

namespace cli {
namespace {

constexpr std::string_view advice =
    "; name your own folder with --state, or make this one writable (docker run --tmpfs /tmp)";
constexpr int most_links = 40;  // as many as Linux follows

void put_in_front(std::deque<std::string>& names, std::string_view path) {
    std::deque<std::string> first;
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        if (end > 0) first.emplace_back(path.substr(0, end));
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    names.insert(names.begin(), first.begin(), first.end());
}

std::string target_of(const Descriptor& link, const std::string& path) {
    std::array<char, PATH_MAX> target{};
    const ssize_t size = ::readlinkat(link.get(), "", target.data(), target.size());
    if (size < 0) fail_with_errno("cannot read the link " + path);
    return {target.data(), static_cast<std::size_t>(size)};
}

Descriptor open_root() {
    Descriptor root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!root) fail_with_errno("cannot open /");
    return root;
}

void require_trusted_link(const struct stat& link, const std::string& path) {
    if (link.st_uid != 0 && link.st_uid != ::geteuid()) fail_unusable(path + " leads through a link of another user");
}

bool is_same(const struct stat& a, const struct stat& b) noexcept {
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

struct CloseFolder {
    void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};
using Listing = std::unique_ptr<DIR, CloseFolder>;

// A descriptor of its own, as a listing has a place where it is.
Listing list(int folder) noexcept {
    const int file = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    Listing listing(file < 0 ? nullptr : ::fdopendir(file));
    if (!listing && file >= 0) ::close(file);
    return listing;
}

const char* next_name(const Listing& listing) noexcept {
    while (const dirent* entry = listing ? ::readdir(listing.get()) : nullptr)
        if (std::string_view(entry->d_name) != "." && std::string_view(entry->d_name) != "..") return entry->d_name;
    return nullptr;
}

// Never leaves the file system: what is mounted there is not ours.
void remove_contents(int folder, dev_t device, int depth) noexcept {
    constexpr int deepest = 16;
    const Listing listing = list(folder);
    while (const char* name = next_name(listing)) {
        if (::unlinkat(folder, name, 0) == 0 || depth == deepest) continue;
        const Descriptor inner(::openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        struct stat information{};
        if (!inner || ::fstat(inner.get(), &information) != 0 || information.st_dev != device) continue;
        remove_contents(inner.get(), device, depth + 1);
        ::unlinkat(folder, name, AT_REMOVEDIR);  // only when it is empty
    }
}

}  // namespace

void fail_with_errno(const std::string& what) {
    const int error = errno;
    fail_unusable(what + ": " + std::strerror(error));
}

void fail_unusable(const std::string& what) {
    fail_usage(what + std::string(advice));
}

struct stat information_on(const Descriptor& file, const std::string& name) {
    struct stat information{};
    if (!file || ::fstat(file.get(), &information) != 0) fail_with_errno("cannot open " + name);
    return information;
}

Descriptor open_folder(const std::string& path) {
    std::deque<std::string> names;
    put_in_front(names, path);
    Descriptor here = open_root();
    for (int links = 0; !names.empty();) {
        Descriptor next(::openat(here.get(), names.front().c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
        if (!next && errno == ENOENT)
            fail_usage("the folder " + path + " does not exist; make it, or name another one with --state");
        const auto information = information_on(next, path);
        names.pop_front();
        if (!S_ISLNK(information.st_mode)) {
            here = std::move(next);
            continue;
        }
        require_trusted_link(information, path);
        if (++links > most_links) fail_unusable(path + " leads through too many links");
        const std::string target = target_of(next, path);
        if (target.starts_with('/')) here = open_root();
        put_in_front(names, target);
    }
    if (!S_ISDIR(information_on(here, path).st_mode)) fail_unusable(path + " is not a folder");
    return here;
}

Descriptor open_own_folder(const Descriptor& parent, const std::string& name, mode_t mode, const std::string& path) {
    if (::mkdirat(parent.get(), name.c_str(), mode) != 0 && errno != EEXIST) fail_with_errno("cannot make " + path);
    Descriptor folder(::openat(parent.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder && (errno == ENOTDIR || errno == ELOOP)) fail_unusable(path + " is not a folder");
    const auto information = information_on(folder, path);
    if (information.st_uid != ::geteuid()) fail_unusable(path + " belongs to another user");
    // Where others may rename, it can be another folder of ours that they have moved to this name.
    const bool is_as_made = (information.st_mode & (S_IRWXU | S_IRWXG | S_IRWXO)) == mode;
    if (!is_as_made && !is_private(information_on(parent, path)) && next_name(list(folder.get())) != nullptr)
        fail_unusable(path + " is a folder that this command did not make");
    if (::fchmod(folder.get(), mode) != 0) fail_with_errno("cannot change the mode of " + path);
    return folder;
}

Descriptor make_own_folder(const Descriptor& parent, const std::string& name, const std::string& path) {
    if (::mkdirat(parent.get(), name.c_str(), S_IRWXU) != 0) fail_with_errno("cannot make " + path);
    Descriptor folder(::openat(parent.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (information_on(folder, path).st_uid != ::geteuid()) fail_unusable(path + " belongs to another user");
    const Listing listing = list(folder.get());
    if (!listing) fail_with_errno("cannot read " + path);
    if (next_name(listing) != nullptr) fail_unusable(path + " is not the folder that was made there");
    return folder;
}

void remove_folder(int folder, int parent, const std::string& name) noexcept {
    struct stat ours{};
    struct stat named{};
    if (::fstat(folder, &ours) != 0) return;
    remove_contents(folder, ours.st_dev, 0);
    if (::fstatat(parent, name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 && is_same(ours, named))
        ::unlinkat(parent, name.c_str(), AT_REMOVEDIR);
}

bool is_private(const struct stat& information) noexcept {
    return information.st_uid == ::geteuid() && (information.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

}  // namespace cli
