// The file of the records (audit.log).
#pragma once

#include <optional>
#include <string>

#include "cli/settings/findings.h"
#include "cli/settings/gateway.h"

namespace cli {

// nginx appends to it: it is none of the files that the gateway reads, or that `run` writes. `settings`: the file of
// --config or MCP_CONFIG.
void find_record_in_own_file(const Gateway& gateway, const std::string& state,
                             const std::optional<std::string>& settings, Findings& findings);

// nginx opens its logs when it judges a configuration, too. `check` judges one that has the records in the folder that
// is removed.
void keep_record_in_home(Gateway& gateway);

// What this process and its children make from now on is for its user and its group: who called what is nobody else's
// to read. nginx makes its logs again at each rotation.
void make_files_private() noexcept;

}  // namespace cli
