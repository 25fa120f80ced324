// Small files, read whole.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <expected>
#include <string>

namespace ngx {

// What tells two states of a file apart without reading it.
struct FileStamp {
    dev_t device;
    ino_t inode;
    off_t size;
    time_t seconds;  // of its last change
    long nanoseconds;

    friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

struct File {
    FileStamp stamp;
    std::string content;
};

// The errors are for a message: "No such file or directory", ... Blocks, as little as a local file system does.
std::expected<FileStamp, std::string> stamp_file(const std::string& name);
std::expected<File, std::string> read_file(const std::string& name, std::size_t max_bytes);

}  // namespace ngx
