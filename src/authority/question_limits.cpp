#include "authority/question_limits.h"

#include <netinet/in.h>

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "ngx/config.h"

namespace authority {
namespace {

struct Parameter {
    std::string_view name;
    std::size_t QuestionLimits::* limit;
};
constexpr std::array<Parameter, 4> parameters = {{{"per_server=", &QuestionLimits::per_server},
                                                  {"per_client=", &QuestionLimits::per_client},
                                                  {"total=", &QuestionLimits::total},
                                                  {"waiting=", &QuestionLimits::waiting}}};

constexpr std::size_t largest = 1'000'000;

std::size_t read_limit(std::string_view text, std::string_view argument) {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number == 0 || number > largest)
        throw ngx::ConfigError(ngx::in_quotes(argument) + " must be a number from 1 to " + std::to_string(largest));
    return number;
}

void read_parameter(QuestionLimits& limits, std::array<bool, parameters.size()>& seen, std::string_view argument) {
    for (std::size_t i = 0; i < parameters.size(); i++) {
        const auto value = ngx::parameter(argument, parameters[i].name);
        if (!value) continue;
        if (std::exchange(seen[i], true)) throw ngx::ConfigError(ngx::in_quotes(argument) + " is given twice");
        limits.*parameters[i].limit = read_limit(*value, argument);
        return;
    }
    throw ngx::ConfigError(ngx::in_quotes(argument) +
                           R"( is unknown; there are "per_server=", "per_client=", "total=" and "waiting=")");
}

}  // namespace

QuestionLimits QuestionLimits::read(const ngx::Arguments& arguments, QuestionLimits defaults) {
    QuestionLimits limits = defaults;
    std::array<bool, parameters.size()> seen{};
    for (std::size_t i = 0; i < arguments.size(); i++)
        read_parameter(limits, seen, arguments[i]);
    return limits;
}

}  // namespace authority
