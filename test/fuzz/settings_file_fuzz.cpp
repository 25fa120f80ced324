// Settings files: whatever they are, there are mistakes or a model, and what is written of the model says the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "cli/render/render.h"
#include "cli/settings/file/reader.h"
#include "cli/settings/file/writer.h"

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    cli::Findings findings;
    const cli::Gateway gateway = cli::read_text(text, "/etc/mcp.yaml", findings);
    require(findings.errors.size() <= 51);
    if (!findings.errors.empty()) return 0;
    cli::Findings again;
    const cli::Gateway same = cli::read_text(cli::write_yaml(gateway), "/etc/mcp.yaml", again);
    require(again.errors.empty());
    require(cli::render(same, {}).text == cli::render(gateway, {}).text);
    return 0;
}
