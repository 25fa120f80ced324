#include "authority/answer.h"

#include "ngx/config.h"
#include "oauth/error_answer.h"

namespace authority {

std::string Answer::describe(std::string_view endpoint, std::span<const std::string_view> secrets) const {
    std::string text = ngx::url_in_quotes(endpoint);
    if (status != 0) text += " gave status " + std::to_string(status);
    if (const std::string words = oauth::ErrorAnswer(view()).printable(secrets); !words.empty()) text += ", " + words;
    if (!note.empty()) text += ": " + note;
    return text;
}

}  // namespace authority
