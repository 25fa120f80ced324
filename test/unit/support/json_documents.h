// Documents for the tests of the JSON view.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "oauth/json/json.h"

namespace support {

inline oauth::json::Document parsed(std::string_view text, const oauth::json::Limits& limits = {}) {
    auto document = oauth::json::Document::parse(text, limits);
    EXPECT_TRUE(document) << text.substr(0, 200);
    if (!document) return *oauth::json::Document::parse("null");
    return std::move(*document);
}

inline std::string repeated(std::string_view text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i)
        all += text;
    return all;
}

// {"m0":0,"m1":1,...}, in which the member at one position may repeat the first name.
inline std::string object_of(std::size_t members, std::size_t repeat_of_first_at) {
    std::string text = "{";
    for (std::size_t i = 0; i < members; ++i)
        text += "\"m" + std::to_string(i == repeat_of_first_at ? 0 : i) + "\":" + std::to_string(i) + ",";
    text.back() = '}';
    return text;
}

}  // namespace support
