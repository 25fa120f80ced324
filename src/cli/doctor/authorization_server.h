// The authorization server that an MCP endpoint names, as a client sees it.
#pragma once

#include <string>

#include "cli/doctor/documents.h"
#include "cli/doctor/report.h"

namespace cli::doctor {

// What else depends on its metadata.
struct ExaminedServer {
    std::string introspection_endpoint;  // empty: it names none
};

ExaminedServer examine_authorization_server(Report& report, const Ask& ask, const std::string& issuer);

}  // namespace cli::doctor
