#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string_view>

#include "mcp/revisions.h"

namespace mcp {

inline Revisions only(std::initializer_list<std::string_view> listed) {
    Revisions revisions;
    for (const std::string_view revision : listed)
        EXPECT_EQ(revisions.add(revision), Revisions::Added::added) << revision;
    return revisions;
}

}  // namespace mcp
