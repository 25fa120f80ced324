#include "modules/mcp_resource/record/audit_files.h"

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "mcp/audit_record.h"
#include "modules/mcp_resource/record/audit.h"
#include "ngx/location.h"
#include "ngx/log.h"
#include "ngx/pool.h"

namespace mcp_resource {
namespace {

// nginx shows nobody the configuration of its log module. This is how it begins, and what the elements of the list are,
// from nginx 1.7.1 on.
struct LogConf {
    const ngx_array_t* logs;
    const void* open_file_cache;
    time_t open_file_cache_valid;
    ngx_uint_t open_file_cache_min_uses;
    ngx_uint_t is_off;  // "access_log off", whatever else the same level says
};

struct Format {
    ngx_str_t name;
    const ngx_array_t* variables;  // their numbers; null for "combined", which has none
    const ngx_array_t* parts;
};

struct Log {
    ngx_open_file_t* file;            // null for syslog, and where the name has variables
    const void* name_with_variables;  // null for syslog
    time_t disk_full_time, error_log_time;
    const void* syslog;
    const Format* format;
    const ngx_http_complex_value_t* condition;  // "if="
};

using Logs = std::span<const Log>;

[[noreturn]] void refuse_required(std::string_view text) {
    refuse_directive("mcp_audit_required", text);
}

// `place`: an ngx_conf_t, or a request.
template <class Place>
Logs logs_of(Place* place) {
    const auto* conf = static_cast<const LogConf*>(ngx::location_conf_of(place, "ngx_http_log_module"));
    if (conf == nullptr || conf->logs == nullptr || conf->is_off != 0) return {};
    if (conf->logs->size != sizeof(Log)) refuse_required("this version of nginx has a log module that is not known");
    return {static_cast<const Log*>(conf->logs->elts), conf->logs->nelts};
}

// What "buffer=" or "gzip" keeps in memory is lost with the worker; nginx' log module alone knows what this points to.
bool is_buffered(const Log& log) noexcept {
    return log.file != nullptr && log.file->data != nullptr;
}

bool keeps_nothing(const Log& log) noexcept {
    return log.file != nullptr && ngx::keeps_nothing(reinterpret_cast<const char*>(log.file->name.data));
}

// `variable`: the number of $mcp_audit.
bool has_record(const Log& log, ngx_int_t variable) noexcept {
    if (log.format == nullptr || log.format->variables == nullptr) return false;
    const std::span variables(static_cast<const ngx_int_t*>(log.format->variables->elts), log.format->variables->nelts);
    return std::ranges::find(variables, variable) != variables.end();
}

[[noreturn]] void refuse_without_record(Logs logs) {
    if (logs.empty())
        refuse_required(
            "no \"access_log\" is in effect here (\"access_log off\" turns off all others of its level); add one with "
            "a "
            "file, for example \"access_log /var/log/nginx/mcp-audit.log mcp_audit\"");
    std::string text = "no \"access_log\" in effect here has a format with \"$mcp_audit\":";
    for (std::string_view before = " "; const Log& log : logs) {
        text += std::string(before) + "one has " + ngx::in_quotes(ngx::view(log.format->name));
        before = ", ";
    }
    refuse_required(text +
                    "; name a format that has it, for example \"log_format mcp_audit escape=none '$mcp_audit'\"");
}

// `logs`: those that have the record.
[[noreturn]] void refuse_without_file(const std::vector<const Log*>& logs) {
    const auto any = [&](auto predicate) {
        return std::ranges::any_of(logs, [&](const Log* log) { return predicate(*log); });
    };
    if (any(is_buffered))
        refuse_required(
            "\"buffer=\" or \"gzip\" of \"access_log\" keeps records in memory, which are lost if a worker is killed; "
            "leave it out");
    if (any(keeps_nothing))
        refuse_required(
            "the \"access_log\" is a device that keeps nothing, like \"/dev/null\"; write the name of a file");
    if (any([](const Log& log) { return log.name_with_variables != nullptr; }))
        refuse_required(
            "nginx opens an \"access_log\" with variables in its name after the response, and cannot know before "
            "whether it has space; write a name without variables");
    refuse_required(
        "\"access_log\" sends to syslog only, and nothing confirms that a record has arrived; add an "
        "\"access_log\" with a file");
}

// A condition that is true with every record cannot be told from others, but for the usual one.
void warn_about_condition(ngx_conf_t* cf, const Log& log) {
    if (log.condition == nullptr) return;
    const auto condition = ngx::view(log.condition->value);
    if (condition == "$mcp_audit" || condition == "${mcp_audit}") return;
    ngx::warn(cf, "mcp_audit_required",
              "\"if=" + std::string(condition) + "\" of \"access_log\" may leave records out; write \"if=$mcp_audit\"");
}

// As long as the request lives: nginx destroys its pool after it was logged.
class Promise {
public:
    Promise(const ngx_http_request_t* request, ngx::PromisedBytes& all, std::size_t bytes) noexcept
        : request_(request), all_(all), bytes_(bytes) {
        all_.add(bytes_);
    }
    Promise(const Promise&) = delete;
    Promise& operator=(const Promise&) = delete;
    ~Promise() { withdraw(); }

    const ngx_http_request_t* request() const noexcept { return request_; }
    std::size_t bytes() const noexcept { return bytes_; }
    void withdraw() noexcept { all_.subtract(std::exchange(bytes_, 0U)); }

private:
    const ngx_http_request_t* request_;
    ngx::PromisedBytes& all_;
    std::size_t bytes_;
};

}  // namespace

void find_audit_files(ngx_conf_t* cf, LocationConf& conf) {
    if (conf.endpoint == nullptr || !conf.audit_required.value_or(false)) return;
    if (!is_audit_used(cf)) refuse_required("no \"log_format\" has \"$mcp_audit\", so nothing is recorded");
    if (ngx::location_of(cf).satisfy == NGX_HTTP_SATISFY_ANY)
        refuse_required(
            "with \"satisfy any\" a request may pass without a decision of this module, and a record of it");
    const Logs logs = logs_of(cf);
    const ngx_int_t variable = audit_variable(cf);
    std::vector<const Log*> recording;
    for (const Log& log : logs)
        if (has_record(log, variable)) recording.push_back(&log);
    if (recording.empty()) refuse_without_record(logs);
    Worker& worker = main_conf(cf).worker;
    for (const Log* log : recording) {
        if (log->file == nullptr || is_buffered(*log) || keeps_nothing(*log)) continue;
        warn_about_condition(cf, *log);
        conf.audit_files.push_back(log->file);
        worker.audit_files.try_emplace(log->file);
    }
    if (conf.audit_files.empty()) refuse_without_file(recording);
    if (!worker.audit_promises)
        worker.audit_promises =
            ngx::SharedBlock<ngx::PromisedBytes>::declare(cf, "mcp_audit_required", ngx_http_mcp_resource_module);
}

// Cache processes run init_process, too.
void begin_audit(Worker& worker) noexcept {
    // A record beyond the limit of a file's size is lost as on a full disk, and does not end the worker.
    if (worker.records) {
        struct sigaction ignored = {};
        ignored.sa_handler = SIG_IGN;
        ::sigaction(SIGXFSZ, &ignored, nullptr);
    }
    if (!worker.audit_promises || (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE)) return;
    ngx::PromisedBytes& promises = **worker.audit_promises;
    promises.begin_worker();
    for (auto& [file, kept] : worker.audit_files)
        kept.room.problem(*file, promises.total());  // so that no refusal comes before the first look
}

// Promises to all files are one sum: those of several are seldom on different disks.
std::string audit_problem(ngx_http_request_t* request, Worker& worker, bool may_be_many) {
    ngx::PromisedBytes& promises = **worker.audit_promises;
    auto& promise = ngx::make<Promise>(request->pool, request, promises,
                                       may_be_many ? mcp::longest_audit_record : mcp::longest_usual_audit_record);
    for (const ngx_open_file_t* file : location_conf(request).audit_files)
        if (const int error = worker.audit_files.find(file)->second.room.problem(*file, promises.total()); error != 0) {
            promise.withdraw();
            return ngx::in_quotes(ngx::view(file->name)) + ": " + std::generic_category().message(error);
        }
    return {};
}

bool is_room_for_record(ngx_http_request_t* request, Worker& worker, std::size_t bytes) {
    if (!worker.audit_promises) return true;
    const Promise* given = ngx::find_of<Promise>(request);
    if (given != nullptr && given->bytes() != 0) return true;
    ngx::PromisedBytes& promises = **worker.audit_promises;
    // An error_page may have led to a location that does not ask for records, and is logged to the same file.
    const Logs logs = logs_of(request);
    auto& promise = ngx::make<Promise>(request->pool, request, promises, bytes * logs.size());
    const auto full = std::ranges::find_if(logs, [&](const Log& log) {
        const auto file = worker.audit_files.find(log.file);
        return file != worker.audit_files.end() && !file->second.room.has(*log.file, promises.total());
    });
    if (full == logs.end()) return true;
    promise.withdraw();
    if (worker.audit_files.find(full->file)->second.messages.is_due())
        ngx::log(NGX_LOG_ERR, request,
                 "mcp_audit_required: records are left out, as " + ngx::in_quotes(ngx::view(full->file->name)) +
                     " has no space but for open requests");
    return false;
}

}  // namespace mcp_resource
