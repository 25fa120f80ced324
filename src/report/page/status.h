// What a status page says.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "report/last_hour.h"
#include "report/refusals.h"

namespace report::page {

struct ResourceState {
    std::string uri{};
    std::vector<std::string> authorization_servers{};
    std::vector<std::string> scopes{};  // that it advertises
    std::vector<std::string> limits{};  // mcp_rate_limit, in a few words each
    bool verifies_jwts = false, introspects = false, is_observed = false;
};

struct KeysState {
    std::string issuer{};
    std::string source{};  // a file, a URL, or "discovery"
    bool is_file = false;
    bool is_usable = false;                         // tokens can be verified with them now
    std::optional<std::chrono::seconds> age{};      // since they were fetched; none: not yet, or of a file
    std::optional<std::chrono::seconds> failing{};  // since when they could not be fetched
    std::string failure{};                          // why
};

struct ToolState {
    std::string method{}, name{};
    std::uint64_t calls = 0, errors = 0;
    std::optional<double> p95{};  // in seconds
};

struct Status {
    std::chrono::milliseconds now{};  // since 1970, UTC
    std::string version{}, version_of_nginx{};
    std::vector<ResourceState> resources{};
    std::vector<KeysState> keys{};
    std::array<MinuteCounts, LastHour::length> hour{};
    std::optional<std::vector<ToolState>> tools{};  // none: nobody counts them
    std::vector<Refusal> refusals{};                // the newest first
};

// Of a request for it.
struct Question {
    std::optional<std::string> id{};  // of a refusal
};

// What somebody typed, or copied out of a log line with what stands around: "(1F0C93AB)" is 1f0c93ab. None: nothing was
// typed. Throws std::bad_alloc.
Question question_of(std::string_view typed);

std::string html_of(const Status& status, const Question& question);
// With "version": members are added, and none changes its meaning within a version. With an id, "refusals" has the one
// with it, or none.
std::string json_of(const Status& status, const Question& question);

// The value of Content-Security-Policy for html_of(): nothing but its own style. Throws std::bad_alloc.
const std::string& content_security_policy();

}  // namespace report::page
