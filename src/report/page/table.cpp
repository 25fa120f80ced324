#include "report/page/table.h"

#include <utility>

namespace report::page {
namespace {

std::string attribute(std::string_view name, std::string_view value) {
    return value.empty() ? "" : " " + std::string(name) + "=\"" + std::string(value) + "\"";
}

}  // namespace

Table::Table(std::string_view id, std::string_view caption, std::vector<Column> columns)
    : id_(id), caption_(caption), columns_(std::move(columns)) {}

void Table::add(const std::vector<std::string>& cells, std::string_view row_id) {
    // A stylesheet that lays rows out in another way takes their meaning from some browsers: the roles keep it.
    rows_ += "<tr role=\"row\"" + attribute("id", row_id) + ">";
    for (std::size_t i = 0; i < cells.size() && i < columns_.size(); i++) {
        const std::string_view head = i == 0 ? "th role=\"rowheader\" scope=\"row\"" : "td role=\"cell\"";
        rows_ += "<" + std::string(head) + attribute("class", columns_[i].style) +
                 attribute("data-title", columns_[i].title) + "><div>" + cells[i] +
                 (i == 0 ? "</div></th>" : "</div></td>");
    }
    rows_ += "</tr>";
}

std::string Table::html() const {
    std::string out = "<table role=\"table\"" + attribute("id", id_) + "><caption>" + caption_ +
                      "</caption><thead role=\"rowgroup\"><tr role=\"row\">";
    for (const Column& column : columns_)
        out += "<th role=\"columnheader\" scope=\"col\"" + attribute("class", column.style) + ">" +
               std::string(column.title) + "</th>";
    return out + "</tr></thead><tbody role=\"rowgroup\">" + rows_ + "</tbody></table>";
}

}  // namespace report::page
