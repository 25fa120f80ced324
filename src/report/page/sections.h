// The parts of the status page, each a <section>.
#pragma once

#include <string>

#include "report/page/status.h"

namespace report::page {

std::string summary(const Status& status);
std::string found_refusal(const Status& status, std::string_view id);
std::string last_hour(const Status& status);
std::string resources(const Status& status);
std::string issuers(const Status& status);
std::string tools(const Status& status);
std::string refusals(const Status& status);
std::string reasons(const Status& status);

// The newest that are shown; all of them can be found by their id.
inline constexpr std::size_t refusals_in_table = 25;

}  // namespace report::page
