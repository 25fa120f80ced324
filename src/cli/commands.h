// The subcommands of mcp-resource: each in a file of its own, which adds itself to the command line.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name
class App;
}

namespace cli {

// What the command ends with, for scripts.
enum class Exit : std::uint8_t {
    ok = 0,
    refused = 1,  // what was looked at is not good: a token, an endpoint, a server that is not healthy
    usage = 2,    // the command line, a setting or a file is wrong: nothing was done
};

// Ends the command: one line on standard error that says what is wrong and what to do; none when `text` is empty.
struct Failure {
    int status;
    std::string text;
};

// Throws what ends a command that was called wrongly.
[[noreturn]] inline void fail_usage(std::string text) {
    throw Failure{static_cast<int>(Exit::usage), std::move(text)};
}
[[noreturn]] inline void fail(Exit exit, std::string text) {
    throw Failure{static_cast<int>(exit), std::move(text)};
}

// A line on standard error, with the name of the command.
void complain(const std::string& text) noexcept;

// Runs it; tells why it failed, if it did. The status to end with.
int status_after(const std::function<void()>& body) noexcept;

void add_check(CLI::App& app);
void add_render(CLI::App& app);
void add_convert(CLI::App& app);
void add_schema(CLI::App& app);
void add_run(CLI::App& app);
void add_healthcheck(CLI::App& app);
void add_nginx(CLI::App& app);
void add_keys(CLI::App& app);
void add_doctor(CLI::App& app);
void add_help(CLI::App& app);
void add_token(CLI::App& app);
void add_token_mint(CLI::App& token);

}  // namespace cli
