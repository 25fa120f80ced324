// What libcurl says of a transfer that failed, as somebody who runs a server wants to know it.
#pragma once

#include <curl/curl.h>

#include "cli/http.h"

namespace cli {

HttpError error_of(CURL* handle, CURLcode code);

}  // namespace cli
