#include "report/exposition.h"

#include <charconv>
#include <cmath>
#include <utility>

namespace report {
namespace {

constexpr bool has_suffix(MetricType type) noexcept {
    return type == MetricType::counter || type == MetricType::info;
}

constexpr std::string_view suffix_of(MetricType type) noexcept {
    return type == MetricType::counter ? "_total" : type == MetricType::info ? "_info" : "";
}

// Prometheus has no type for what only has labels.
constexpr std::string_view name_of(MetricType type, ExpositionFormat format) noexcept {
    switch (type) {
        case MetricType::counter:
            return "counter";
        case MetricType::gauge:
            return "gauge";
        case MetricType::histogram:
            return "histogram";
        case MetricType::info:
            return format == ExpositionFormat::openmetrics ? "info" : "gauge";
    }
    return "untyped";
}

// Both formats: backslash, quote and line feed.
void append_escaped(std::string& out, std::string_view text) {
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '\\' || c == '"') out += '\\';
        out += c;
    }
}

std::string written(std::initializer_list<MetricLabel> labels) {
    std::string text;
    for (const MetricLabel& label : labels) {
        if (!text.empty()) text += ',';
        text.append(label.name).append("=\"");
        append_escaped(text, label.value);
        text += '"';
    }
    return text;
}

template <class Number>
std::string text_of(Number number) {
    std::array<char, 32> text{};
    return {text.begin(), std::to_chars(text.begin(), text.end(), number).ptr};
}

std::string text_of_real(double number) {
    return std::isinf(number) ? (number > 0 ? "+Inf" : "-Inf") : text_of(number);
}

}  // namespace

std::string_view media_type(ExpositionFormat format) noexcept {
    return format == ExpositionFormat::openmetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                                   : "text/plain; version=0.0.4; charset=utf-8";
}

// OpenMetrics names a family without the suffix of its values, Prometheus with it.
void Exposition::begin(const MetricFamily& family) {
    family_ = family;
    const bool is_open = format_ == ExpositionFormat::openmetrics;
    std::string name(family.name);
    if (!is_open && has_suffix(family.type)) name += suffix_of(family.type);
    text_.append("# HELP ").append(name).append(" ").append(family.help).append("\n");
    text_.append("# TYPE ").append(name).append(" ").append(name_of(family.type, format_)).append("\n");
    if (is_open && !family.unit.empty())
        text_.append("# UNIT ").append(name).append(" ").append(family.unit).append("\n");
}

// `labels`: written, without the braces.
void Exposition::sample(std::string_view suffix, std::string_view labels, std::string_view bound,
                        std::string_view value) {
    text_.append(family_.name).append(suffix);
    if (!labels.empty() || !bound.empty()) {
        text_.append("{").append(labels);
        if (!bound.empty()) text_.append(labels.empty() ? "le=\"" : ",le=\"").append(bound).append("\"");
        text_ += '}';
    }
    text_.append(" ").append(value).append("\n");
}

void Exposition::add(Labels labels, std::uint64_t value) {
    sample(suffix_of(family_.type), written(labels), {}, text_of(value));
}

void Exposition::add(Labels labels, double value) {
    sample(suffix_of(family_.type), written(labels), {}, text_of_real(value));
}

// Its labels are written once, for all its samples.
void Exposition::add(Labels labels, const HistogramReading& reading) {
    const std::string own = written(labels);
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < reading.counts.size(); i++) {
        count += reading.counts[i];
        sample("_bucket", own, i < reading.bounds.size() ? reading.bounds[i].seconds : "+Inf", text_of(count));
    }
    sample("_sum", own, {}, text_of_real(std::chrono::duration<double>(reading.sum).count()));
    sample("_count", own, {}, text_of(count));
}

std::string Exposition::end() && {
    if (format_ == ExpositionFormat::openmetrics) text_ += "# EOF\n";
    return std::move(text_);
}

}  // namespace report
