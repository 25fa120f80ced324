#include "boundary/challenge_setting.h"

#include "base/text.h"
#include "ngx/header.h"
#include "ngx/pool.h"

namespace boundary {
namespace {

struct AddedChallenge {
    const ngx_http_request_t* request;
    ngx_table_elt_t* header;
    ngx_uint_t status;  // of the response that it belongs to
};

}  // namespace

ChallengeSetting ChallengeSetting::read(const ngx::Arguments& arguments) {
    if (arguments[0] == "on") return {};
    if (arguments[0] == "off") return {.kind = Kind::off};
    if (base::is_switch_word(arguments[0]))
        throw ngx::ConfigError("invalid challenge " + ngx::in_quotes(arguments[0]) +
                               R"(, it must be "on", "off", or what the header says)");
    return {.kind = Kind::custom, .custom = arguments.complex_value(arguments[0])};
}

void add_challenge(ngx_http_request_t* request, const ChallengeSetting& setting, std::string_view standard,
                   ngx_int_t status) {
    if (setting.kind == ChallengeSetting::Kind::off) return;
    const bool custom = setting.kind == ChallengeSetting::Kind::custom;
    const std::string_view text = custom ? ngx::evaluate(request, *setting.custom) : standard;
    if (text.empty()) return;
    ngx::make<AddedChallenge>(request->pool, request, &ngx::add_www_authenticate(request, text),
                              static_cast<ngx_uint_t>(status));
}

void drop_stray_challenge(ngx_http_request_t* request) noexcept {
    if (request->headers_out.www_authenticate == nullptr) return;
    ngx::find<AddedChallenge>(request->pool, [request](const AddedChallenge& challenge) noexcept {
        if (challenge.request == request && challenge.status != request->headers_out.status) challenge.header->hash = 0;
        return false;
    });
}

}  // namespace boundary
