#include "cli/nginx_messages.h"

#include <algorithm>
#include <charconv>

namespace cli {
namespace {

constexpr std::string_view digits = "0123456789";

// "7#7: *1 " of a line that comes by the log.
std::string_view without_process(std::string_view text) noexcept {
    const std::size_t hash = text.find_first_not_of(digits);
    if (hash == 0 || hash == std::string_view::npos || text[hash] != '#') return text;
    const std::size_t colon = text.find_first_not_of(digits, hash + 1);
    if (colon == std::string_view::npos || !text.substr(colon).starts_with(": ")) return text;
    return text.substr(colon + 2);
}

void find_place(NginxMessage& message) noexcept {
    static constexpr std::string_view before = " in ";
    message.text = message.whole;
    const std::size_t in = message.whole.rfind(before);
    const std::size_t colon = message.whole.rfind(':');
    if (in == std::string_view::npos || colon == std::string_view::npos || colon < in) return;
    const char* const end = message.whole.data() + message.whole.size();
    std::size_t line = 0;
    const auto [rest, error] = std::from_chars(message.whole.data() + colon + 1, end, line);
    if (error != std::errc() || rest != end) return;
    message.text = message.whole.substr(0, in);
    message.file = message.whole.substr(in + before.size(), colon - in - before.size());
    message.line = line;
}

}  // namespace

bool NginxMessage::is_warning() const noexcept {
    return level != "notice" && level != "info" && level != "debug";
}

std::optional<NginxMessage> parse_nginx_message(std::string_view line) noexcept {
    const std::size_t begin = line.find('[');
    const std::size_t end = line.find("] ", begin);
    if (begin == std::string_view::npos || end == std::string_view::npos) return std::nullopt;
    const std::string_view before = line.substr(0, begin);
    if (before != "nginx: " && before.find_first_not_of("0123456789/: ") != std::string_view::npos) return std::nullopt;
    NginxMessage message{.level = line.substr(begin + 1, end - begin - 1),
                         .whole = without_process(line.substr(end + 2)),
                         .text = {},
                         .file = {}};
    find_place(message);
    return message;
}

std::vector<NginxMessage> nginx_warnings(std::string_view output) {
    std::vector<NginxMessage> warnings;
    while (!output.empty()) {
        const std::size_t end = std::min(output.find('\n'), output.size());
        if (const auto message = parse_nginx_message(output.substr(0, end)); message && message->is_warning())
            warnings.push_back(*message);
        output.remove_prefix(std::min(end + 1, output.size()));
    }
    return warnings;
}

}  // namespace cli
