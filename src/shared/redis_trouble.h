// What an error of a Redis server means for whoever runs it.
#pragma once

#include <string>
#include <string_view>

namespace shared {

struct RedisTrouble {
    std::string text;         // for the log: what is wrong, and what to do
    bool reconnects = false;  // with another connection it may be another server
};

// `error`: as the server sent it, which nobody has to trust. Throws std::bad_alloc.
RedisTrouble redis_trouble(std::string_view error);

// It does not know the script (any more), and needs its text.
bool lacks_script(std::string_view error) noexcept;

}  // namespace shared
