// What nginx' modules for upstream servers (proxy_pass and its like) do with a request.
#pragma once

#include <string_view>

#include "ngx/nginx.h"

namespace ngx {

// Finds the directives "..._cache_background_update" of the modules that are there. In postconfiguration.
void find_cache_modules(const ngx_cycle_t& cycle);

// Whether proxy_ssl_session_reuse is on. A session knows which certificate was shown, and all locations that ask one
// address share it: each may get the certificate of another. In postconfiguration.
bool resumes_tls_sessions(const ngx_cycle_t& cycle, const ngx_http_core_loc_conf_t& location);

// True in a location where a stale answer would be renewed by a subrequest of the request.
bool renews_in_background(const ngx_http_request_t* request) noexcept;

// As if the time for the next byte were over: nginx then ends the request with 504, or with what it has in its cache
// for this case. Where nginx waits for no upstream server just now (it reads or locks its cache), nothing happens. The
// request may be gone afterwards, and with it all that lived in its pool.
void time_out_upstream(ngx_http_request_t* request) noexcept;

// From now on a client that goes away does not end it, as with "proxy_ignore_client_abort on". False: no upstream is
// asked yet.
bool outlive_client(ngx_http_request_t* request) noexcept;

// True when an answer in chunks ended without its last one: nginx itself takes that for its end.
bool breaks_off_in_chunks(const ngx_http_request_t* request) noexcept;

// True when a request was sent by HTTP/1, and without this header (in lower case).
bool was_sent_without(const ngx_http_request_t* request, std::string_view name) noexcept;

}  // namespace ngx
