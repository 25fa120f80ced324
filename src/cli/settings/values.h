// Reading one environment variable at a time. Every function reports what is wrong and then returns something harmless.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/settings/environment.h"
#include "cli/settings/gateway.h"
#include "mcp/free_text.h"
#include "mcp/resource_uri.h"

namespace cli {

class Values {
public:
    Values(const Environment& environment, Findings& findings) noexcept
        : environment_(environment), findings_(findings) {}

    // An empty variable is one that is not set.
    std::optional<std::string_view> optional(std::string_view name) const;
    // `right`: the end of the message when it is missing, "for example 100r/m".
    std::string_view required(std::string_view name, std::string_view right = {}) const;
    std::string_view or_default(std::string_view name, std::string_view otherwise) const;

    bool flag(std::string_view name) const;                                     // on or off (the default)
    std::optional<std::uint16_t> port(std::string_view name) const;             // 1 to 65535
    std::string time(std::string_view name, std::string_view otherwise) const;  // "60s", "5m"
    std::optional<mcp::ResourceUri> uri(std::string_view name) const;           // required
    // An absolute path, which is added to the files that are `needed`. Only a secret is something that somebody may
    // have written instead of the name of its file.
    std::string required_file(std::string_view name, std::vector<NeededFile>& needed, bool may_be_secret = false) const;
    std::vector<std::string> uris(std::string_view name, bool is_required) const;  // comma-separated, kept as they are
    // Required, RFC 6749 section 3.3: separated by spaces, or else by commas as well.
    std::vector<std::string> scopes(std::string_view name) const;
    std::vector<std::string> listed_scopes(std::string_view name) const;

    bool has_errors() const noexcept { return !findings_.errors.empty(); }
    void error(std::string_view name, std::string_view what) const;
    // When there is one. `text`: the part of the value that has it.
    void refuse(std::string_view name, std::string_view text, const mcp::TextProblem& problem) const;
    void warning(std::string_view name, std::string_view what) const;
    // Says that a variable which is set has no effect.
    void unused(std::string_view name, std::string_view why) const;
    void warn_about_plain_http(std::string_view name, std::string_view uri) const;

private:
    const Environment& environment_;
    Findings& findings_;
};

}  // namespace cli
