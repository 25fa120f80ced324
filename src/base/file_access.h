// Who may read a file that holds a secret: told so that whoever runs us knows the one thing to change.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace base {

// What decides about a file, and who asks.
struct FileOwner {
    uid_t user;
    gid_t group;
    mode_t mode;
};
struct FileReader {
    uid_t user;
    gid_t group;
    std::vector<gid_t> groups;  // supplementary ones
    bool in_kubernetes = false;
};

// Why open() has failed with this errno, and, where permissions are the reason, whose the file is, who we are and what
// to change. Never the name of the file: somebody may have written a secret in its place.
std::string why_not_opened(const std::string& name, int error);

// The same of a folder in which nothing could be made.
std::string why_not_made_in(const std::string& folder, int error);

// The mode that a file should have which everybody can read; empty when nothing better is possible from where we run:
// without that permission we could not read it either, or its file system is mounted read-only, as Docker and
// Kubernetes mount secrets.
std::string_view better_mode(const std::string& name);

// The same of what is known, for tests.
std::string what_to_change(const FileOwner& file, const FileReader& reader);
std::string_view better_mode(const FileOwner& file, const FileReader& reader, bool read_only);

}  // namespace base
