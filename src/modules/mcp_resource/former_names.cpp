// Names that directives had before the first release: each is refused with the one that it has now.
#include <algorithm>

#include "modules/mcp_resource/directives.h"

namespace mcp_resource {
namespace {

struct FormerName {
    std::string_view former;
    std::string_view now;
    std::string_view arguments;
};

constexpr std::string_view same = "with the same arguments";
constexpr FormerName former_names[] = {
    {.former = "mcp_accept_any_issuer", .now = "mcp_insecure_skip_issuer_check", .arguments = same},
    {.former = "mcp_max_body", .now = "mcp_max_body_size", .arguments = same},
    {.former = "mcp_protocol",
     .now = "mcp_protocol_versions",
     .arguments = "which lists revisions: for \"modern\" write \"mcp_protocol_versions 2026-07-28\", for \"legacy\" "
                  "\"mcp_protocol_versions 2025-03-26 2025-06-18 2025-11-25\", for \"dual\" leave it out"},
    {.former = "mcp_resource_alias", .now = "mcp_audience", .arguments = same},
    {.former = "mcp_token_typ", .now = "mcp_token_type", .arguments = same},
    {.former = "mcp_trusted_certificate", .now = "mcp_ssl_trusted_certificate", .arguments = same}};

}  // namespace

void refuse_former_name(const ngx::Arguments& arguments, MainConf& /*conf*/) {
    const auto* name = std::ranges::find(former_names, arguments.directive(), &FormerName::former);
    throw ngx::ConfigError("it is now " + ngx::in_quotes(name->now) + ", " + std::string(name->arguments));
}

}  // namespace mcp_resource
