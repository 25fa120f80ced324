// The command line as CLI11 reads it.
#pragma once

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name
class App;
}

namespace cli {

// Parses, and runs the subcommand. A mistake is told by the names of options: what stands beside them may be a token or
// a secret. Throws the Failure that ends the command.
void parse(CLI::App& app, int argc, const char* const* argv);

}  // namespace cli
