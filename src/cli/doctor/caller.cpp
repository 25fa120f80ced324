#include "cli/doctor/caller.h"

#include "base/http_url.h"
#include "mcp/resource_uri.h"

namespace cli::doctor {
namespace {

std::string origin_of(const std::string& url) {
    const auto uri = mcp::ResourceUri::parse(url);
    return uri ? std::string(uri->origin()) : url;
}

HttpError known(std::string text) {
    return {.text = std::move(text), .remedy = {}, .is_known = true};
}

}  // namespace

std::expected<HttpAnswer, HttpError> Caller::operator()(const HttpRequest& request) {
    if (std::chrono::steady_clock::now() - started_ > patience)
        return std::unexpected(known("the responses until now took " + std::to_string(patience.count()) + " s"));
    const std::string origin = origin_of(request.url);
    if (const auto found = unreachable_.find(origin); found != unreachable_.end())
        return std::unexpected(found->second);
    auto answer = ask_(request);
    if (!answer && answer.error().is_unreachable)
        unreachable_.emplace(origin, known(base::printable_url(origin) + " cannot be reached"));
    return answer;
}

}  // namespace cli::doctor
