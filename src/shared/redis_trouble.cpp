#include "shared/redis_trouble.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "ngx/redis_reply.h"

namespace shared {
namespace {

struct Known {
    std::string_view code;
    std::string_view what;
    bool reconnects = false;
};

constexpr std::string_view is_cluster =
    "it is a node of a cluster, which is not supported; use one server, or one that fails over to a replica";

constexpr std::array all_known{
    Known{"NOAUTH", "it needs a password; set \"password_file=\"", true},
    Known{"WRONGPASS", "it refuses the password; correct \"password_file=\" or \"user=\"", true},
    Known{"NOPERM", "its user lacks rights; they are in docs/RATE-LIMITS.md"},
    Known{"READONLY", "it is a replica, which takes no writes; name the primary", true},
    Known{"LOADING", "it has started and is still loading its data", true},
    Known{"MASTERDOWN", "it is a replica without its primary; name the primary", true},
    Known{"OOM", "its memory is full (\"maxmemory\"); give it more, or set \"maxmemory-policy volatile-ttl\""},
    Known{"MISCONF",
          "it takes no writes because it cannot save its data; see its log, or set "
          "\"stop-writes-on-bgsave-error no\""},
    Known{"NOREPLICAS", "it takes no writes because it has too few replicas (\"min-replicas-to-write\")"},
    Known{"BUSY", "a script of another client blocks it; end that with SCRIPT KILL"},
    Known{"WRONGTYPE", "a key with our prefix is of another type; choose another \"prefix=\", or delete that key"},
    Known{"FOREIGN",
          "a key with our prefix has a value that is not ours; choose another \"prefix=\", or delete that key"},
    Known{"MOVED", is_cluster},
    Known{"ASK", is_cluster},
    Known{"CROSSSLOT", is_cluster},
    Known{"CLUSTERDOWN", is_cluster},
    Known{"TRYAGAIN", is_cluster},
};

// A right that a command in the script lacks has the word of an unknown error in Redis 7.
std::string_view code_of(std::string_view error) noexcept {
    return error.contains("The user executing the script can't") ? "NOPERM" : ngx::redis_error_code(error);
}

constexpr std::size_t most_shown = 200;

std::string shown(std::string_view error) {
    std::string text;
    base::append_percent_encoded(text, error.substr(0, most_shown), "\"");
    return text;
}

}  // namespace

RedisTrouble redis_trouble(std::string_view error) {
    const auto* const known = std::ranges::find(all_known, code_of(error), &Known::code);
    const std::string said = " (it says \"" + shown(error) + "\")";
    if (known == all_known.end()) return {.text = "it fails" + said};
    return {.text = std::string(known->what) + said, .reconnects = known->reconnects};
}

bool lacks_script(std::string_view error) noexcept {
    return ngx::redis_error_code(error) == "NOSCRIPT";
}

}  // namespace shared
