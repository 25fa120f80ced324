// The search for an issuer's keys (oauth/discovery/metadata_search.h), by what nginx fetches.
#pragma once

#include <string>

#include "ngx/fetch.h"
#include "oauth/discovery/metadata_search.h"

namespace authority {

class Discovery : public oauth::discovery::MetadataSearch {
public:
    // Throws ConfigError, std::bad_alloc.
    explicit Discovery(const std::string& issuer);

    Next take(const ngx::FetchResult& fetched);
};

}  // namespace authority
