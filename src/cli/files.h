// Files that commands read and write. Every failure throws the Failure that ends the command.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

enum class Access : std::uint16_t {
    everyone = 0644,
    owner = 0600
};

// The whole file, up to 1 MB; "-" is standard input. `whose`: what has named it ("--key"). A name that names nothing is
// not repeated: it may be a token or a key that somebody has put there.
std::string read_file(const std::string& name, std::string_view whose);

// The same, or why it cannot be read: a sentence without the file's name. Never standard input.
std::expected<std::string, std::string> content_of(const std::string& name);

// Why a regular file cannot be read; empty: it can. Waits for no writer of a pipe.
std::string why_unreadable(const std::string& name);

// Why nginx could not make this file, or write at its end; empty: it can.
std::string why_unwritable(const std::string& name);

// Fails unless this private key is a regular file of ours that nobody else can read.
void require_private(const std::string& name);

// A file or anything else of this name, a link that leads nowhere included.
bool is_there(const std::string& name) noexcept;

// Makes the folder, for its owner alone, when nothing has this name.
void make_folder(const std::string& name);

// Whole or not at all, whatever ends us. Never follows a link, and never replaces a file.
void write_new_file(const std::string& folder, const std::string& name, std::string_view text, Access access);

// All of the text, or false and errno.
bool write_all(int file, std::string_view text) noexcept;

// 32 hex digits that nobody can guess.
std::string random_name();

}  // namespace cli
