#include "cli/render/parts.h"

namespace cli {
namespace {

// How long requests and streams that are under way may go on when nginx is told to stop: within the ten seconds that
// `docker stop` waits.
constexpr std::string_view grace_period = "8s";

}  // namespace

void add_process(Configuration& conf, const Gateway& gateway, const Places& places) {
    conf.line("load_module", {places.modules + "/ngx_http_mcp_resource_module.so"});
    conf.line("daemon", {"off"});
    conf.line("worker_processes", {gateway.worker_processes});
    conf.line("worker_shutdown_timeout", {grace_period});
    conf.line("pid", {places.pid + "/nginx.pid"});
    conf.line("error_log", {"stderr", "notice"});
    conf.open("events", {});
    conf.line("worker_connections", {"8192"});
    conf.close();
}

}  // namespace cli
