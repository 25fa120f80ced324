#include "cli/settings/file/backend.h"

#include "base/http_url.h"
#include "cli/settings/syntax.h"

namespace cli::file {

void set_backend_url(void* owner, const Value& value) {
    if (auto backend = parse_backend_url(value.texts.front())) {
        auto& known = *static_cast<Backend*>(owner);
        known.transport = backend->transport;
        known.host = backend->host;
        known.port = backend->port;
        known.path = backend->path;
    }
}

// What "backend" means is known when the URL is.
void set_backend_host(void* owner, const Value& value) {
    const std::string& text = value.texts.front();
    static_cast<Backend*>(owner)->host_header = text == "client" ? "" : text;
}

void set_backend(void* owner, const Value& value) {
    set_backend_url(&static_cast<ResourceDraft*>(owner)->backend, value);
}

void set_discovery(void* owner, const Value& /*value*/) {
    static_cast<ResourceDraft*>(owner)->says_discovery = true;
}

std::string authority_of(const Backend& backend) {
    const bool is_https = backend.transport == Backend::Transport::https;
    return base::default_port(is_https) == backend.port ? backend.host
                                                        : backend.host + ':' + std::to_string(backend.port);
}

}  // namespace cli::file
