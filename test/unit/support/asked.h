// An authorization server that is asked and does not answer by itself: instead of libcurl and of nginx' subrequests.
#pragma once

#include <list>
#include <optional>
#include <string>

#include "authority/transport.h"

namespace support {

// What is on its way, in its order.
struct Asked {
    authority::Receiver* receiver;
    std::string form;  // what was posted
    std::string authorization;
    bool is_good_once;
};
std::list<Asked>& asked() noexcept;

// What the next questions get instead of a way there.
std::optional<authority::Answer>& obstacle() noexcept;

}  // namespace support
