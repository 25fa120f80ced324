#include "oauth/server_answer.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/content_coding.h"
#include "oauth/error_answer.h"

namespace oauth {
namespace {

constexpr std::chrono::seconds default_delay{5};
constexpr std::chrono::seconds longest_delay = std::chrono::days{1};

std::optional<unsigned> number(std::string_view digits) noexcept {
    unsigned value = 0;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (stop != digits.data() + digits.size() || error == std::errc::invalid_argument) return std::nullopt;
    return error == std::errc{} ? value : static_cast<unsigned>(longest_delay.count());
}

// IMF-fixdate, the one form a server may send: "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7).
std::optional<std::chrono::sys_seconds> http_date(std::string_view text) noexcept {
    static constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT") return std::nullopt;
    const auto month = static_cast<unsigned>(std::ranges::find(months, text.substr(8, 3)) - months.begin()) + 1;
    const auto day = number(text.substr(5, 2));
    const auto year = number(text.substr(12, 4));
    const auto hour = number(text.substr(17, 2));
    const auto minute = number(text.substr(20, 2));
    const auto second = number(text.substr(23, 2));
    if (month > months.size() || !day || !year || !hour || !minute || !second) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)), std::chrono::month(month),
                                           std::chrono::day(*day)};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
           std::chrono::seconds(*second);
}

std::optional<Error> bad_request(const ServerAnswer& answer) noexcept {
    const ErrorAnswer said(answer);
    const bool is_about_client = said.code() == "invalid_client" || said.code() == "unauthorized_client";
    return is_about_client ? Error::server_refuses_client : Error::server_refuses_request;
}

}  // namespace

std::optional<Error> server_fault(const ServerAnswer& answer) noexcept {
    const int status = answer.status;
    if (status == 200) {
        const bool plain = base::is_identity_coding(answer.content_encoding);
        return plain ? std::nullopt : std::optional(Error::answer_compressed);
    }
    if (status >= 300 && status < 400) return Error::server_redirects;
    if (status == 400) return bad_request(answer);
    if (status == 401 || status == 403) return Error::server_refuses_client;
    if (status == 429) return Error::server_limits_rate;
    if (status == 502 || status == 504) return Error::server_unreachable;
    if (status >= 500 && status < 600) return Error::server_failed;
    return Error::server_status_unexpected;
}

std::chrono::seconds retry_delay(const ServerAnswer& answer, NumericDate now) noexcept {
    if (answer.retry_after.empty() || (answer.status != 429 && answer.status != 503)) return default_delay;
    auto delay = default_delay;
    if (const auto seconds = number(answer.retry_after)) {
        delay = std::chrono::seconds(*seconds);
    } else if (const auto date = http_date(answer.retry_after)) {
        delay = *date - std::chrono::sys_seconds(std::chrono::seconds(now));
    }
    return std::clamp(delay, std::chrono::seconds(1), longest_delay);
}

}  // namespace oauth
