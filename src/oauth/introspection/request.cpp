#include "oauth/introspection/request.h"

#include "base/form.h"

namespace oauth::introspection {

std::string request_form(std::string_view token) {
    return "token=" + base::form_encode(token) + "&token_type_hint=access_token";
}

}  // namespace oauth::introspection
