// Tables that are one below the other on a narrow screen, and say there what each cell is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace report::page {

struct Column {
    std::string_view title;
    std::string_view style{};  // "count": at the right, digits below digits
};

class Table {
public:
    // `id` is unique in the page; `caption` is HTML.
    Table(std::string_view id, std::string_view caption, std::vector<Column> columns);

    // A cell is HTML; one for each column. The first is the row's head.
    void add(const std::vector<std::string>& cells, std::string_view row_id = {});
    bool empty() const noexcept { return rows_.empty(); }
    std::string html() const;

private:
    std::string id_;
    std::string caption_;
    std::vector<Column> columns_;
    std::string rows_;
};

}  // namespace report::page
