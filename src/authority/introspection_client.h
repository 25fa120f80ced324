// The introspection endpoint of an authorization server (RFC 7662), asked by libcurl as one client.
#pragma once

#include <string>
#include <string_view>

#include "authority/introspection.h"
#include "base/sha256.h"
#include "ngx/client_certificate.h"
#include "ngx/shm_cache.h"
#include "ngx/trust_store.h"
#include "oauth/client_credentials.h"
#include "oauth/introspection/response.h"

namespace authority {

class IntrospectionClient {
public:
    struct Settings {
        std::string url;
        oauth::ClientCredentials credentials;
        ngx::ClientCertificate::Shared certificate;  // null: none is shown
        const ngx::TrustStore* trusted = nullptr;    // required
        ngx::ShmCache* cache = nullptr;              // null: nothing is kept
        oauth::introspection::KeepFor keep_for;
        Listener* listener = nullptr;  // lives as long; null: nobody

        // What every answer depends on: whom we ask, trusting which certificates, as whom, and how long it may be kept.
        base::Sha256 identity() const;
    };

    // Throws ngx::ConfigError when `url` is not an http or https URL.
    explicit IntrospectionClient(Settings settings);

    // How to ask about `token`. Throws std::bad_alloc.
    Introspection::Terms terms(std::string_view token, const oauth::ClaimsRules& rules) const;
    // Whom we ask, and as whom, for the log. Throws std::bad_alloc.
    std::string description() const;

private:
    Settings settings_;
    base::Sha256 server_;
    base::Sha256 circumstances_;  // Settings::identity()
};

}  // namespace authority
