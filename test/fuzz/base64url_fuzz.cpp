// base64url: a text decodes exactly when it is the one spelling of its bytes, and bytes come back from their spelling.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/base64url.h"

namespace base64url = base::base64url;

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void require(bool condition) {
    if (!condition) std::abort();
}

// RFC 4648 section 3.5: the bits of the last character that belong to no byte are zero.
bool is_canonical(std::string_view text) {
    if (text.find_first_not_of(alphabet) != text.npos || text.size() % 4 == 1) return false;
    if (text.size() % 4 == 0) return true;
    const std::size_t unused_values = text.size() % 4 == 2 ? 16 : 4;
    return alphabet.find(text.back()) % unused_values == 0;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);

    const auto bytes = base::base64url::decode(input);
    require(bytes.has_value() == is_canonical(input));
    if (bytes) {
        require(base::base64url::encode(*bytes) == input);
        require(base::base64url::decoded_size(size) == bytes->size());
        require(bytes->size() <= base::base64url::decoded_bound(size));
    }
    require(base::base64url::decode(base::base64url::encode(input)) == input);
    return 0;
}
