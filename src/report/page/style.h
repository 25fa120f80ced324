// How the status page looks.
#pragma once

#include <string_view>

namespace report::page {

// CSS. It says nothing of where anything comes from: the page loads nothing.
extern const std::string_view style;

}  // namespace report::page
