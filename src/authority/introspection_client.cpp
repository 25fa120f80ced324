#include "authority/introspection_client.h"

#include <utility>

#include "base/http_url.h"
#include "ngx/config.h"
#include "oauth/introspection/request.h"

namespace authority {
base::Sha256 IntrospectionClient::Settings::identity() const {
    const std::string limits =
        std::to_string(keep_for.active.count()) + ' ' + std::to_string(keep_for.inactive.count());
    const std::string_view shown = certificate != nullptr ? base::bytes(certificate->identity()) : std::string_view();
    return base::must_sha256_of({"mcp_introspection", url, base::bytes(credentials.identity()), shown,
                                 base::bytes(trusted->identity()), limits});
}

IntrospectionClient::IntrospectionClient(Settings settings)
    : settings_(std::move(settings)),
      server_(base::must_sha256_of({settings_.url})),
      circumstances_(settings_.identity()) {
    if (!base::HttpUrl::parse(settings_.url))
        throw ngx::ConfigError(ngx::url_in_quotes(settings_.url) + " is not an http or https URL");
}

Introspection::Terms IntrospectionClient::terms(std::string_view token, const oauth::ClaimsRules& rules) const {
    return {.query = {.key = base::must_sha256_of({base::bytes(circumstances_), token}),
                      .server = server_,
                      .endpoint = HttpEndpoint{settings_.url, settings_.trusted, settings_.certificate},
                      .client = &settings_.credentials,
                      .max_answer_bytes = oauth::introspection::Response::max_bytes,
                      .time_limit = oauth::introspection::answer_time_limit,
                      .cache = settings_.cache,
                      .listener = settings_.listener,
                      .source = settings_.url},
            .keep_for = settings_.keep_for,
            .rules = &rules};
}

std::string IntrospectionClient::description() const {
    return ngx::url_in_quotes(settings_.url) + " as client " + ngx::in_quotes(settings_.credentials.client_id());
}

}  // namespace authority
