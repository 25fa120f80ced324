#include "boundary/challenge_setting.h"

#include "base/text.h"
#include "boundary/refusal_headers.h"
#include "ngx/header.h"

namespace boundary {

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
    note_header_of(request, status, ngx::add_www_authenticate(request, text));
}

}  // namespace boundary
