#include "support/own_host.h"

namespace support {

ngx::HostKind& host_kind() noexcept {
    static ngx::HostKind kind = ngx::HostKind::own;
    return kind;
}

}  // namespace support

namespace ngx {

HostKind host_kind(const ngx_http_request_t*) {
    return support::host_kind();
}

}  // namespace ngx
