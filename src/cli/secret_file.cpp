#include "cli/secret_file.h"

#include <algorithm>

#include "cli/commands.h"
#include "cli/files.h"

namespace cli {

base::Secret read_secret(const std::string& name, std::string_view whose) {
    std::string text = read_file(name, whose);
    while (text.ends_with('\n') || text.ends_with('\r'))
        text.pop_back();
    if (text.empty() || std::ranges::any_of(text, [](unsigned char c) { return c < ' '; }))
        fail_usage(std::string(whose) + ": must be one line that is not empty");
    return base::Secret(text);
}

}  // namespace cli
