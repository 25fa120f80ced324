#include "support/nginx.h"

#include <arpa/inet.h>

#include <cstdarg>
#include <cstdlib>
#include <string_view>

namespace {

std::vector<std::string> kept_lines;
std::vector<ngx_event_t*> running_timers;
ngx_time_t standing_time{};

}  // namespace

// What the linker wants of nginx. Whoever calls what is not there has left what can be tested here.
extern "C" {

volatile ngx_msec_t ngx_current_msec;
volatile ngx_time_t* ngx_cached_time = &standing_time;
volatile ngx_cycle_t* ngx_cycle;
ngx_pid_t ngx_pid = 1;
ngx_uint_t ngx_process = NGX_PROCESS_WORKER;
ngx_uint_t ngx_exiting;
ngx_uint_t ngx_pagesize = 4096;
ngx_module_t ngx_http_core_module;
ngx_rbtree_t ngx_event_timer_rbtree;
ngx_queue_t ngx_posted_events;

// Of ngx::log() alone, whose format is "%*s".
void ngx_log_error_core(ngx_uint_t, ngx_log_t*, ngx_err_t, const char* format, ...) {
    if (std::string_view(format) != "%*s") std::abort();
    va_list arguments;
    va_start(arguments, format);
    const std::size_t size = va_arg(arguments, std::size_t);
    kept_lines.emplace_back(va_arg(arguments, const char*), size);
    va_end(arguments);
}

// Timers, the only ones who have such a tree.
void ngx_rbtree_insert(ngx_rbtree_t*, ngx_rbtree_node_t* node) {
    running_timers.push_back(ngx_rbtree_data(node, ngx_event_t, timer));
}
void ngx_rbtree_delete(ngx_rbtree_t*, ngx_rbtree_node_t* node) {
    std::erase(running_timers, ngx_rbtree_data(node, ngx_event_t, timer));
}

void ngx_http_block_reading(ngx_http_request_t*) {}
void ngx_http_test_reading(ngx_http_request_t*) {}
void ngx_http_request_empty_handler(ngx_http_request_t*) {}
void ngx_http_run_posted_requests(ngx_connection_t*) {
    std::abort();
}
void ngx_http_finalize_request(ngx_http_request_t*, ngx_int_t) {
    std::abort();
}

ngx_int_t ngx_conf_full_name(ngx_cycle_t*, ngx_str_t*, ngx_uint_t) {
    std::abort();
}
void ngx_conf_log_error(ngx_uint_t, ngx_conf_t*, ngx_err_t, const char*, ...) {
    std::abort();
}
ngx_int_t ngx_http_compile_complex_value(ngx_http_compile_complex_value_t*) {
    std::abort();
}
ngx_int_t ngx_http_complex_value(ngx_http_request_t*, ngx_http_complex_value_t*, ngx_str_t*) {
    std::abort();
}
ngx_int_t ngx_http_get_variable_index(ngx_conf_t*, ngx_str_t*) {
    std::abort();
}
ngx_int_t ngx_parse_time(ngx_str_t*, ngx_uint_t) {
    std::abort();
}
void* ngx_pcalloc(ngx_pool_t*, size_t) {
    std::abort();
}
void* ngx_pnalloc(ngx_pool_t*, size_t) {
    std::abort();
}
ngx_pool_cleanup_t* ngx_pool_cleanup_add(ngx_pool_t*, size_t) {
    std::abort();
}
ngx_shm_zone_t* ngx_shared_memory_add(ngx_conf_t*, ngx_str_t*, size_t, void*) {
    std::abort();
}
void* ngx_slab_alloc(ngx_slab_pool_t*, size_t) {
    std::abort();
}
void ngx_shmtx_lock(ngx_shmtx_t*) {
    std::abort();
}
void ngx_shmtx_unlock(ngx_shmtx_t*) {
    std::abort();
}
}

namespace support {

Nginx::Nginx() {
    log_.log_level = NGX_LOG_DEBUG;
    cycle_.log = &log_;
    ngx_cycle = &cycle_;
    ngx_current_msec = 1'000'000;
    standing_time.sec = 1'700'000'000;
    standing_time.msec = 0;
    ngx_process = NGX_PROCESS_WORKER;
    ngx_exiting = 0;
    ngx_queue_init(&ngx_posted_events);
    kept_lines.clear();
    running_timers.clear();
}

Nginx::~Nginx() {
    ngx_cycle = nullptr;
}

std::vector<std::string>& Nginx::lines() noexcept {
    return kept_lines;
}

const std::vector<ngx_event_t*>& Nginx::timers() noexcept {
    return running_timers;
}

void Nginx::expire(ngx_event_t& timer) {
    ngx_del_timer(&timer);
    timer.handler(&timer);
}

void Nginx::pass(std::chrono::milliseconds time) noexcept {
    ngx_current_msec = ngx_current_msec + static_cast<ngx_msec_t>(time.count());
    const auto of_second = std::chrono::milliseconds(standing_time.msec) + time;
    standing_time.sec += std::chrono::floor<std::chrono::seconds>(of_second).count();
    standing_time.msec = static_cast<ngx_uint_t>((of_second % std::chrono::seconds(1)).count());
}

FakeRequest::FakeRequest(Nginx& nginx, std::uint32_t address) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(address);
    connection_.log = nginx.log();
    connection_.sockaddr = reinterpret_cast<sockaddr*>(&address_);
    connection_.read = &read_;
    connection_.write = &write_;
    request_.connection = &connection_;
    request_.main = &request_;
}

}  // namespace support
