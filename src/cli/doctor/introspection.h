// Token introspection (RFC 7662) as a resource server would ask, and what the answer means for it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/doctor/documents.h"
#include "cli/doctor/report.h"
#include "cli/introspection_client.h"
#include "oauth/numeric_date.h"

namespace cli::doctor {

// What the token is good for, if it is.
struct TokenUse {
    std::vector<std::string> resources;  // how it may be spelled
    std::string issuer;                  // empty: not known
    std::vector<std::string> scopes;     // of the challenge
    oauth::NumericDate now;
};

// token: empty when there is none, and the client alone is tried.
void examine_introspection(Report& report, const Ask& ask, const IntrospectionClient& client, std::string_view token,
                           const TokenUse& use);

}  // namespace cli::doctor
