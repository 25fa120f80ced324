// Directives: their arguments, and what `nginx -t` says about them.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ngx/guard.h"
#include "ngx/nginx.h"
#include "ngx/string.h"

namespace ngx {

// Thrown while nginx reads its configuration. nginx logs `"name" directive: what` with the file and the line, and
// stops.
class ConfigError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// The directive stands twice on one level.
struct DuplicateDirective {};

template <class Slot, class Value>
void set_once(Slot& slot, Value&& value) {
    if (slot) throw DuplicateDirective();
    slot = std::forward<Value>(value);
}

// What a level of the configuration does not set, it has from the level above.
template <class T>
void inherit(std::optional<T>& own, const std::optional<T>& from_above) {
    if (!own) own = from_above;
}

// The level whose directives count on a level that is silent itself: levels with the same one have the same rules.
template <class Conf>
const Conf* origin_of(const Conf& own, const Conf& above, bool is_silent) noexcept {
    if (!is_silent) return &own;
    return above.origin != nullptr ? above.origin : &above;  // nobody merges the http level
}

// What stands on the level above comes first.
template <class T>
void add_inherited(std::vector<T>& own, const std::vector<T>& from_above) {
    own.insert(own.begin(), from_above.begin(), from_above.end());
}

// A line of a configuration file. Of nothing: where nginx is.
class ConfigPlace {
public:
    ConfigPlace() noexcept = default;
    explicit ConfigPlace(const ngx_conf_t* cf) noexcept : file_(cf->conf_file->file.name), line_(cf->conf_file->line) {}

    std::string text() const;  // file:line, as in nginx' own messages

    // As long as it lives, nginx says this place in its messages.
    class Borrowed {
    public:
        Borrowed(ngx_conf_t* cf, const ConfigPlace& place) noexcept;
        Borrowed(const Borrowed&) = delete;
        Borrowed& operator=(const Borrowed&) = delete;
        ~Borrowed();

    private:
        ngx_conf_file_t* file_;
        ngx_str_t name_;
        ngx_uint_t line_;
    };

private:
    ngx_str_t file_ = ngx_null_string;
    ngx_uint_t line_ = 0;
};

// The value of a parameter like "max_ttl=60s", when `argument` begins with `name` ("max_ttl=").
inline std::optional<std::string_view> parameter(std::string_view argument, std::string_view name) noexcept {
    if (!argument.starts_with(name)) return std::nullopt;
    return argument.substr(name.size());
}

// "overide=$x": a parameter that is misspelt, where a value with variables may stand.
bool is_parameter_with_variable(std::string_view argument) noexcept;

// Text as it stands in a message.
std::string in_quotes(std::string_view text);
// The same for text that may hold a secret: a URL without user information, query and fragment; and an argument nobody
// knows, of which "name=" is shown and no value.
std::string url_in_quotes(std::string_view url);
std::string argument_in_quotes(std::string_view argument);

// The arguments of one occurrence of a directive, counted from 0, its name not among them. They live as long as the
// configuration. Every function throws ConfigError, or std::bad_alloc.
class Arguments {
public:
    Arguments(ngx_conf_t* cf, const ngx_command_t* command) noexcept : cf_(cf), command_(command) {}

    std::string_view directive() const noexcept { return view(command_->name); }
    std::size_t size() const noexcept { return cf_->args->nelts - 1; }
    std::string_view operator[](std::size_t index) const noexcept;

    bool flag(std::size_t index) const;                                    // on or off
    std::chrono::seconds seconds(std::size_t index) const;                 // "30s", "5m", ...
    static std::chrono::seconds seconds(std::string_view text);            // the same, of a part of an argument
    ngx_http_complex_value_t* complex_value(std::string_view text) const;  // text and variables
    ngx_uint_t variable_index(std::string_view name) const;                // "$name"
    // Relative to the directory of nginx.conf.
    std::string file_name(std::string_view name) const;

    void warn(std::string_view text) const;
    ngx_conf_t* cf() const noexcept { return cf_; }

private:
    ngx_conf_t* cf_;
    const ngx_command_t* command_;
};

void warn(ngx_conf_t* cf, std::string_view directive, std::string_view text);
void tell_error(ngx_conf_t* cf, std::string_view directive, std::string_view text) noexcept;

// True for a value without variables.
inline bool is_constant(const ngx_http_complex_value_t& value) noexcept {
    return value.lengths == nullptr;
}

// The value in this request; it lives as long as the request. Throws std::bad_alloc.
std::string_view evaluate(ngx_http_request_t* request, ngx_http_complex_value_t& value);

template <auto set>
struct DirectiveFunction;
template <class Configuration, void (*set)(const Arguments&, Configuration&)>
struct DirectiveFunction<set> {
    static char* call(ngx_conf_t* cf, ngx_command_t* command, void* configuration) noexcept {
        const Arguments arguments(cf, command);
        return guarded<char*>(cf->log, failure(), [&]() -> char* {
            try {
                set(arguments, *static_cast<Configuration*>(configuration));
                return NGX_CONF_OK;
            } catch (const ConfigError& error) {
                tell_error(cf, arguments.directive(), error.what());
                return failure();
            } catch (const DuplicateDirective&) {
                return const_cast<char*>("is duplicate");  // nginx says the rest
            }
        });
    }
    static char* failure() noexcept { return static_cast<char*>(NGX_CONF_ERROR); }
};

// The function of a row in the directive table, made of void set_name(const Arguments&, Configuration&).
template <auto set>
inline constexpr auto directive = &DirectiveFunction<set>::call;

// A row of that table. `where_and_arguments`: NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1, ...; `offset`:
// NGX_HTTP_LOC_CONF_OFFSET, ...
template <auto set>
constexpr ngx_command_t row(std::string_view name, ngx_uint_t where_and_arguments, ngx_uint_t offset) noexcept {
    return {str(name), where_and_arguments, directive<set>, offset, 0, nullptr};
}

// What another module of this name has among `confs`, which are those of a location; null without that module.
inline void* conf_of(void** confs, ngx_module_t* const* modules, std::string_view module_name) noexcept {
    for (ngx_module_t* const* module = modules; *module != nullptr; module++)
        if ((*module)->type == NGX_HTTP_MODULE && (*module)->name == module_name) return confs[(*module)->ctx_index];
    return nullptr;
}
// For the location of `cf`, while the configuration is read.
inline void* location_conf_of(ngx_conf_t* cf, std::string_view module_name) noexcept {
    return conf_of(static_cast<ngx_http_conf_ctx_t*>(cf->ctx)->loc_conf, cf->cycle->modules, module_name);
}
// For the location where the request is.
inline void* location_conf_of(const ngx_http_request_t* request, std::string_view module_name) noexcept {
    return conf_of(request->loc_conf, ngx_cycle->modules, module_name);
}

}  // namespace ngx
