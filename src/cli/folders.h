// Opening folders.
#pragma once

#include <sys/stat.h>

#include <string>

#include "cli/descriptor.h"

namespace cli {

// Throw the Failure that ends the command: "what: why; what to do".
[[noreturn]] void fail_with_errno(const std::string& what);
[[noreturn]] void fail_unusable(const std::string& what);  // because of what stands there, not of errno

// An absolute path without "." and "..". No link is followed that belongs to anyone but root and ourselves.
Descriptor open_folder(const std::string& path);

// A folder in another one, made with this mode if it is not there. A link is not followed. What is there must be ours.
Descriptor open_own_folder(const Descriptor& parent, const std::string& name, mode_t mode, const std::string& path);

// A new folder, empty: what others may have moved to its name meanwhile is refused.
Descriptor make_own_folder(const Descriptor& parent, const std::string& name, const std::string& path);

// Removes what is in the folder, then the folder, if it still has this name in `parent`. Not by name: others may have
// given the name to another folder of ours.
void remove_folder(int folder, int parent, const std::string& name) noexcept;

// It is ours, and nobody else can write to it.
bool is_private(const struct stat& information) noexcept;

struct stat information_on(const Descriptor& file, const std::string& name);

}  // namespace cli
