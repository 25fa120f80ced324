#include "mcp/uri_form.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <system_error>

#include "base/ascii.h"
#include "base/ip_address.h"
#include "base/text.h"

namespace mcp {
namespace {

constexpr std::string_view sub_delims = "!$&'()*+,;=";

// RFC 3986 section 3.3: what may stand in a path without encoding.
constexpr bool is_path_character(char c) noexcept {
    return base::is_unreserved(c) || sub_delims.contains(c) || c == ':' || c == '@' || c == '/';
}

struct SpecialScheme {
    std::string_view name;
    std::string_view port;  // the default
};

// Those that the URL Standard parses in their own way.
constexpr std::array<SpecialScheme, 6> special_schemes{{{.name = "http", .port = "80"},
                                                        {.name = "https", .port = "443"},
                                                        {.name = "ws", .port = "80"},
                                                        {.name = "wss", .port = "443"},
                                                        {.name = "ftp", .port = "21"},
                                                        {.name = "file", .port = ""}}};

struct Parts {
    std::string_view scheme;
    std::optional<std::string_view> authority;
    std::string_view path;
    std::optional<std::string_view> query;
    const SpecialScheme* special;

    bool is_file() const noexcept { return scheme == "file"; }
};

// Each check returns what is wrong, or nothing.
using Problem = std::string_view;
constexpr Problem none{};

Parts split(std::string_view uri) noexcept {
    const std::size_t colon = std::min(uri.find(':'), uri.size());
    Parts parts{.scheme = uri.substr(0, colon), .authority = {}, .path = {}, .query = {}, .special = nullptr};
    std::string_view rest = uri.substr(std::min(colon + 1, uri.size()));
    if (const std::size_t mark = rest.find('?'); mark != std::string_view::npos) {
        parts.query = rest.substr(mark + 1);
        rest = rest.substr(0, mark);
    }
    if (rest.starts_with("//")) {
        rest.remove_prefix(2);
        parts.authority = rest.substr(0, rest.find('/'));
        rest.remove_prefix(parts.authority->size());
    }
    parts.path = rest;
    const auto* special = std::ranges::find(special_schemes, parts.scheme, &SpecialScheme::name);
    if (special != special_schemes.end()) parts.special = special;
    return parts;
}

// One letter is a drive to those who know Windows.
Problem scheme_problem(std::string_view scheme) noexcept {
    if (std::ranges::any_of(scheme, base::is_upper)) return "has capital letters in its scheme";
    const bool is_scheme =
        scheme.size() > 1 && base::is_lower(scheme.front()) && std::ranges::all_of(scheme, [](char c) {
            return base::is_lower_or_digit(c) || std::string_view("+-.").contains(c);
        });
    return is_scheme ? none : "does not begin with a scheme of two letters or more and a colon";
}

// --- Percent-encoding -----------------------------------------------------------------------------------------------

// The byte that is encoded at the front; -1: none is, or one in lower case.
int canonical_byte(std::string_view text) noexcept {
    const int byte = base::encoded_byte(text);
    return byte < 0 || base::is_lower(text[1]) || base::is_lower(text[2]) ? -1 : byte;
}

// What follows "%25" would make an encoded character for those who decode twice.
bool is_encoded_twice(std::string_view after) noexcept {
    return after.size() > 1 && base::is_hex_digit(after[0]) && base::is_hex_digit(after[1]);
}

// Of the character beyond ASCII at the front, and how much text it takes.
Problem wide_character_problem(std::string_view text, std::size_t& size) noexcept {
    std::array<char, 4> bytes{};
    for (std::size_t count = 1; count <= bytes.size(); count++) {
        const int byte = canonical_byte(text.substr(std::min((count - 1) * base::encoded_byte_size, text.size())));
        if (byte < 0x80) break;
        bytes[count - 1] = static_cast<char>(byte);
        const std::string_view character(bytes.data(), count);
        if (!base::is_utf8(character)) continue;
        size = count * base::encoded_byte_size;
        return base::has_control_characters(character) ? Problem("has an encoded control character") : none;
    }
    return "has percent-encoded bytes that are not UTF-8";
}

// `may_stand` says which characters need no encoding in this part.
template <class MayStand>
Problem encoded_problem(std::string_view text, std::size_t& size, MayStand may_stand) noexcept {
    const int byte = canonical_byte(text);
    if (byte < 0) return "has a \"%\" without two hex digits in capitals after it";
    if (byte >= 0x80) return wide_character_problem(text, size);
    size = base::encoded_byte_size;
    const char c = static_cast<char>(byte);
    if (byte < 0x20 || byte == 0x7F) return "has an encoded control character";
    if (may_stand(c)) return "encodes a character that needs no encoding";
    if (c == '/' || c == '\\') return "has an encoded slash or backslash";
    return c == '%' && is_encoded_twice(text.substr(size)) ? Problem("is encoded twice") : none;
}

template <class MayStand>
Problem characters_problem(std::string_view part, MayStand may_stand) noexcept {
    while (!part.empty()) {
        std::size_t size = 1;
        Problem problem;
        if (part.starts_with('%')) {
            problem = encoded_problem(part, size, may_stand);
        } else if (!may_stand(part.front())) {
            problem = "has a character that a URI may not have there";
        }
        if (!problem.empty()) return problem;
        part.remove_prefix(size);
    }
    return none;
}

// --- Authority ------------------------------------------------------------------------------------------------------

Problem port_problem(std::string_view port, std::string_view default_port) noexcept {
    std::uint16_t number = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (error != std::errc() || end != port.data() + port.size() || port.starts_with('0'))
        return "has no port from 1 to 65535 after the colon";
    return port == default_port ? "names the port that its scheme has anyway" : none;
}

// Such hosts are ".." and ".": many servers of their own scheme take what follows "//" for a path.
bool has_empty_label(std::string_view host) noexcept {
    return host.starts_with('.') || host.ends_with('.') || host.contains("..");
}

Problem special_host_problem(std::string_view host) noexcept {
    if (!std::ranges::all_of(host, [](char c) { return base::is_unreserved(c) && !base::is_upper(c); }))
        return "has a host with other characters than lower-case letters, digits, \"-\", \".\", \"_\" and \"~\"";
    if (has_empty_label(host)) return "has an empty label in its host";
    if (host.starts_with("xn--") || host.contains(".xn--")) return "has an internationalized host";
    return base::ends_in_number(host) && !base::is_usual_ipv4(host)
               ? "has a host that is an unusual spelling of an IPv4 address"
               : none;
}

Problem other_host_problem(std::string_view host) noexcept {
    const bool is_plain = std::ranges::all_of(
        host, [](char c) { return (base::is_unreserved(c) && !base::is_upper(c)) || sub_delims.contains(c); });
    if (has_empty_label(host)) return "has an empty label in its host";
    return is_plain ? none : "has an authority with capital letters or with characters that no host has";
}

Problem file_host_problem(std::string_view host) noexcept {
    // Parsers drop localhost, and many a server opens the path of "file://host/path" without a look at the host.
    return host.empty() ? none : "names the host of a file";
}

Problem authority_problem(const Parts& parts) noexcept {
    if (!parts.authority) return parts.special ? "lacks \"//\" after its scheme" : none;
    if (parts.authority->contains('@')) return "has user information before the host";
    if (parts.is_file()) return file_host_problem(*parts.authority);
    const std::size_t colon = parts.authority->find(':');
    const std::string_view host = parts.authority->substr(0, colon);
    if (host.empty() && (parts.special || colon != std::string_view::npos)) return "has no host";
    const Problem problem = parts.special ? special_host_problem(host) : other_host_problem(host);
    if (!problem.empty() || colon == std::string_view::npos) return problem;
    return port_problem(parts.authority->substr(colon + 1), parts.special ? parts.special->port : "");
}

// --- Path and query -------------------------------------------------------------------------------------------------

// "." and "..", also where a server cuts parameters (";") or Windows cuts spaces. "..." is the parent of the parent to
// some.
bool is_dot_segment(std::string_view segment) noexcept {
    constexpr std::string_view space = "%20";
    segment = segment.substr(0, segment.find(';'));
    while (segment.ends_with(space))
        segment.remove_suffix(space.size());
    return !segment.empty() && segment.find_first_not_of('.') == std::string_view::npos;
}

bool has_dot_segment(std::string_view path) noexcept {
    for (std::size_t end = path.find('/'); end != std::string_view::npos; end = path.find('/')) {
        if (is_dot_segment(path.substr(0, end))) return true;
        path.remove_prefix(end + 1);
    }
    return is_dot_segment(path);
}

// "/C|/" is "/C:/" to the URL Standard, and "//host/C:/" is "///C:/" to some that follow it.
Problem drive_problem(const Parts& parts) noexcept {
    const std::string_view path = parts.path;
    if (path.size() < 3 || !base::is_letter(path[1])) return none;
    if (path.substr(2).starts_with("%7C")) return "has a drive letter with an encoded \"|\"";
    return none;
}

Problem path_shape_problem(const Parts& parts) noexcept {
    const bool has_host = parts.authority && !parts.authority->empty();
    if (parts.special && !parts.path.starts_with('/')) return "lacks the \"/\" that begins its path";
    if (parts.path.empty() && !has_host) return "has nothing after its scheme";
    if (parts.path.contains("//")) return "has \"//\" in its path";  // or in front of it, where some look for a host
    if (has_dot_segment(parts.path)) return "has \".\" or \"..\" in its path";
    return parts.is_file() ? drive_problem(parts) : none;
}

Problem query_problem(const Parts& parts) noexcept {
    if (!parts.query) return none;
    if (parts.is_file()) return "has a query, which no file has";
    if (parts.query->empty()) return "has an empty query";
    if (parts.special && parts.query->contains('\'')) return "has an apostrophe in its query";
    return characters_problem(*parts.query, [](char c) { return is_path_character(c) || c == '?'; });
}

// A wildcard may stand in the middle of an encoded character. What stands before that is judged.
std::string_view without_broken_character(std::string_view text, bool breaks_off) noexcept {
    if (!breaks_off) return text;
    if (text.ends_with('%')) {
        text.remove_suffix(1);
    } else if (text.size() > 1 && text[text.size() - 2] == '%' && base::is_hex_digit(text.back()) &&
               !base::is_lower(text.back())) {
        text.remove_suffix(2);
    }
    std::size_t character = text.size();
    while (character >= 3 && text.size() - character < 9 && canonical_byte(text.substr(character - 3)) >= 0x80) {
        character -= 3;
        if (canonical_byte(text.substr(character)) >= 0xC0) break;
    }
    const bool is_whole = characters_problem(text.substr(character), is_path_character).empty();
    return is_whole ? text : text.substr(0, character);
}

}  // namespace

std::string_view uri_problem(std::string_view uri) noexcept {
    if (uri.contains('#')) return "has a fragment";
    const Parts parts = split(uri);
    if (const Problem problem = scheme_problem(parts.scheme); !problem.empty()) return problem;
    if (const Problem problem = authority_problem(parts); !problem.empty()) return problem;
    if (const Problem problem = path_shape_problem(parts); !problem.empty()) return problem;
    if (const Problem problem = characters_problem(parts.path, is_path_character); !problem.empty()) return problem;
    return query_problem(parts);
}

bool is_normal_uri(std::string_view uri) noexcept {
    return uri_problem(uri).empty();
}

std::optional<std::string_view> uri_pattern_problem(std::string_view pattern) {
    const std::size_t wildcard = pattern.find_first_of("*?");
    const bool is_prefix = wildcard != std::string_view::npos;
    const std::string literal(without_broken_character(pattern.substr(0, wildcard), is_prefix));
    if (!is_prefix) return is_normal_uri(literal) ? std::nullopt : std::optional(uri_problem(literal));
    if (literal.empty()) return std::nullopt;
    // Whatever part the literal text breaks off in, one of these ends it; the first tells best what is wrong.
    static constexpr std::array<std::string_view, 8> ends{"z/z", "z:z", ":z", "/z/z", "//z/z", "1/z", "///z", ":///z"};
    for (const std::string_view end : ends)
        if (is_normal_uri(literal + std::string(end))) return std::nullopt;
    return uri_problem(literal + std::string(ends.front()));
}

}  // namespace mcp
