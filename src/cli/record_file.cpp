#include "cli/record_file.h"

#include <sys/stat.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "cli/settings/reports.h"
#include "cli/state_folder.h"
#include "cli/terminal.h"

namespace cli {
namespace {

// By whatever names, and also before it is there.
bool is_same(const std::string& a, const std::string& b) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    return fs::equivalent(a, b, ignored) || fs::weakly_canonical(a, ignored) == fs::weakly_canonical(b, ignored);
}

// What else it is; empty: nothing.
std::string other_use(const std::string& path, const Gateway& gateway, const std::string& state,
                      const std::optional<std::string>& settings) {
    if (settings && is_same(path, *settings)) return "the settings file";
    for (const NeededFile& file : gateway.files)
        if (is_same(path, file.path)) return "the file of " + file.origin;
    if (StateFolder::is_file_of(state, path)) return "a file that `run` keeps in the folder of --state";
    const std::filesystem::path folder = gateway.include_folder;
    if (!folder.empty() && path.ends_with(".conf") && is_same(folder, std::filesystem::path(path).parent_path()))
        return "a file that nginx includes";
    return {};
}

}  // namespace

void find_record_in_own_file(const Gateway& gateway, const std::string& state,
                             const std::optional<std::string>& settings, Findings& findings) {
    if (!gateway.written_file) return;
    const auto& [origin, path] = std::pair(gateway.written_file->origin, gateway.written_file->path);
    if (const std::string use = other_use(path, gateway, state, settings); !use.empty())
        findings.errors.push_back(origin + " names " + shown(path) + ", which is " + use +
                                  ": name a file for the records alone");
}

void keep_record_in_home(Gateway& gateway) {
    if (gateway.audit && is_log_file(gateway.audit->log) && !gateway.audit->log.empty())
        gateway.audit->log = "audit.log";  // nginx looks from its folder
}

void make_files_private() noexcept {
    ::umask(::umask(0) | S_IWGRP | S_IRWXO);
}

}  // namespace cli
