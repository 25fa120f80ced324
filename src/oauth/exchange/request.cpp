#include "oauth/exchange/request.h"

#include "oauth/base/form.h"

namespace oauth::exchange {

std::string request_form(std::string_view subject_token, std::string_view audience, std::string_view scope) {
    std::string form = "grant_type=" + form_encode("urn:ietf:params:oauth:grant-type:token-exchange") +
                       "&subject_token=" + form_encode(subject_token) +
                       "&subject_token_type=" + form_encode("urn:ietf:params:oauth:token-type:access_token");
    if (!audience.empty()) form += "&audience=" + form_encode(audience);
    if (!scope.empty()) form += "&scope=" + form_encode(scope);
    return form;
}

}  // namespace oauth::exchange
