// Where keys that are fetched come from.
#include "authority/issuer_keys.h"

#include <utility>

#include "authority/remote_keys.h"

namespace authority {

std::unique_ptr<IssuerKeys> IssuerKeys::from_url(std::string url, const RemoteKeysOptions& options) {
    return std::make_unique<RemoteKeys>(std::move(url), false, options);
}

std::unique_ptr<IssuerKeys> IssuerKeys::from_discovery(std::string issuer, const RemoteKeysOptions& options) {
    return std::make_unique<RemoteKeys>(std::move(issuer), true, options);
}

}  // namespace authority
