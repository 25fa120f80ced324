// How --help is laid out: every line broken where the next word does not fit, values with names, options and commands
// in groups.
#pragma once

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name
class App;
}

namespace cli {

// For the command and all subcommands that it has by now. In a footer, lines that begin with a blank stay as they are.
void lay_out_help(CLI::App& app);

}  // namespace cli
