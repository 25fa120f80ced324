#include "base/outgoing_request.h"

#include "base/http_url.h"

namespace base {
namespace {

constexpr unsigned max_redirects = 2;

}  // namespace

std::string_view redirect_refusal(std::string_view from, std::string_view to, unsigned followed) noexcept {
    const auto target = HttpUrl::parse(to);
    const auto origin = HttpUrl::parse(from);
    if (!target) return "it leads to an invalid URL, or to one that is neither http nor https";
    if (!origin || !target->same_origin_as(*origin)) return "it leads to another origin";
    if (followed >= max_redirects) return "there were two before";
    return {};
}

}  // namespace base
