#include "cli/settings/needs.h"

#include <glob.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#include "base/file_access.h"
#include "cli/files.h"
#include "cli/names/many_names.h"
#include "cli/progress.h"
#include "cli/settings/ports.h"
#include "cli/terminal.h"

namespace cli {
namespace {

// A key: the line break at its end is none of it.
void find_too_short(const NeededFile& file, Findings& findings) {
    if (file.least_bytes == 0) return;
    std::string text = content_of(file.path).value_or("");
    while (text.ends_with('\n') || text.ends_with('\r'))
        text.pop_back();
    const bool is_long_enough = text.size() >= file.least_bytes;
    OPENSSL_cleanse(text.data(), text.size());
    if (!is_long_enough)
        findings.errors.push_back(file.origin + " names a file with less than " + std::to_string(file.least_bytes) +
                                  " bytes; make one with `openssl rand -hex 32`");
}

void find_unreadable(const NeededFile& file, Findings& findings) {
    const std::string trouble = why_unreadable(file.path);
    if (trouble.empty()) return find_too_short(file, findings);
    // What begins with a slash can be a secret, too, that somebody has taken for what to write there.
    const std::string name = file.may_be_secret ? "a file" : shown(file.path);
    findings.errors.push_back(file.origin + " names " + name + ", which cannot be read: " + trouble);
}

void find_unwritable(const NeededFile& file, Findings& findings) {
    if (const std::string trouble = why_unwritable(file.path); !trouble.empty())
        findings.errors.push_back(file.origin + " names " + shown(file.path) + ", which cannot be written: " + trouble);
}

// nginx opens whatever its pattern finds: it would wait for whoever writes to a pipe, and take a folder that it may not
// look into for an empty one.
void find_unreadable_includes(const std::string& folder, Findings& findings) {
    if (folder.empty()) return;
    const auto refuse = [&](const std::string& name, const std::string& trouble) {
        findings.errors.push_back(shown(name) + ", which nginx is to include, cannot be read: " + trouble);
    };
    glob_t found{};
    const int error = ::glob((folder + "/*.conf").c_str(), GLOB_ERR, nullptr, &found);
    if (error != 0 && error != GLOB_NOMATCH) refuse(folder, base::why_not_opened(folder, errno));
    for (std::size_t i = 0; i < found.gl_pathc; i++)
        if (const std::string trouble = why_unreadable(found.gl_pathv[i]); !trouble.empty())
            refuse(found.gl_pathv[i], trouble);
    ::globfree(&found);
}

// As the system's resolver takes it.
std::string name_of(const NeededHost& needed) {
    const bool brackets = needed.host.starts_with('[');
    return brackets ? needed.host.substr(1, needed.host.size() - 2) : needed.host;
}

std::string listed(const std::vector<NeededHost>& hosts) {
    constexpr std::size_t most = 3;
    std::string list = shown(hosts.front().host);
    for (std::size_t i = 1; i < std::min(hosts.size(), most); i++)
        list += ", " + shown(hosts[i].host);
    return hosts.size() <= most ? list : list + " and " + std::to_string(hosts.size() - most) + " more";
}

void tell_unknown(const NeededHost& needed, const std::string& why, Findings& findings, Moment moment) {
    const std::string trouble =
        needed.origin + " names " + shown(needed.host) + ", which cannot be resolved (" + why + ")";
    if (!needed.meanwhile.empty())
        findings.warnings.push_back(trouble + "; it is looked up again, and until it is found " + needed.meanwhile);
    else if (moment != Moment::reload)
        findings.errors.push_back(trouble + needed.remedy);
    else
        findings.warnings.push_back(trouble + "; it is looked up again, and requests for it get 502 until it is found");
}

// Side by side: a start takes as long as the slowest of them, however many there are.
void find_unknown_hosts(const std::vector<NeededHost>& hosts, Findings& findings, Moment moment) {
    if (hosts.empty()) return;
    const WaitNotice notice("names are looked up: " + listed(hosts));
    std::vector<std::string> names;
    names.reserve(hosts.size());
    for (const NeededHost& needed : hosts)
        names.push_back(name_of(needed));
    const auto reasons = look_up_all(names, why_unknown);
    for (const NeededHost& needed : hosts)
        if (const std::string& why = reasons.at(name_of(needed)); !why.empty())
            tell_unknown(needed, why, findings, moment);
}

}  // namespace

void find_missing(const Gateway& gateway, Findings& findings, Moment moment) {
    for (const NeededFile& file : gateway.files)
        find_unreadable(file, findings);
    if (gateway.written_file) find_unwritable(*gateway.written_file, findings);
    find_unreadable_includes(gateway.include_folder, findings);
    find_unknown_hosts(gateway.hosts, findings, moment);
    find_port_trouble(gateway, findings,
                      moment == Moment::start ? Listeners::must_not_be_there : Listeners::may_be_there);
}

}  // namespace cli
