// What is observed of requests, and who is told.
#include <utility>

#include "mcp/audit_record.h"
#include "modules/mcp_resource/directives.h"
#include "ngx/file.h"

namespace mcp_resource {

using ngx::ConfigError;

namespace {

mcp::ShownIdentity read_identity(std::string_view text) {
    if (text == "plain") return mcp::ShownIdentity::plain;
    if (text == "hash") return mcp::ShownIdentity::hash;
    throw ConfigError("invalid identity " + ngx::in_quotes(text) + R"(, it must be "plain" or "hash")");
}

base::Secret read_audit_key(const ngx::Arguments& arguments, std::string_view file) {
    auto key = ngx::read_secret_file(arguments, file);
    if (key.reveal().size() < mcp::shortest_audit_key)
        throw ConfigError("the key in " + ngx::in_quotes(arguments.file_name(file)) + " has " +
                          std::to_string(key.reveal().size()) + " bytes, it must have at least " +
                          std::to_string(mcp::shortest_audit_key) + "; make one with \"openssl rand -hex 32\"");
    return key;
}

}  // namespace

// mcp_audit [identity=plain | hash] [key_file=file]
void set_mcp_audit(const ngx::Arguments& arguments, LocationConf& conf) {
    if (conf.audit != nullptr) throw ngx::DuplicateDirective();
    std::optional<mcp::ShownIdentity> identity;
    std::optional<base::Secret> key;
    for (std::size_t i = 0; i < arguments.size(); i++) {
        if (const auto shown = ngx::parameter(arguments[i], "identity=")) {
            ngx::set_once(identity, read_identity(*shown));
        } else if (const auto file = ngx::parameter(arguments[i], "key_file=")) {
            ngx::set_once(key, read_audit_key(arguments, *file));
        } else {
            throw ConfigError("unknown parameter " + ngx::argument_in_quotes(arguments[i]) +
                              R"(, it must be "identity=" or "key_file=")");
        }
    }
    if (identity == mcp::ShownIdentity::hash && !key)
        throw ConfigError("\"identity=hash\" needs \"key_file=\": without a key, names can be guessed");
    conf.audit = std::make_shared<const mcp::AuditSettings>(identity.value_or(mcp::ShownIdentity::plain),
                                                            key ? *std::move(key) : base::Secret());
}

// mcp_audit_required on | off
void set_mcp_audit_required(const ngx::Arguments& arguments, LocationConf& conf) {
    ngx::set_once(conf.audit_required, arguments.flag(0));
}

// mcp_observe on | off
void set_mcp_observe(const ngx::Arguments& arguments, LocationConf& conf) {
    ngx::set_once(conf.observe, arguments.flag(0));
}

}  // namespace mcp_resource
