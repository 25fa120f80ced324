#include "cli/render/render.h"

#include "cli/render/configuration.h"
#include "cli/render/parts.h"

namespace cli {

std::string_view Rendered::origin_of(std::size_t line) const noexcept {
    return line >= 1 && line <= origins.size() ? origins[line - 1] : std::string_view();
}

Rendered render(const Gateway& gateway, const Places& places, const Machine& machine) {
    Configuration conf;
    conf.comment(std::string(marker) + ": change the settings that it was made from, not this file.\n");
    add_process(conf, gateway, places, machine);
    conf.open("http", {});
    add_http(conf, gateway, places, machine);
    const Upstreams upstreams(gateway, machine);
    upstreams.add(conf);
    for (const Server& server : gateway.servers)
        add_server(conf, gateway, server, machine, upstreams);
    add_status_server(conf, gateway, machine);
    conf.close();
    return {.text = conf.take_text(), .origins = conf.take_origins()};
}

}  // namespace cli
