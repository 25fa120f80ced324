#include "modules/auth_oauth2_token/refusal.h"

#include "ngx/config.h"
#include "oauth/server_answer.h"

namespace auth_oauth2_token {

using oauth::Error;

std::optional<Error> trouble_of(const authority::Answer& answer) noexcept {
    if (answer.obstacle) return Error::server_not_asked;
    if (answer.status == NGX_HTTP_OK && answer.too_large) return Error::document_too_large;
    if (answer.status == NGX_HTTP_OK && !answer.complete) return Error::server_unreachable;
    return std::nullopt;
}

Refusal refusal_of(const authority::Answer& answer, Error error, std::string_view endpoint) {
    Refusal refusal{.error = error, .retry_after = oauth::retry_delay(answer.view(), ngx_time())};
    refusal.detail = ngx::url_in_quotes(endpoint);
    if (!answer.obstacle) refusal.detail += " gave status " + std::to_string(answer.status);
    const std::string note = answer.obstacle && answer.note.empty() ? std::string(text(*answer.obstacle)) : answer.note;
    if (!note.empty()) refusal.detail += ": " + note;
    return refusal;
}

}  // namespace auth_oauth2_token
