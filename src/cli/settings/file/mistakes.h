// What is wrong with a file, and where: told all at once, in the order of the file.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cli/settings/findings.h"

namespace cli::file {

struct Position {
    std::size_t line = 0;  // from 1 on; 0: the file as a whole
    std::size_t column = 0;
};

class Mistakes {
public:
    explicit Mistakes(std::string file) : file_(std::move(file)) {}

    // `path`: of the key, "resources[0].url"; empty: of none.
    void add(Position at, std::string_view path, std::string_view what);
    void warn(Position at, std::string_view path, std::string_view what);

    bool any() const noexcept { return !errors_.empty(); }
    // "mcp.yaml:7:5: resources[0].url"
    std::string place(Position at, std::string_view path) const;
    // The first of them: who made a thousand mistakes has named the wrong file.
    void tell(Findings& findings);

private:
    struct Line {
        Position at;
        std::string text;
    };
    void add_to(std::vector<Line>& lines, Position at, std::string_view path, std::string_view what) const;

    std::string file_;
    std::vector<Line> errors_;
    std::vector<Line> warnings_;
};

// The same key one level below: "a" and "b" make "a.b". A name that is no plain word stands in quotes.
std::string below(std::string_view path, std::string_view name);
std::string element_of(std::string_view path, std::size_t index);

}  // namespace cli::file
