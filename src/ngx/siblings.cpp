#include "ngx/siblings.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string_view>

#include "ngx/subrequest.h"

namespace ngx {
namespace {

constexpr std::array<std::string_view, 2> askers = {"ngx_http_auth_jwt_module", "ngx_http_auth_oauth2_token_module"};
constexpr std::uintptr_t mark = 0x6D63705F;  // another vendor's module may have the same name

using Recognizes = bool (*)(const ngx_http_request_t*) noexcept;

bool is_asker(const ngx_module_t& module) noexcept {
    return module.spare_hook0 == mark && module.name != nullptr &&
           std::ranges::find(askers, std::string_view(module.name)) != askers.end();
}

}  // namespace

// nginx leaves these to its modules.
void announce_subrequests(ngx_module_t& module) noexcept {
    module.spare_hook0 = mark;
    module.spare_hook1 = std::bit_cast<std::uintptr_t>(Recognizes{&Subrequest::is_one});
}

bool is_own_subrequest(const ngx_http_request_t* request) noexcept {
    if (request->post_subrequest == nullptr) return false;
    for (ngx_module_t* const* module = ngx_cycle->modules; *module != nullptr; module++)
        if (is_asker(**module) && std::bit_cast<Recognizes>((*module)->spare_hook1)(request)) return true;
    return false;
}

}  // namespace ngx
