#include "report/page/charts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>

#include "report/page/html.h"

namespace report::page {
namespace {

using std::chrono::milliseconds;

// In units of the picture, which is as wide as its place.
constexpr double width = 640, height = 190, left = 56, right = 6, top = 10, bottom = 24;
constexpr double plot_width = width - left - right, plot_height = height - top - bottom;
constexpr double floor_y = top + plot_height;

std::string attribute(std::string_view name, double value) {
    return " " + std::string(name) + "=\"" + rounded(value) + "\"";
}

std::string text_at(double x, double y, std::string_view anchor, std::string_view text) {
    return "<text" + attribute("x", x) + attribute("y", y) + " text-anchor=\"" + std::string(anchor) + "\">" +
           escaped(text) + "</text>";
}

std::string begin_picture(std::string_view name, std::string_view title, std::string_view description) {
    const std::string id(name);
    return "<svg viewBox=\"0 0 640 190\" role=\"img\" aria-labelledby=\"" + id + "-title " + id +
           "-description\"><title id=\"" + id + "-title\">" + escaped(title) + "</title><desc id=\"" + id +
           "-description\">" + escaped(description) + "</desc>";
}

std::string grid_line(double y, std::string_view label) {
    return "<line class=\"grid\"" + attribute("x1", left) + attribute("x2", width - right) + attribute("y1", y) +
           attribute("y2", y) + "/>" + text_at(left - 6, y + 4, "end", label);
}

double slot_x(std::size_t index, std::size_t count) noexcept {
    return left + plot_width * static_cast<double>(index) / static_cast<double>(count);
}

milliseconds time_at(std::size_t index, std::size_t count, milliseconds now) {
    return now - std::chrono::minutes(count - 1 - index);
}

std::string time_axis(std::size_t count, milliseconds now) {
    std::string out;
    for (std::size_t index = 0; index + 1 < count; index += 15)
        out += text_at(slot_x(index, count), height - 6, index == 0 ? "start" : "middle",
                       time_of_day(time_at(index, count, now)));
    return out + text_at(width - right, height - 6, "end", time_of_day(now));
}

struct Layer {
    std::string_view style;
    std::uint64_t count;
};

std::string bar(double x, double bar_width, std::span<const Layer> layers, double scale) {
    std::string out;
    double y = floor_y;
    for (const Layer& layer : layers) {
        if (layer.count == 0) continue;
        const double size = std::max(1.0, static_cast<double>(layer.count) * scale);
        y -= size;
        out += "<rect class=\"" + std::string(layer.style) + "\"" + attribute("x", x) +
               attribute("y", std::max(y, top - 4)) + attribute("width", bar_width) + attribute("height", size) + "/>";
    }
    return out;
}

std::string words_of(const MinuteCounts& counts) {
    return number(counts.passed) + " passed, " + number(counts.failed) + " failed, " + number(counts.refused) +
           " refused";
}

MinuteCounts sum_of(std::span<const MinuteCounts> minutes) {
    MinuteCounts sum;
    for (const auto& minute : minutes)
        sum += minute;
    return sum;
}

constexpr double least_latency = 0.001;

// Latencies differ by powers of ten: so does the axis.
class LatencyAxis {
public:
    explicit LatencyAxis(double most) noexcept
        : decades_(std::clamp(std::ceil(std::log10(most / least_latency)), 2.0, 6.0)) {}

    double y(double seconds) const noexcept {
        const double share = std::log10(std::max(seconds, least_latency) / least_latency) / decades_;
        return floor_y - plot_height * std::min(share, 1.0);
    }
    std::string grid() const {
        std::string out;
        double seconds = least_latency;
        for (int decade = 0; decade <= static_cast<int>(decades_); decade++, seconds *= 10)
            out += grid_line(y(seconds), seconds < 1 ? rounded(seconds * 1000, 0) + " ms" : rounded(seconds, 0) + " s");
        return out;
    }

private:
    double decades_;
};

// A line through neighbouring minutes, and a point in each: one that is alone has no line.
std::string curve(std::span<const MinuteCounts> minutes, double share, std::string_view style,
                  const LatencyAxis& axis) {
    std::string path;
    std::string points;
    bool is_drawing = false;
    for (std::size_t i = 0; i < minutes.size(); i++) {
        const auto seconds = quantile(minutes[i].latencies, share);
        if (seconds) {
            const std::string x = rounded(slot_x(i, minutes.size()) + plot_width / 120);
            const std::string y = rounded(axis.y(*seconds));
            path.append(is_drawing ? " L" : " M").append(x).append(" ").append(y);
            points.append("<circle cx=\"").append(x).append("\" cy=\"").append(y).append("\" r=\"2.4\"/>");
        }
        is_drawing = seconds.has_value();
    }
    if (path.empty()) return {};
    return "<g class=\"" + std::string(style) + "\"><path d=\"" + path.substr(1) + "\"/>" + points + "</g>";
}

// As wide and as high as the plot: where a pointer shows the numbers of its minute.
std::string hover(std::size_t index, std::size_t count, std::string_view words) {
    return "<rect class=\"hover\"" + attribute("x", slot_x(index, count)) + attribute("y", top) +
           attribute("width", plot_width / static_cast<double>(count)) + attribute("height", plot_height) + "><title>" +
           escaped(words) + "</title></rect>";
}

std::string nothing_yet(std::string_view words) {
    return "<g class=\"nothing\">" + text_at(left + plot_width / 2, top + plot_height / 2, "middle", words) + "</g>";
}

}  // namespace

std::uint64_t end_of_axis(std::uint64_t most) noexcept {
    for (std::uint64_t power = 1;; power *= 10)
        for (const std::uint64_t step : {2U, 4U, 10U})
            if (step * power >= most) return step * power;
}

std::string decisions_chart(std::span<const MinuteCounts> minutes, milliseconds now) {
    const MinuteCounts all = sum_of(minutes);
    std::uint64_t most = 0;
    for (const auto& minute : minutes)
        most = std::max(most, minute.total());
    const std::uint64_t end = end_of_axis(most);
    std::string out = begin_picture("decisions", "Requests in each minute of the last hour", words_of(all));
    out += grid_line(top, number(end)) + grid_line(top + plot_height / 2, number(end / 2)) + grid_line(floor_y, "0");
    const double slot = plot_width / static_cast<double>(minutes.size());
    for (std::size_t i = 0; i < minutes.size(); i++) {
        const MinuteCounts& minute = minutes[i];
        const std::array layers = {Layer{"passed", minute.passed}, Layer{"failed", minute.failed},
                                   Layer{"refused", minute.refused}};
        out +=
            bar(slot_x(i, minutes.size()) + slot * 0.12, slot * 0.76, layers, plot_height / static_cast<double>(end));
        if (minute.total() > 0)
            out += hover(i, minutes.size(), time_of_day(time_at(i, minutes.size(), now)) + ": " + words_of(minute));
    }
    if (all.total() == 0) out += nothing_yet("no request yet");
    return out + time_axis(minutes.size(), now) + "</svg>";
}

std::string latency_chart(std::span<const MinuteCounts> minutes, milliseconds now) {
    double most = 0;
    std::string tips;
    for (std::size_t i = 0; i < minutes.size(); i++) {
        const auto median = quantile(minutes[i].latencies, 0.5);
        if (!median) continue;
        const auto slow = quantile(minutes[i].latencies, 0.95);
        most = std::max(most, slow.value_or(0));
        tips += hover(i, minutes.size(),
                      time_of_day(time_at(i, minutes.size(), now)) + ": half within " + latency(median) +
                          ", 95% within " + latency(slow));
    }
    const Latencies all = sum_of(minutes).latencies;
    std::string out =
        begin_picture("latency", "Latency in each minute of the last hour",
                      "Half within " + latency(quantile(all, 0.5)) + ", 95% within " + latency(quantile(all, 0.95)));
    const LatencyAxis axis(std::max(most, 0.1));
    out += axis.grid() + curve(minutes, 0.95, "slow", axis) + curve(minutes, 0.5, "median", axis) + tips;
    if (tips.empty()) out += nothing_yet("no request yet");
    return out + time_axis(minutes.size(), now) + "</svg>";
}

}  // namespace report::page
