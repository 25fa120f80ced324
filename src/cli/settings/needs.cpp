#include "cli/settings/needs.h"

#include <netdb.h>

#include <string>

#include "cli/files.h"
#include "cli/progress.h"
#include "cli/settings/ports.h"
#include "cli/terminal.h"

namespace cli {
namespace {

void find_unreadable(const NeededFile& file, Findings& findings) {
    const std::string trouble = why_unreadable(file.path);
    if (trouble.empty()) return;
    // What begins with a slash can be a secret, too, that somebody has taken for what to write there.
    const std::string name = file.may_be_secret ? "a file" : shown(file.path);
    findings.errors.push_back(file.origin + " names " + name + ", which cannot be read: " + trouble);
}

void find_unknown_host(const NeededHost& needed, Findings& findings, Moment moment) {
    const bool brackets = needed.host.starts_with('[');
    const std::string host = brackets ? needed.host.substr(1, needed.host.size() - 2) : needed.host;
    const WaitNotice notice("the name " + shown(needed.host) + " of " + needed.origin + " is looked up");
    addrinfo* found = nullptr;
    const int error = ::getaddrinfo(host.c_str(), nullptr, nullptr, &found);
    if (found != nullptr) ::freeaddrinfo(found);
    if (error == 0) return;
    const std::string trouble =
        needed.origin + " names " + shown(needed.host) + ", which cannot be resolved (" + ::gai_strerror(error) + ")";
    if (moment == Moment::start)
        findings.errors.push_back(trouble + needed.remedy);
    else
        findings.warnings.push_back(trouble + "; it is looked up again, and requests for it get 502 until it is found");
}

}  // namespace

void find_missing(const Gateway& gateway, Findings& findings, Moment moment) {
    for (const NeededFile& file : gateway.files)
        find_unreadable(file, findings);
    for (const NeededHost& host : gateway.hosts)
        find_unknown_host(host, findings, moment);
    find_forbidden_port(gateway.port, findings);
}

}  // namespace cli
