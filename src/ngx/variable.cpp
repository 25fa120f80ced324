#include "ngx/variable.h"

#include <algorithm>
#include <cstddef>
#include <new>
#include <utility>

#include "base/ascii.h"
#include "ngx/config.h"
#include "ngx/guard.h"
#include "ngx/pool.h"
#include "ngx/string.h"

namespace ngx {

void add_variable(ngx_conf_t* cf, std::string_view name, ngx_http_get_variable_pt get, std::uintptr_t data,
                  ngx_uint_t flags) {
    ngx_str_t name_text = str(name);
    ngx_http_variable_t* variable = ngx_http_add_variable(cf, &name_text, flags);
    if (variable == nullptr)
        throw ConfigError("the variable " + in_quotes("$" + std::string(name)) + " cannot be defined");
    variable->get_handler = get;
    variable->data = data;
}

namespace {

// Null when nobody has defined it so far. A member of a family ($http_NAME) is not found here.
ngx_http_variable_t* defined_variable(ngx_conf_t* cf, std::string_view name) noexcept {
    const auto* core =
        static_cast<const ngx_http_core_main_conf_t*>(ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module));
    const auto* keys = static_cast<const ngx_hash_key_t*>(core->variables_keys->keys.elts);
    for (ngx_uint_t i = 0; i < core->variables_keys->keys.nelts; i++)
        if (base::equals_ignoring_case(view(keys[i].key), name))
            return static_cast<ngx_http_variable_t*>(keys[i].value);
    return nullptr;
}

ngx_int_t get_nothing(ngx_http_request_t* /*request*/, ngx_http_variable_value_t* variable,
                      std::uintptr_t /*data*/) noexcept {
    set_not_found(*variable);
    return NGX_OK;
}

}  // namespace

bool is_variable_name(std::string_view text) noexcept {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return base::is_letter_or_digit(c) || c == '_'; });
}

void add_own_variable(ngx_conf_t* cf, std::string_view name, ngx_http_get_variable_pt get, std::uintptr_t data,
                      IsSame is_same) {
    // Without NGX_HTTP_VAR_CHANGEABLE nginx refuses whoever defines it later.
    constexpr ngx_uint_t flags = NGX_HTTP_VAR_NOCACHEABLE;
    ngx_http_variable_t* known = defined_variable(cf, name);
    if (known == nullptr) return add_variable(cf, name, get, data, flags);
    if (known->get_handler == get && is_same(known->data, data)) return;
    if (known->get_handler != get_nothing)
        throw ConfigError("the variable " + in_quotes("$" + std::string(name)) +
                          " is defined already, by nginx or by another directive; choose another name");
    known->get_handler = get;
    known->data = data;
    known->flags = flags;
}

void add_optional_variable(ngx_conf_t* cf, std::string_view name) {
    if (!is_variable_name(name))
        throw ConfigError("invalid variable " + in_quotes("$" + std::string(name)) + ", it must be like \"$name\"");
    if (defined_variable(cf, name) != nullptr) return;
    // Weak, as nginx' own "set" has it: a family that the name belongs to ($http_NAME) goes first.
    add_variable(cf, name, get_nothing, 0, NGX_HTTP_VAR_CHANGEABLE | NGX_HTTP_VAR_WEAK);
}

std::string_view variable_name(ngx_conf_t* cf, ngx_uint_t index) noexcept {
    const auto* core =
        static_cast<const ngx_http_core_main_conf_t*>(ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module));
    return view(static_cast<const ngx_http_variable_t*>(core->variables.elts)[index].name);
}

namespace {

bool is_read_from_request(const ngx_http_variable_t& variable) noexcept {
    const std::string_view name = view(variable.name);
    const bool is_of_nginx = (variable.flags & NGX_HTTP_VAR_CHANGEABLE) == 0;
    return is_of_nginx &&
           (name.starts_with("http_") || name == "request_uri" || name == "request" || name == "remote_user");
}

// "set" marks its variables as weak: they hold what it stored, and nobody could compute that again. Directives that are
// made of it (set_by_lua) do not, but like it they give the handler the variable's own index.
bool is_computed(const ngx_http_variable_t& variable, ngx_uint_t index) noexcept {
    if (index != 0 && variable.data == index) return false;
    return (variable.flags & NGX_HTTP_VAR_CHANGEABLE) != 0 && (variable.flags & NGX_HTTP_VAR_WEAK) == 0 &&
           variable.get_handler != nullptr;
}

// False for what was stored ("auth_request_set"): its handler is there for the time before, and finds nothing.
bool can_be_computed(ngx_http_request_t* request, const ngx_http_variable_t& variable) noexcept {
    ngx_http_variable_value_t value{};
    return variable.get_handler(request, &value, variable.data) == NGX_OK && value.not_found == 0;
}

bool is_kept(const ngx_http_variable_value_t& value) noexcept {
    return value.valid != 0 || value.not_found != 0;
}

#if (NGX_PCRE)
// Keeps what a location's regular expression captured ($1): a "map" with one of its own would replace it.
class KeptCaptures {
public:
    explicit KeptCaptures(ngx_http_request_t* request) noexcept
        : request_(request),
          count_(std::exchange(request->ncaptures, 0)),
          captures_(std::exchange(request->captures, nullptr)),
          data_(request->captures_data) {}
    KeptCaptures(const KeptCaptures&) = delete;
    KeptCaptures& operator=(const KeptCaptures&) = delete;
    ~KeptCaptures() {
        request_->ncaptures = count_;
        request_->captures = captures_;
        request_->captures_data = data_;
    }

private:
    ngx_http_request_t* request_;
    ngx_uint_t count_;
    int* captures_;
    u_char* data_;
};
#else
struct KeptCaptures {
    explicit KeptCaptures(ngx_http_request_t* /*request*/) noexcept {}
};
#endif

const ngx_http_variable_t* variables_of(const ngx_http_core_main_conf_t& core) noexcept {
    return static_cast<const ngx_http_variable_t*>(core.variables.elts);
}

}  // namespace

ngx_int_t DerivedVariables::declare(ngx_conf_t* cf) noexcept {
    return guarded<ngx_int_t>(cf->log, NGX_ERROR, [cf] {
        make<DerivedVariables>(cf->pool, *static_cast<const ngx_http_core_main_conf_t*>(
                                             ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module)));
        return NGX_OK;
    });
}

ngx_int_t DerivedVariables::find_all(ngx_cycle_t* cycle) noexcept {
    return guarded<ngx_int_t>(cycle->log, NGX_ERROR, [] {
        for (DerivedVariables* each = newest_; each != nullptr; each = each->next_)
            if (!each->is_found_) each->find();
        return NGX_OK;
    });
}

DerivedVariables& DerivedVariables::of(const ngx_http_request_t* request) noexcept {
    const void* core = ngx_http_get_module_main_conf(request, ngx_http_core_module);
    DerivedVariables* own = newest_;  // every configuration with our modules has one
    while (&own->core_ != core)
        own = own->next_;
    return *own;
}

DerivedVariables::~DerivedVariables() {
    DerivedVariables** link = &newest_;
    while (*link != this)
        link = &(*link)->next_;
    *link = next_;
}

void DerivedVariables::find() {
    for (ngx_uint_t i = 0; i < core_.variables.nelts; i++) {
        const ngx_http_variable_t& variable = variables_of(core_)[i];
        if (is_read_from_request(variable)) {
            read_.push_back(i);
        } else if (is_computed(variable, i)) {
            computed_.push_back(i);
        }
    }
    forgettable_.resize(computed_.size());
    is_found_ = true;
}

void DerivedVariables::clear(ngx_http_request_t* request) noexcept {
    for (const ngx_uint_t i : read_)
        request->variables[i] = {};
    // All are asked before any is forgotten: what one is computed from may itself be kept.
    for (std::size_t i = 0; i < computed_.size(); i++) {
        const ngx_uint_t index = computed_[i];
        forgettable_[i] = is_kept(request->variables[index]) && can_be_computed(request, variables_of(core_)[index]);
    }
    for (std::size_t i = 0; i < computed_.size(); i++)
        if (forgettable_[i]) request->variables[computed_[i]] = {};
}

void DerivedVariables::drop(ngx_http_request_t* request) noexcept {
    const KeptCaptures captures(request);
    clear(request);
}

void DerivedVariables::forget(ngx_http_request_t* request) noexcept {
    const KeptCaptures captures(request);
    clear(request);
    // At once, as long as the captures are kept.
    for (std::size_t i = 0; i < computed_.size(); i++)
        if (forgettable_[i]) ngx_http_get_indexed_variable(request, computed_[i]);
}

void DerivedVariables::separate(ngx_http_request_t* subrequest) {
    const ngx_uint_t count = core_.variables.nelts;
    auto* own = static_cast<ngx_http_variable_value_t*>(
        ngx_palloc(subrequest->pool, (count + 1) * sizeof(ngx_http_variable_value_t)));
    if (own == nullptr) throw std::bad_alloc();
    std::copy_n(subrequest->variables, count, own);
    subrequest->variables = own;
    forget(subrequest);
}

namespace {

// In the pool of a request, which its subrequests share.
struct EarlyReading {};

bool was_read_early(const ngx_http_request_t* request) noexcept {
    return find<EarlyReading>(request->pool, [](const EarlyReading&) noexcept { return true; }) != nullptr;
}

}  // namespace

void FreshVariables::begin() {
    if (std::exchange(begun_, true)) return;
    // "internal" whatever changed its URI: a redirect, a named location, "rewrite", or a subrequest's beginning.
    if (request_->internal == 0) return;
    stale_ = true;
    const bool shares = request_ != request_->main && request_->variables == request_->parent->variables;
    shares ? derived_.separate(request_) : derived_.forget(request_);
}

void FreshVariables::token_verified() noexcept {
    if (stale_ || was_read_early(request_)) derived_.forget(request_);
}

void FreshVariables::note_early_reading(const ngx_http_request_t* request) {
    if (!was_read_early(request)) make<EarlyReading>(request->pool);
}

}  // namespace ngx
