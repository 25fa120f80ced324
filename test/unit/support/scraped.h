// Metrics as a scraper reads them: a strict reader of both text formats, that shares no code with the writer.
#pragma once

#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace scraped {

using Labels = std::map<std::string, std::string>;

struct Sample {
    std::string name;
    Labels labels;
    double value;
};

class Text {
public:
    // Throws std::runtime_error where the text breaks a rule.
    explicit Text(std::string_view text, bool is_openmetrics);

    const std::vector<Sample>& samples() const { return samples_; }
    // Throws std::out_of_range when there is none.
    double value(std::string_view name, const Labels& labels = {}) const;
    bool has(std::string_view name, const Labels& labels) const;
    const std::map<std::string, std::string>& types() const { return types_; }
    const std::map<std::string, std::string>& units() const { return units_; }

private:
    void take_comment(std::string_view line);
    void take_sample(std::string_view line);
    void check_histograms() const;

    std::vector<Sample> samples_;
    std::map<std::string, std::string> types_, helps_, units_;
    std::set<std::string> seen_;
    std::string family_;
    bool is_openmetrics_;
};

}  // namespace scraped
