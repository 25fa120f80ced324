// The folders that `run` and `check` write to. They are reached by descriptors, and no link of another user is
// followed: in a folder like /tmp others may put what they like beside us, or move what leads to us.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

#include "cli/descriptor.h"

namespace cli {

// Files in it, beside those of healthcheck.h.
inline const std::string conf_file = "nginx.conf";
inline const std::string next_conf_file = "nginx.conf.next";  // until nginx has accepted it
inline const std::string pid_file = "nginx.pid";

// From the child that has judged the next nginx.conf, one in a line: names of backends that it leaves to us, and what
// nginx will say of it.
inline const std::string names_file = "backend-names";
inline const std::string told_file = "told-warnings";

// Every failure throws the Failure that ends the command.
class StateFolder {
public:
    static constexpr const char* usual_path = "/tmp";  // of a `run` without --state, so of its healthcheck, too

    // `path` itself when it is ours and nobody else can write to it, else a private one in it. To read what a `run` has
    // written there.
    static StateFolder at(const std::string& path);
    // The same, to write to it. Another `run` that has it is a failure; nobody else gets it while this object lives.
    static StateFolder locked(const std::string& path);

    // A `run` that has it is alive.
    bool is_in_use() const;

    // The end of the name of a file that is being written.
    static constexpr const char* unfinished = ".part";

    // Replaces the file, or whatever else but a folder has this name: whole, or not at all.
    void write(const std::string& name, std::string_view text) const;
    // Fails when a file of this folder's owner stands where we would write nginx.conf or nginx.pid.
    void require_ours() const;
    void remove(const std::string& name) const;
    void rename(const std::string& from, const std::string& to) const;
    std::optional<std::string> read(const std::string& name) const;  // what write() wrote; none: it cannot be read

    // What stands at this path is the work of a `run` with this --state, or will be.
    static bool is_file_of(const std::string& state, const std::string& path);

    // Where nginx is at home, a folder in this one: the only one that its workers, which may run as another user, can
    // search. Nothing in it is a link.
    Descriptor home() const;

private:
    friend class TemporaryFolder;
    StateFolder(std::string name, Descriptor folder) noexcept;
    void lock();

    std::string name_;  // for messages
    Descriptor folder_;
    Descriptor lock_;
};

// A new folder in `path`, that is gone when this process is, whatever ends it.
class TemporaryFolder {
public:
    explicit TemporaryFolder(const std::string& path);
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder();

    const StateFolder& folder() const noexcept { return folder_; }

private:
    Descriptor parent_;
    std::string name_;
    StateFolder folder_;
    Descriptor alive_;  // closed by the kernel when we end
    pid_t remover_;
};

}  // namespace cli
