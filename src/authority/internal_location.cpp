#include "authority/internal_location.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string>

#include "base/ascii.h"
#include "ngx/string.h"

namespace authority {
namespace {

std::array<unsigned char, sizeof(void*)> bytes_of(const void* address) noexcept {
    return std::bit_cast<std::array<unsigned char, sizeof(void*)>>(address);
}

}  // namespace

base::Sha256 place_of(const ngx_http_request_t* request, const void* conf) {
    const ngx_table_elt_t* host = request->headers_in.host;
    std::string name(host != nullptr ? ngx::view(host->value) : std::string_view());
    std::ranges::transform(name, name.begin(), base::to_lower);  // RFC 9110 section 4.2.3
    return base::must_sha256_of({base::bytes(bytes_of(conf)), ngx::view(request->headers_in.server), name});
}

base::Sha256 server_at(const ngx_http_request_t* request, std::string_view written) {
    const void* conf = ngx_http_get_module_srv_conf(request, ngx_http_core_module);
    return base::must_sha256_of({"location", base::bytes(bytes_of(conf)), written});
}

}  // namespace authority
