#include "authority/answer.h"

#include "ngx/config.h"

namespace authority {

std::string Answer::describe(std::string_view endpoint) const {
    std::string text = ngx::url_in_quotes(endpoint);
    if (status != 0) text += " gave status " + std::to_string(status);
    if (!note.empty()) text += ": " + note;
    return text;
}

}  // namespace authority
