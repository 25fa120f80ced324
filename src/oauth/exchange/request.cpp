#include "oauth/exchange/request.h"

#include "base/form.h"

namespace oauth::exchange {

std::string request_form(std::string_view subject_token, std::string_view audience, std::string_view scope) {
    std::string form = "grant_type=" + base::form_encode("urn:ietf:params:oauth:grant-type:token-exchange") +
                       "&subject_token=" + base::form_encode(subject_token) +
                       "&subject_token_type=" + base::form_encode("urn:ietf:params:oauth:token-type:access_token");
    if (!audience.empty()) form += "&audience=" + base::form_encode(audience);
    if (!scope.empty()) form += "&scope=" + base::form_encode(scope);
    return form;
}

}  // namespace oauth::exchange
