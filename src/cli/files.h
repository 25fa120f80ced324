// Files that commands read and write. Every failure throws the Failure that ends the command.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cli {

enum class Access : std::uint16_t {
    everyone = 0644,
    owner = 0600
};

// The whole file, up to 1 MB; "-" is standard input.
std::string read_file(const std::string& name);

// A file or anything else of this name, a link that leads nowhere included.
bool is_there(const std::string& name) noexcept;

// Never follows a link, and never replaces a file.
void write_new_file(const std::string& name, std::string_view text, Access access);

}  // namespace cli
