// Whether the URI that a directive's text gave for a subrequest may be asked for.
#pragma once

#include <string_view>

namespace ngx {

// `uri` came of the text `written`, whose variables may hold what a client sent. nginx sends arguments as they are, and
// where "proxy_pass" has variables the decoded path as well. So no value may bring what ends a line or an argument, or
// begins arguments that nobody wrote: a value that holds "?" needs $is_args, $args or $request_uri.
bool is_safe_uri(std::string_view written, std::string_view uri) noexcept;

// The same of the path of that URI once it is decoded: %0A is a line feed again, %3F a question mark, %250A a %0A.
bool is_safe_path(std::string_view written, std::string_view path) noexcept;

}  // namespace ngx
