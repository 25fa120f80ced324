#include <openssl/evp.h>

#include <string>
#include <string_view>

#include "base/hmac.h"
#include "base/sha256.h"
#include "report/page/html.h"
#include "report/page/sections.h"
#include "report/page/status.h"
#include "report/page/style.h"

namespace report::page {
namespace {

std::string base64(std::string_view bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3), '\0');
    auto* out = reinterpret_cast<unsigned char*>(text.data());
    // It writes a NUL behind the text, where a std::string has one.
    EVP_EncodeBlock(out, reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    return text;
}

std::string search_form(const Question& question) {
    return "<form method=\"get\" role=\"search\"><div><label for=\"id\">ID of a refusal</label><input id=\"id\" "
           "name=\"id\" value=\"" +
           escaped(question.id.value_or("")) +
           "\" maxlength=\"64\" autocomplete=\"off\" spellcheck=\"false\"></div><button>Find</button></form>";
}

std::string head(const Status& status, const Question& question) {
    const std::string versions = "mcp_resource " + status.version + " in nginx " + status.version_of_nginx;
    return "<header><div><h1>MCP resource server</h1><p>" + date_and_time(status.now) + " UTC · " + escaped(versions) +
           " · <a href=\"?\">Refresh</a></p></div>" + search_form(question) + "</header>";
}

}  // namespace

std::string html_of(const Status& status, const Question& question) {
    std::string out =
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
        "content=\"width=device-width, initial-scale=1\"><title>Status of the MCP resource server</title><style>";
    out += style;
    out += "</style></head><body>" + head(status, question) + "<main>";
    if (question.id) out += found_refusal(status, *question.id);
    out += summary(status) + last_hour(status) + refusals(status) + reasons(status);
    out += "<div class=\"halves\">" + tools(status) + issuers(status) + "</div>" + resources(status);
    return out + "</main></body></html>\n";
}

const std::string& content_security_policy() {
    static const std::string policy = "default-src 'none'; style-src 'sha256-" +
                                      base64(base::bytes(base::must_plain_sha256_of(style))) +
                                      "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    return policy;
}

}  // namespace report::page
