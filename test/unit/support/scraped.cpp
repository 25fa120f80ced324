#include "support/scraped.h"

#include <algorithm>
#include <cmath>

namespace scraped {
namespace {

[[noreturn]] void fail(std::string_view what, std::string_view line) {
    throw std::runtime_error(std::string(what) + ": " + std::string(line));
}

bool is_name(std::string_view text) {
    return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789") == std::string_view::npos;
}

std::string take_until(std::string_view& text, std::string_view ends) {
    const auto end = std::min(text.find_first_of(ends), text.size());
    std::string part(text.substr(0, end));
    text.remove_prefix(end);
    return part;
}

// From behind the quote to behind the next one.
std::string take_value(std::string_view& text) {
    std::string value;
    while (!text.empty() && text[0] != '"') {
        if (text[0] == '\\') {
            text.remove_prefix(1);
            if (text.empty() || std::string_view("\\\"n").find(text[0]) == std::string_view::npos)
                fail("a bad escape", text);
            value += text[0] == 'n' ? '\n' : text[0];
        } else {
            value += text[0];
        }
        text.remove_prefix(1);
    }
    if (text.empty()) fail("a value without an end", value);
    text.remove_prefix(1);
    return value;
}

Labels take_labels(std::string_view& text) {
    Labels labels;
    if (!text.starts_with('{')) return labels;
    do {
        text.remove_prefix(1);
        const std::string name = take_until(text, "=");
        if (!is_name(name) || !text.starts_with("=\"")) fail("no label", text);
        text.remove_prefix(2);
        if (!labels.emplace(name, take_value(text)).second) fail("a label twice", name);
    } while (text.starts_with(','));
    if (!text.starts_with('}')) fail("labels without an end", text);
    text.remove_prefix(1);
    return labels;
}

bool belongs(std::string_view name, std::string_view family, std::string_view type, bool is_openmetrics) {
    if (!name.starts_with(family)) return false;
    const std::string_view suffix = name.substr(family.size());
    if (type == "histogram") return suffix == "_bucket" || suffix == "_sum" || suffix == "_count";
    if (is_openmetrics && type == "counter") return suffix == "_total";
    if (is_openmetrics && type == "info") return suffix == "_info";
    return suffix.empty();
}

}  // namespace

Text::Text(std::string_view text, bool is_openmetrics) : is_openmetrics_(is_openmetrics) {
    if (is_openmetrics) {
        if (!text.ends_with("\n# EOF\n")) fail("no end", text.substr(text.size() - std::min(text.size(), 20UL)));
        text.remove_suffix(6);
    }
    if (!text.ends_with('\n')) fail("a line without an end", "");
    while (!text.empty()) {
        const std::string line = take_until(text, "\n");
        text.remove_prefix(1);
        line.starts_with('#') ? take_comment(line) : take_sample(line);
    }
    check_histograms();
}

void Text::take_comment(std::string_view line) {
    const std::string whole(line);
    line.remove_prefix(1);
    std::vector<std::string> words;
    for (int i = 0; i < 2; i++) {
        if (!line.starts_with(' ')) fail("no comment of a family", whole);
        line.remove_prefix(1);
        words.push_back(take_until(line, " "));
    }
    if (!line.starts_with(' ')) fail("a comment without a text", whole);
    auto& kind = words[0] == "HELP"   ? helps_
                 : words[0] == "TYPE" ? types_
                 : words[0] == "UNIT" ? units_
                                      : throw std::runtime_error("an unknown comment: " + whole);
    if (!kind.emplace(words[1], line.substr(1)).second) fail("a family twice", whole);
    family_ = words[1];
    if (words[0] == "UNIT" && !family_.ends_with("_" + units_[family_])) fail("a unit that is not in the name", whole);
}

void Text::take_sample(std::string_view line) {
    const std::string whole(line);
    Sample sample{.name = take_until(line, "{ "), .labels = take_labels(line), .value = 0};
    if (!is_name(sample.name) || !line.starts_with(' ')) fail("no sample", whole);
    const std::string number(line.substr(1));
    std::size_t read = 0;
    sample.value = std::stod(number, &read);
    if (read != number.size()) fail("no number", whole);
    if (!types_.contains(family_) || !helps_.contains(family_)) fail("a sample without a family", whole);
    if (!belongs(sample.name, family_, types_[family_], is_openmetrics_)) fail("a sample of another family", whole);
    if (!seen_.insert(whole.substr(0, whole.size() - number.size())).second) fail("a sample twice", whole);
    samples_.push_back(std::move(sample));
}

// The buckets of a series grow, and the last one counts all.
void Text::check_histograms() const {
    std::map<std::pair<std::string, Labels>, double> counts;
    for (const Sample& sample : samples_) {
        if (!sample.name.ends_with("_bucket")) continue;
        Labels labels = sample.labels;
        const std::string bound = labels.at("le");
        labels.erase("le");
        const std::string family = sample.name.substr(0, sample.name.size() - 7);
        double& count = counts[{family, labels}];
        if (sample.value < count) fail("a bucket that shrinks", family);
        count = sample.value;
        if (bound == "+Inf" && value(family + "_count", labels) != count) fail("a count that is another", family);
    }
}

double Text::value(std::string_view name, const Labels& labels) const {
    for (const Sample& sample : samples_)
        if (sample.name == name && sample.labels == labels) return sample.value;
    throw std::out_of_range("there is no " + std::string(name));
}

bool Text::has(std::string_view name, const Labels& labels) const {
    return std::ranges::any_of(samples_,
                               [&](const Sample& sample) { return sample.name == name && sample.labels == labels; });
}

}  // namespace scraped
