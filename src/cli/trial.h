// nginx looks at a configuration before it runs with it.
#pragma once

#include <string>
#include <vector>

#include "cli/nginx_messages.h"
#include "cli/process.h"
#include "cli/render/render.h"

namespace cli {

struct Trial {
    Command nginx;      // with "-t"
    int folder;         // where it starts
    std::string file;   // the name of what it looks at: "nginx.conf.next"
    std::string later;  // and the name under which it will read it: "nginx.conf"
};

// Fails when nginx does not accept it. What it warns of is told, but for what `warnings` say already; returned is what
// nginx will say again when it reads the file under its later name.
std::vector<std::string> try_configuration(const Trial& trial, const Rendered& conf,
                                           const std::vector<std::string>& warnings);

// The line that tells a message: where it comes from, in words of whoever has made the settings.
std::string told_warning(const NginxMessage& message, const std::string& file, const Rendered& conf);

}  // namespace cli
