// Small files, read whole.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "ngx/config.h"

namespace ngx {

// What tells two states of a file apart without reading it.
struct FileStamp {
    dev_t device;
    ino_t inode;
    off_t size;
    time_t seconds;  // of its last change
    long nanoseconds;
    time_t status_seconds;  // of the last change of anything about it, which nobody can set back
    long status_nanoseconds;

    friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

struct File {
    FileStamp stamp;
    std::string content;
};

// The errors are for a message: "No such file or directory", ... Blocks, as little as a local file system does.
std::expected<FileStamp, std::string> stamp_file(const std::string& name);
std::expected<File, std::string> read_file(const std::string& name, std::size_t max_bytes);

// The secret in the file that a directive names, without line ends behind it. Warns when everybody can read the file,
// and a better mode is possible (base/file_access.h). Throws ConfigError for a file that cannot be read, and for an
// empty or a many-line secret.
base::Secret read_secret_file(const Arguments& arguments, std::string_view name);
// The same for what has many lines: a private key.
base::Secret read_private_file(const Arguments& arguments, std::string_view name);

}  // namespace ngx
