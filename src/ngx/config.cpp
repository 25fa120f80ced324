#include "ngx/config.h"

#include <new>

#include "base/http_url.h"

namespace ngx {

std::string ConfigPlace::text() const {
    return std::string(view(file_)) + ':' + std::to_string(line_);
}

ConfigPlace::Borrowed::Borrowed(ngx_conf_t* cf, const ConfigPlace& place) noexcept
    : file_(cf->conf_file), name_(cf->conf_file->file.name), line_(cf->conf_file->line) {
    if (place.file_.data == nullptr) return;
    file_->file.name = place.file_;
    file_->line = place.line_;
}

ConfigPlace::Borrowed::~Borrowed() {
    file_->file.name = name_;
    file_->line = line_;
}

bool is_parameter_with_variable(std::string_view argument) noexcept {
    const std::size_t end = argument.find_first_not_of("abcdefghijklmnopqrstuvwxyz_");
    return end != 0 && end != std::string_view::npos && argument.substr(end).starts_with("=$");
}

std::string in_quotes(std::string_view text) {
    return '"' + std::string(text) + '"';
}

std::string url_in_quotes(std::string_view url) {
    return in_quotes(base::printable_url(url));
}

std::string argument_in_quotes(std::string_view argument) {
    const std::size_t name_end =
        argument.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
    const bool has_value = name_end != std::string_view::npos && name_end > 0 && argument[name_end] == '=';
    return has_value ? in_quotes(std::string(argument.substr(0, name_end)) + "=...") : url_in_quotes(argument);
}

std::string_view Arguments::operator[](std::size_t index) const noexcept {
    return view(static_cast<const ngx_str_t*>(cf_->args->elts)[index + 1]);
}

bool Arguments::flag(std::size_t index) const {
    const std::string_view text = (*this)[index];
    if (text != "on" && text != "off")
        throw ConfigError("invalid value " + in_quotes(text) + ", it must be \"on\" or \"off\"");
    return text == "on";
}

std::chrono::seconds Arguments::seconds(std::size_t index) const {
    return seconds((*this)[index]);
}

std::chrono::seconds Arguments::seconds(std::string_view text) {
    ngx_str_t time = str(text);
    const ngx_int_t seconds = ngx_parse_time(&time, 1);
    if (seconds == NGX_ERROR) throw ConfigError("invalid time " + in_quotes(text));
    return std::chrono::seconds(seconds);
}

ngx_http_complex_value_t* Arguments::complex_value(std::string_view text) const {
    auto* value = static_cast<ngx_http_complex_value_t*>(ngx_pcalloc(cf_->pool, sizeof(ngx_http_complex_value_t)));
    if (value == nullptr) throw std::bad_alloc();
    ngx_str_t source = str(text);
    ngx_http_compile_complex_value_t compile{};
    compile.cf = cf_;
    compile.value = &source;
    compile.complex_value = value;
    if (ngx_http_compile_complex_value(&compile) != NGX_OK) throw ConfigError("invalid value " + url_in_quotes(text));
    return value;
}

ngx_uint_t Arguments::variable_index(std::string_view name) const {
    if (name.size() < 2 || name.front() != '$')
        throw ConfigError("invalid variable " + in_quotes(name) + ", it must be like \"$name\"");
    ngx_str_t bare = str(name.substr(1));
    const ngx_int_t index = ngx_http_get_variable_index(cf_, &bare);
    if (index == NGX_ERROR) throw ConfigError("invalid variable " + in_quotes(name));
    return static_cast<ngx_uint_t>(index);
}

std::string Arguments::file_name(std::string_view name) const {
    ngx_str_t path = copy(cf_->pool, name);
    if (ngx_conf_full_name(cf_->cycle, &path, 1) != NGX_OK) throw std::bad_alloc();
    return std::string(view(path));
}

void Arguments::warn(std::string_view text) const {
    ngx::warn(cf_, directive(), text);
}

namespace {

void tell(ngx_uint_t level, ngx_conf_t* cf, std::string_view directive, std::string_view text) noexcept {
    ngx_conf_log_error(level, cf, 0, "\"%*s\" directive: %*s", directive.size(), directive.data(), text.size(),
                       text.data());
}

}  // namespace

void warn(ngx_conf_t* cf, std::string_view directive, std::string_view text) {
    tell(NGX_LOG_WARN, cf, directive, text);
}

void tell_error(ngx_conf_t* cf, std::string_view directive, std::string_view text) noexcept {
    tell(NGX_LOG_EMERG, cf, directive, text);
}

std::string_view evaluate(ngx_http_request_t* request, ngx_http_complex_value_t& value) {
    ngx_str_t result;
    if (ngx_http_complex_value(request, &value, &result) != NGX_OK) throw std::bad_alloc();
    return view(result);
}

}  // namespace ngx
